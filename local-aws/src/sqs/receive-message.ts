import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import { md5Of, md5OfAttributes, selectMessageAttributes } from "./message-attributes.ts";
import type { Message, MessageStore } from "./message-store.ts";
import { numberOf } from "./queue-attributes.ts";
import { arnOfUrl, findQueue, queueOfArn } from "./queue-lookup.ts";
import { redrivePolicyOf } from "./redrive-policy.ts";
import { checkRange, unknownAttribute } from "./sqs-errors.ts";
import type { Queue } from "./state.ts";

const Names = v.optional(v.array(v.string()), []);

export interface ReceiveOptions {
  state: State;
  clock: Clock;
  store: MessageStore;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export const receiveMessage = (options: ReceiveOptions): Operation =>
  defineOperation({
    input: v.strictObject({
      QueueUrl: v.string(),
      MaxNumberOfMessages: v.optional(v.number(), 1),
      VisibilityTimeout: v.optional(v.number()),
      WaitTimeSeconds: v.optional(v.number()),
      AttributeNames: Names,
      MessageSystemAttributeNames: Names,
      MessageAttributeNames: Names,
    }),
    resource: ({ QueueUrl }, { region }) => arnOfUrl(options.state, region, QueueUrl),
    async handle(input, { region, signal }) {
      checkRange(
        "MaxNumberOfMessages",
        input.MaxNumberOfMessages,
        1,
        10,
        "Must be between 1 and 10, if provided.",
      );
      checkRange("WaitTimeSeconds", input.WaitTimeSeconds, 0, 20);
      checkRange("VisibilityTimeout", input.VisibilityTimeout, 0, 43_200);
      const names = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
      checkSystemNames(names);
      const messages = await receive(options, region, input, signal?.());
      if (messages.length === 0) return {};
      return {
        Messages: messages.map((message) =>
          describeMessage(message, names, input.MessageAttributeNames),
        ),
      };
    },
  });

/** Polls until there is a message, the wait time is over or the client has disconnected. */
async function receive(
  { state, clock, store }: ReceiveOptions,
  region: string,
  input: {
    QueueUrl: string;
    MaxNumberOfMessages: number;
    VisibilityTimeout?: number | undefined;
    WaitTimeSeconds?: number | undefined;
  },
  signal: AbortSignal | undefined,
): Promise<Message[]> {
  const started = clock.now();
  for (;;) {
    // The queue can be deleted during the wait, so each iteration looks it up again.
    const queue = findQueue(state, region, input.QueueUrl);
    const { WaitTimeSeconds: wait = numberOf(queue, "ReceiveMessageWaitTimeSeconds") } = input;
    const end = started + wait * 1000;
    if (signal?.aborted) return [];
    const taken = takeMessages({ state, clock, store }, queue, input);
    if (taken.length > 0 || clock.now() >= end) return taken;
    await store.changed(queue, Math.min(end, nextVisible(store, queue)), signal);
  }
}

/** Returns the earliest time at which a message of a queue becomes visible. */
export const nextVisible = (store: MessageStore, queue: Queue): number =>
  Math.min(...store.messagesOf(queue).map(({ visibleAt }) => visibleAt));

/** Receives visible messages of a queue. */
export function takeMessages(
  { state, clock, store }: ReceiveOptions,
  queue: Queue,
  options: { MaxNumberOfMessages: number; VisibilityTimeout?: number | undefined },
): Message[] {
  const { VisibilityTimeout: hidden = numberOf(queue, "VisibilityTimeout") } = options;
  const now = clock.now();
  moveDeadLetters({ state, store }, queue, now);
  return visibleMessages(store, queue, now)
    .slice(0, options.MaxNumberOfMessages)
    .map((message) => take(message, now, hidden));
}

const visibleMessages = (store: MessageStore, queue: Queue, now: number) =>
  store.messagesOf(queue).filter(({ visibleAt }) => visibleAt <= now);

/**
 * Moves messages that were received too often to the dead-letter queue, if it still exists. As on AWS, a
 * message is moved when the queue is polled and the message would be received again.
 */
function moveDeadLetters(
  { state, store }: Pick<ReceiveOptions, "state" | "store">,
  queue: Queue,
  now: number,
): void {
  const { deadLetterTargetArn = "", maxReceiveCount = Infinity } = redrivePolicyOf(queue) ?? {};
  const target = queueOfArn(state, deadLetterTargetArn);
  if (target === undefined) return;
  const dead = visibleMessages(store, queue, now).filter(
    ({ receiveCount }) => receiveCount >= maxReceiveCount,
  );
  for (const message of dead) {
    store.remove(queue, message);
    const { receiptHandle: _, ...moved } = message;
    store.add(target, { ...moved, deadLetterSource: queue.QueueArn });
  }
}

function take(message: Message, now: number, visibilityTimeout: number): Message {
  message.receiveCount += 1;
  message.firstReceivedAt ??= now;
  message.visibleAt = now + visibilityTimeout * 1000;
  message.receiptHandle = Buffer.from(`${message.MessageId} ${randomUUID()}`).toString("base64");
  return message;
}

const systemNames = [
  "All",
  "SenderId",
  "SentTimestamp",
  "ApproximateReceiveCount",
  "ApproximateFirstReceiveTimestamp",
  "SequenceNumber",
  "MessageDeduplicationId",
  "MessageGroupId",
  "AWSTraceHeader",
  "DeadLetterQueueSourceArn",
];

function checkSystemNames(names: readonly string[]): void {
  const unknown = names.find((name) => !systemNames.includes(name));
  if (unknown !== undefined) throw unknownAttribute(unknown);
}

/** Returns a received message as the API returns it, with the given attributes. */
export function describeMessage(
  message: Message,
  names: readonly string[],
  attributeNames: readonly string[],
) {
  const known = {
    SenderId: message.senderId,
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    ...(message.traceHeader !== undefined && { AWSTraceHeader: message.traceHeader }),
    ...(message.deadLetterSource !== undefined && {
      DeadLetterQueueSourceArn: message.deadLetterSource,
    }),
  };
  const asked = Object.entries(known).filter(
    ([name]) => names.includes("All") || names.includes(name),
  );
  const attributes = selectMessageAttributes(message.attributes, attributeNames);
  const hasAttributes = Object.keys(attributes).length > 0;
  return {
    MessageId: message.MessageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5Of(message.Body),
    Body: message.Body,
    Attributes: asked.length > 0 ? Object.fromEntries(asked) : undefined,
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    MessageAttributes: hasAttributes ? attributes : undefined,
  };
}
