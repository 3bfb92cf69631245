import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandOutput,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";

/** A job in the dead-letter queue of the stack. */
export interface DeadLetter {
  /** Lambda's id of the invocation that failed. */
  invocationId: string;
  /** The client's id of the message that the job came from. */
  requestId: string;
}

/** How many jobs lie in the dead-letter queue of the stack. */
export async function countDeadLetters(aws: TestLocalAws): Promise<number> {
  const { Attributes } = await clientOf(aws).send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrlOf(aws),
      AttributeNames: ["ApproximateNumberOfMessages"],
    }),
  );
  return Number(Attributes?.["ApproximateNumberOfMessages"]);
}

/** Seconds; the longest there is: a letter that was read stays in the queue, and out of the way. */
const READ_ONCE = 43_200;

/** Reads the dead-letter queue: every call gives all letters that have come into it so far. */
export function readDeadLetters(aws: TestLocalAws): () => Promise<readonly DeadLetter[]> {
  const sqs = clientOf(aws);
  const receive = new ReceiveMessageCommand({
    QueueUrl: queueUrlOf(aws),
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ["RequestID"],
    VisibilityTimeout: READ_ONCE,
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
