import type { Iam } from "../iam/index.ts";
import type { Caller } from "../protocols/caller.ts";
import { queueAuthorization } from "./queue-access.ts";
import { numberOf } from "./queue-attributes.ts";
import { queueOfArn } from "./queue-lookup.ts";
import {
  describeMessage,
  nextVisible,
  type ReceiveOptions,
  takeMessages,
} from "./receive-message.ts";
import { noSuchQueue } from "./sqs-errors.ts";

/** A message as ReceiveMessage returns it, with all attributes. */
export type ReceivedMessage = ReturnType<typeof describeMessage>;

/** Receives the messages of queues on behalf of another service, with the permissions of a role. */
export interface Consumer {
  /**
   * Returns the visibility timeout of the queue in milliseconds.
   * @throws {AwsError} 400 QueueDoesNotExist.
   */
  visibilityTimeout(queueArn: string): number;
  /**
   * Resolves when a message of the queue is visible, at a given time, or when the signal is aborted.
   * @param until milliseconds since the epoch, or `Infinity` for no limit.
   * @throws {AwsError} 400 QueueDoesNotExist, also if the queue is deleted during the wait.
   */
  waitForMessage(queueArn: string, until: number, signal: AbortSignal): Promise<void>;
  /**
   * Receives visible messages without waiting.
   * @throws {AwsError} 400 QueueDoesNotExist, 403.
   */
  receive(caller: Caller, queueArn: string, limit: number): ReceivedMessage[];
  /**
   * Deletes received messages. A message that was received again since then stays in the queue.
   * @throws {AwsError} 400 QueueDoesNotExist, 403.
   */
  delete(caller: Caller, queueArn: string, messages: readonly ReceivedMessage[]): void;
}

export function createConsumer(
  options: ReceiveOptions & { iam: Pick<Iam, "allows" | "authorize"> },
): Consumer {
  const { state, clock, store, iam } = options;
  const authorize = queueAuthorization(iam, state);
  const find = (queueArn: string) => {
    const queue = queueOfArn(state, queueArn);
    if (queue === undefined) throw noSuchQueue();
    return queue;
  };
  return {
    visibilityTimeout: (queueArn) => 1000 * numberOf(find(queueArn), "VisibilityTimeout"),
    async waitForMessage(queueArn, until, signal) {
      for (;;) {
        if (signal.aborted) return;
        const queue = find(queueArn);
        const next = nextVisible(store, queue);
        if (next <= clock.now() || until <= clock.now()) return;
        await store.changed(queue, Math.min(next, until), signal);
      }
    },
    receive(caller, queueArn, limit) {
      authorize(caller, "sqs:ReceiveMessage", queueArn);
      const taken = takeMessages(options, find(queueArn), { MaxNumberOfMessages: limit });
      return taken.map((message) => describeMessage(message, ["All"], ["All"]));
    },
    delete(caller, queueArn, messages) {
      authorize(caller, "sqs:DeleteMessage", queueArn);
      const queue = find(queueArn);
      const handles = new Set(messages.map(({ ReceiptHandle }) => ReceiptHandle));
      for (const message of store.messagesOf(queue))
        if (handles.has(message.receiptHandle)) store.remove(queue, message);
    },
  };
}
