import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { LocalAws } from "../../local/local-aws.ts";

/** How many jobs lie in the dead-letter queue of the stack. */
export async function countDeadLetters({ endpoint }: LocalAws): Promise<number> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const sqs = new SQSClient({ endpoint, region: "us-east-1", credentials });
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: `${endpoint}/000000000000/websocket-lambda-dead-letters`,
      AttributeNames: ["ApproximateNumberOfMessages"],
    }),
  );
  return Number(Attributes?.["ApproximateNumberOfMessages"]);
}
