import type { Clock } from "../clock.ts";
import type { Attribute } from "./message-attributes.ts";
import { numberOf } from "./queue-attributes.ts";
import type { Queue } from "./state.ts";

/** A message. Its times are in milliseconds since the epoch. */
export interface Message {
  MessageId: string;
  Body: string;
  attributes: Readonly<Record<string, Attribute>>;
  senderId: string;
  /** The trace header of the request that sent or caused the message. */
  traceHeader: string | undefined;
  sentAt: number;
  /** The time until which the message is delayed, or in flight if it was received. */
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  /** The handle of the latest receive. Older handles have no effect. */
  receiptHandle?: string;
  /** The ARN of the original queue, if the message was moved to a dead-letter queue. */
  deadLetterSource?: string;
}

export interface MessageStore {
  /** Returns the messages of a queue, the oldest first, without those past the retention period. */
  messagesOf(queue: Queue): readonly Message[];
  add(queue: Queue, message: Message): void;
  remove(queue: Queue, message: Message): void;
  /**
   * Deletes all messages of a queue. Returns false if the last purge was less than 60 seconds ago.
   */
  purge(queue: Queue): boolean;
  /**
   * Resolves when `wake` is called for the queue, at a given time, or when the signal is aborted.
   * @param until milliseconds since the epoch, or `Infinity` for no limit.
   */
  changed(queue: Queue, until: number, signal?: AbortSignal): Promise<void>;
  wake(queue: Queue): void;
}

interface QueueContent {
  messages: Message[];
  waiting: Set<() => void>;
  purgedAt?: number;
}

/**
 * Creates the store for the messages of all queues. Messages are only in memory. They are lost with the
 * process, and deleted with their queue.
 */
export function createMessageStore(clock: Clock): MessageStore {
  const contents = new WeakMap<Queue, QueueContent>();

  function contentOf(queue: Queue): QueueContent {
    const known = contents.get(queue);
    if (known !== undefined) return known;
    const content = { messages: [], waiting: new Set<() => void>() };
    contents.set(queue, content);
    return content;
  }

  function messagesOf(queue: Queue): Message[] {
    const content = contentOf(queue);
    const oldest = clock.now() - numberOf(queue, "MessageRetentionPeriod") * 1000;
    content.messages = content.messages.filter(({ sentAt }) => sentAt > oldest);
    return content.messages;
  }

  const wake = (queue: Queue) => contentOf(queue).waiting.forEach((resume) => resume());

  return {
    messagesOf,
    add(queue, message) {
      messagesOf(queue).push(message);
      wake(queue);
    },
    remove(queue, message) {
      const content = contentOf(queue);
      content.messages = content.messages.filter((other) => other !== message);
    },
    purge(queue) {
      const content = contentOf(queue);
      if (content.purgedAt !== undefined && clock.now() < content.purgedAt + 60_000) return false;
      content.messages = [];
      content.purgedAt = clock.now();
      return true;
    },
    changed(queue, until, signal) {
      const { waiting } = contentOf(queue);
      return new Promise((resolve) => {
        const resume = () => {
          timer?.cancel();
          waiting.delete(resume);
          signal?.removeEventListener("abort", resume);
          resolve();
        };
        const timer = until === Infinity ? undefined : clock.setTimer(resume, until - clock.now());
        waiting.add(resume);
        signal?.addEventListener("abort", resume);
      });
    },
    wake,
  };
}
