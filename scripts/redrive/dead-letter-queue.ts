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

/** The maximum number of messages per receive, a limit of SQS. */
const BATCH_SIZE = 10;

/** The minimum visibility timeout of a received message in seconds: longer than a batch can take. */
const MINIMUM_VISIBILITY_TIMEOUT = 180;

/** Seconds, a limit of SQS. */
const MAXIMUM_VISIBILITY_TIMEOUT = 43_200;

/** The number of consecutive receives without an expected message, after which the reading stops. */
const UNPRODUCTIVE_RECEIVES = 10;

/** The resolution of the `Date` header in milliseconds. */
const SECOND = 1000;

/** A job in the queue, with the reason why it is there. */
export interface DeadLetter {
  readonly id: string;
  /** The event of the failed invocation. */
  readonly body: string;
  /** The first KB of the error message. Undefined if Lambda stored none. */
  readonly errorMessage: string | undefined;
}

/** The dead letters that are in a queue when it is opened. */
export interface DeadLetterQueue {
  readonly account: string;
  readonly region: string;
  /** The URL of SQS: on AWS, `https://sqs.{region}.amazonaws.com`. */
  readonly endpoint: string;
  /** The approximate number of messages that can be received, and of those that another consumer has. */
  readonly visible: number;
  readonly inFlight: number;
  /** Seconds after which a message that was not released becomes visible again. */
  readonly visibilityTimeout: number;
  /**
   * Receives each letter that was in the queue when it was opened, once. The first batch has one letter,
   * the others up to ten. Letters stay invisible to other consumers until they are removed or released.
   * @param stop ends the batches early.
   */
  batches(stop: AbortSignal): AsyncGenerator<readonly DeadLetter[]>;
  remove(letter: DeadLetter): Promise<void>;
  /** Makes all messages visible that were received and not removed. */
  release(): Promise<void>;
}

/**
 * Opens the queue. Waits one second: `batches` returns the messages that SQS received before the end of
 * that second. The time is that of SQS, so the local clock need not be correct.
 * @throws {QueueDoesNotExist}
 */
export async function openDeadLetterQueue(
  sqs: SQSClient,
  QueueName: string,
): Promise<DeadLetterQueue> {
  const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { attributes, serverTime } = await readAttributes(sqs, QueueUrl);
  const openedAt = serverTime + SECOND;
  await setTimeout(SECOND);

  const [, , , region = "", account = ""] = (attributes["QueueArn"] ?? "").split(":");
  const visible = Number(attributes["ApproximateNumberOfMessages"]);
  const visibilityTimeout = Math.min(
    MAXIMUM_VISIBILITY_TIMEOUT,
    MINIMUM_VISIBILITY_TIMEOUT + Math.ceil(visible / BATCH_SIZE),
  );
  /** The receipt handle of the latest receive, by message id. */
  const handles = new Map<string, string>();
  const seen = new Set<string>();
  const removed = new Set<string>();

  const receive = async (MaxNumberOfMessages: number): Promise<Message[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages,
        MessageAttributeNames: ["ErrorMessage"],
        MessageSystemAttributeNames: ["SentTimestamp"],
        VisibilityTimeout: visibilityTimeout,
        // Long polling queries all servers of the queue. Short polling can miss messages.
        WaitTimeSeconds: 1,
      }),
    );
    return Messages;
  };

  const deleteMessage = (ReceiptHandle: string | undefined) =>
    sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

  /**
   * Returns whether a message is an expected letter that has not been returned. SQS can deliver a message
   * twice, and jobs that fail in the meantime are added to the queue.
   */
  const isNew = async ({ MessageId = "", ReceiptHandle = "", Attributes = {} }: Message) => {
    if (removed.has(MessageId)) {
      await deleteMessage(ReceiptHandle);
      return false;
    }
    handles.set(MessageId, ReceiptHandle);
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
    visibilityTimeout,
    async *batches(stop) {
      let size = 1;
      for (let unproductive = 0; unproductive < UNPRODUCTIVE_RECEIVES && !stop.aborted;) {
        const messages = await receive(size);
        if (messages.length === 0) return;
        const letters: DeadLetter[] = [];
        for (const message of messages) if (await isNew(message)) letters.push(letterOf(message));
        unproductive = letters.length === 0 ? unproductive + 1 : 0;
        if (letters.length > 0 && !stop.aborted) yield letters;
        size = BATCH_SIZE;
      }
    },
    async remove({ id }) {
      await deleteMessage(handles.get(id));
      handles.delete(id);
      removed.add(id);
    },
    async release() {
      await makeVisible(sqs, QueueUrl, [...handles.values()]);
      handles.clear();
    },
  };
}

/** Returns the attributes of a queue, and the time of SQS in milliseconds since 1970, in full seconds. */
async function readAttributes(sqs: SQSClient, QueueUrl: string) {
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

/** Returns the `Date` header of an HTTP response of the SDK, or an empty string if there is none. */
function dateOf(response: unknown): string {
  const { headers = {} } = response as { headers?: Record<string, string> };
  return headers["date"] ?? "";
}

const letterOf = ({ MessageId = "", Body = "", MessageAttributes = {} }: Message): DeadLetter => ({
  id: MessageId,
  body: Body,
  errorMessage: MessageAttributes["ErrorMessage"]?.StringValue,
});

/** Makes messages visible. Ignores failed entries: their messages are visible already, or deleted. */
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
