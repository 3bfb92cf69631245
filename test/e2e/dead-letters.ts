import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandOutput,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";

/** A job in the dead-letter queue of the stack. */
export interface DeadLetter {
  /** Lambda's id of the failed invocation. */
  invocationId: string;
  /** The client's id of the request. */
  requestId: string;
}

/** Returns the number of jobs in the dead-letter queue of the stack. */
export async function countDeadLetters(aws: TestLocalAws): Promise<number> {
  const { Attributes } = await clientOf(aws).send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrlOf(aws),
      AttributeNames: ["ApproximateNumberOfMessages"],
    }),
  );
  return Number(Attributes?.["ApproximateNumberOfMessages"]);
}

/** The maximum visibility timeout in seconds. A letter that was read stays invisible in the queue. */
const VISIBILITY_TIMEOUT = 43_200;

/** Returns a function that reads the dead-letter queue and returns all letters so far. */
export function readDeadLetters(aws: TestLocalAws): () => Promise<readonly DeadLetter[]> {
  const sqs = clientOf(aws);
  const receive = new ReceiveMessageCommand({
    QueueUrl: queueUrlOf(aws),
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ["RequestID"],
    VisibilityTimeout: VISIBILITY_TIMEOUT,
  });
  const letters: DeadLetter[] = [];
  return async () => {
    for (;;) {
      const { Messages = [] }: ReceiveMessageCommandOutput = await sqs.send(receive);
      if (Messages.length === 0) return letters;
      for (const { Body = "", MessageAttributes = {} } of Messages)
        letters.push({
          invocationId: MessageAttributes["RequestID"]?.StringValue ?? "",
          requestId: JSON.parse(Body).requestId,
        });
    }
  };
}

const clientOf = ({ endpoint }: TestLocalAws) =>
  new SQSClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

const queueUrlOf = ({ endpoint }: TestLocalAws) =>
  `${endpoint}/000000000000/websocket-lambda-dead-letters`;
