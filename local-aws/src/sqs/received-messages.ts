import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import type { Message, MessageStore } from "./message-store.ts";
import { arnOfUrl, findQueue } from "./queue-lookup.ts";
import { checkRange, invalidParameter, queryCode, sqsError } from "./sqs-errors.ts";
import type { Queue } from "./state.ts";

const QueueUrl = v.string();

/**
 * What is done with a message through the handle of its latest receive. As on AWS, deleting with an
 * older handle succeeds and leaves the message in the queue.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
 */
export function receivedMessageOperations(options: {
  state: State;
  clock: Clock;
  store: MessageStore;
}): Record<string, Operation> {
  const { state, clock, store } = options;
  const resource = (input: { QueueUrl: string }, { region }: { region: string }) =>
    arnOfUrl(region, input.QueueUrl);
  const remove = (queue: Queue, receiptHandle: string) => {
    const message = received(store, queue, receiptHandle);
    if (message !== undefined) store.remove(queue, message);
  };
  const changeVisibility = (queue: Queue, receiptHandle: string, visibilityTimeout: number) => {
    checkRange("VisibilityTimeout", visibilityTimeout, 0, 43_200);
    const message = received(store, queue, receiptHandle);
    if (message === undefined || message.visibleAt <= clock.now()) throw notInFlight(receiptHandle);
    message.visibleAt = clock.now() + visibilityTimeout * 1000;
    store.wake(queue);
  };

  return {
    DeleteMessage: defineOperation({
      input: v.strictObject({ QueueUrl, ReceiptHandle: v.string() }),
      resource,
      handle({ QueueUrl, ReceiptHandle }, { region }) {
        remove(findQueue(state, region, QueueUrl), ReceiptHandle);
      },
    }),
    DeleteMessageBatch: defineOperation({
      action: "sqs:DeleteMessage",
      input: v.strictObject({
        QueueUrl,
        Entries: v.array(v.strictObject({ Id: v.string(), ReceiptHandle: v.string() })),
      }),
      resource,
      handle({ QueueUrl, Entries }, { region }) {
        const queue = findQueue(state, region, QueueUrl);
        checkBatch("DeleteMessageBatch", Entries);
        return settle(Entries, ({ ReceiptHandle }) => remove(queue, ReceiptHandle));
      },
    }),
    ChangeMessageVisibility: defineOperation({
      input: v.strictObject({ QueueUrl, ReceiptHandle: v.string(), VisibilityTimeout: v.number() }),
      resource,
      handle({ QueueUrl, ReceiptHandle, VisibilityTimeout }, { region }) {
        changeVisibility(findQueue(state, region, QueueUrl), ReceiptHandle, VisibilityTimeout);
      },
    }),
    ChangeMessageVisibilityBatch: defineOperation({
      action: "sqs:ChangeMessageVisibility",
      input: v.strictObject({
        QueueUrl,
        Entries: v.array(
          v.strictObject({
            Id: v.string(),
            ReceiptHandle: v.string(),
            VisibilityTimeout: v.number(),
          }),
        ),
      }),
      resource,
      handle({ QueueUrl, Entries }, { region }) {
        const queue = findQueue(state, region, QueueUrl);
        checkBatch("ChangeMessageVisibilityBatch", Entries);
        return settle(Entries, ({ ReceiptHandle, VisibilityTimeout }) =>
          changeVisibility(queue, ReceiptHandle, VisibilityTimeout),
        );
      },
    }),
  };
}

/** @throws {AwsError} 404 ReceiptHandleIsInvalid for what never was a handle. */
function received(store: MessageStore, queue: Queue, handle: string): Message | undefined {
  const text = Buffer.from(handle, "base64").toString();
  if (!/^[0-9a-f-]{36} [0-9a-f-]{36}$/.test(text)) {
    const message = `The input receipt handle "${handle}" is not a valid receipt handle.`;
    throw sqsError("ReceiptHandleIsInvalid", message, 404);
  }
  return store.messagesOf(queue).find(({ receiptHandle }) => receiptHandle === handle);
}

const notInFlight = (handle: string) =>
  invalidParameter(
    `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
  );

function checkBatch(operation: string, entries: readonly { Id: string }[]): void {
  const ids = entries.map(({ Id }) => Id);
  if (ids.length === 0) {
    const message = `There should be at least one ${operation}RequestEntry in the request.`;
    throw sqsError("EmptyBatchRequest", message);
  }
  if (ids.length > 10) {
    const message = `Maximum number of entries per request are 10. You have sent ${ids.length}.`;
    throw sqsError("TooManyEntriesInBatchRequest", message);
  }
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined)
    throw sqsError("BatchEntryIdsNotDistinct", `Id ${repeated} repeated.`);
}

/** Each entry on its own: one that fails doesn't hinder the others. */
function settle<Entry extends { Id: string }>(
  entries: readonly Entry[],
  handle: (entry: Entry) => void,
) {
  const Successful: { Id: string }[] = [];
  const Failed: { Id: string; SenderFault: true; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    try {
      handle(entry);
      Successful.push({ Id: entry.Id });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { message: Message } = error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: queryCode(error), Message });
    }
  }
  return { Successful, Failed };
}
