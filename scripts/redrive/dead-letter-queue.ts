import { setTimeout } from "node:timers/promises";
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

/** Messages that one receive returns at most: SQS's own limit. */
const BATCH_SIZE = 10;

/** Seconds that a received message stays hidden from other readers: longer than a batch can take. */
const SHORTEST_HIDING = 180;

/** Seconds: SQS's own limit. */
const LONGEST_HIDING = 43_200;

/** Receives in a row without a message that counts, after which the queue is taken as read. */
const FRUITLESS_RECEIVES = 10;

/** Milliseconds: the resolution of the `Date` header. */
const SECOND = 1000;

/** A job in the queue, with the reason why it is there. */
export interface DeadLetter {
  readonly id: string;
  /** The event that the processor got. */
  readonly body: string;
  /** The first KB of the error's message; `undefined` where Lambda kept none. */
  readonly errorMessage: string | undefined;
}

/** The letters that are in a queue at one moment. */
export interface DeadLetterQueue {
  readonly account: string;
  readonly region: string;
  /** Where SQS is: on AWS, `https://sqs.{region}.amazonaws.com`. */
  readonly endpoint: string;
  /** Messages that can be received, and those that another reader has; both approximate. */
  readonly visible: number;
  readonly inFlight: number;
  /** Seconds after which a message that was not released is visible again. */
  readonly hiding: number;
  /**
   * Receives each letter that was in the queue when it was opened, once. The first batch has one
   * letter, every other up to ten. All stay hidden until they are removed or released.
   * @param stop ends the batches early.
   */
  batches(stop: AbortSignal): AsyncGenerator<readonly DeadLetter[]>;
  remove(letter: DeadLetter): Promise<void>;
  /** Makes every message visible that was received and not removed. */
  release(): Promise<void>;
}

/**
 * Opens the queue. Takes a second: a message belongs to it if SQS received it before the end of that
 * second. This moment is SQS's own, so it does not matter whether the clock of this machine is right.
 * @throws {QueueDoesNotExist}
 */
export async function openDeadLetterQueue(
  sqs: SQSClient,
  QueueName: string,
): Promise<DeadLetterQueue> {
  const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { attributes, serverTime } = await lookAt(sqs, QueueUrl);
  const openedAt = serverTime + SECOND;
  await setTimeout(SECOND);

  const [, , , region = "", account = ""] = (attributes["QueueArn"] ?? "").split(":");
  const visible = Number(attributes["ApproximateNumberOfMessages"]);
  const hiding = Math.min(LONGEST_HIDING, SHORTEST_HIDING + Math.ceil(visible / BATCH_SIZE));
  /** The receipt handle of the latest receive, by message id. */
  const held = new Map<string, string>();
  const seen = new Set<string>();
  const removed = new Set<string>();

  const receive = async (MaxNumberOfMessages: number): Promise<Message[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages,
        MessageAttributeNames: ["ErrorMessage"],
        MessageSystemAttributeNames: ["SentTimestamp"],
        VisibilityTimeout: hiding,
        // Long polling asks every server of the queue; a short poll can miss some.
        WaitTimeSeconds: 1,
      }),
    );
    return Messages;
  };

  const deleteMessage = (ReceiptHandle: string | undefined) =>
    sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

  /** Whether a message counts: SQS may deliver one twice, and jobs that fail meanwhile are added. */
  const isNew = async ({ MessageId = "", ReceiptHandle = "", Attributes = {} }: Message) => {
    if (removed.has(MessageId)) {
      await deleteMessage(ReceiptHandle);
      return false;
    }
    held.set(MessageId, ReceiptHandle);
    if (seen.has(MessageId) || Number(Attributes["SentTimestamp"]) >= openedAt) return false;
    seen.add(MessageId);
    return true;
  };

  return {
    account,
    region,
    endpoint: new URL(QueueUrl).origin,
    visible,
    inFlight: Number(attributes["ApproximateNumberOfMessagesNotVisible"]),
    hiding,
    async *batches(stop) {
      let size = 1;
      for (let fruitless = 0; fruitless < FRUITLESS_RECEIVES && !stop.aborted;) {
        const messages = await receive(size);
        if (messages.length === 0) return;
        const letters: DeadLetter[] = [];
        for (const message of messages) if (await isNew(message)) letters.push(letterOf(message));
        fruitless = letters.length === 0 ? fruitless + 1 : 0;
        if (letters.length > 0 && !stop.aborted) yield letters;
        size = BATCH_SIZE;
      }
    },
    async remove({ id }) {
      await deleteMessage(held.get(id));
      held.delete(id);
      removed.add(id);
    },
    async release() {
      await makeVisible(sqs, QueueUrl, [...held.values()]);
      held.clear();
    },
  };
}

/** The attributes of a queue, and the time at SQS: milliseconds since the epoch, in full seconds. */
async function lookAt(sqs: SQSClient, QueueUrl: string) {
  let date = "";
  const command = new GetQueueAttributesCommand({
    QueueUrl,
    AttributeNames: [
      "QueueArn",
      "ApproximateNumberOfMessages",
      "ApproximateNumberOfMessagesNotVisible",
    ],
  });
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = dateOf(result.response);
      return result;
    },
    { step: "deserialize", name: "readServerTime" },
  );
  const { Attributes: attributes = {} } = await sqs.send(command);
  const serverTime = Date.parse(date);
  if (Number.isNaN(serverTime)) throw new Error("The response of SQS has no Date header.");
  return { attributes, serverTime };
}

/** The `Date` header of an HTTP response of the SDK; empty where there is none. */
function dateOf(response: unknown): string {
  const { headers = {} } = response as { headers?: Record<string, string> };
  return headers["date"] ?? "";
}

const letterOf = ({ MessageId = "", Body = "", MessageAttributes = {} }: Message): DeadLetter => ({
  id: MessageId,
  body: Body,
  errorMessage: MessageAttributes["ErrorMessage"]?.StringValue,
});

/** Entries that fail are of messages that are visible already, or gone. */
async function makeVisible(sqs: SQSClient, QueueUrl: string, handles: string[]): Promise<void> {
  while (handles.length > 0) {
    const requests = Array.from({ length: 10 }, () => handles.splice(0, BATCH_SIZE))
      .filter((batch) => batch.length > 0)
      .map((batch) => {
        const Entries = batch.map((ReceiptHandle, index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout: 0,
        }));
        return sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
      });
    await Promise.all(requests);
  }
}
