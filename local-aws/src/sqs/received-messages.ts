import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import { checkBatch, settle } from "./batches.ts";
import type { Message, MessageStore } from "./message-store.ts";
import { arnOfUrl, findQueue } from "./queue-lookup.ts";
import { checkRange, invalidParameter, sqsError } from "./sqs-errors.ts";
import type { Queue } from "./state.ts";

const QueueUrl = v.string();

/**
 * Returns the operations on a message by its receipt handle. As on AWS, DeleteMessage with an older
 * handle succeeds, but does not delete the message. ChangeMessageVisibility accepts an older handle, and
 * works also after the visibility timeout.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
 */
export function receivedMessageOperations(options: {
  state: State;
  clock: Clock;
  store: MessageStore;
}): Record<string, Operation> {
  const { state, clock, store } = options;
  const resource = (input: { QueueUrl: string }, { region }: { region: string }) =>
    arnOfUrl(state, region, input.QueueUrl);
  const remove = (queue: Queue, receiptHandle: string) => {
    const message = received(store, queue, receiptHandle);
    if (message?.receiptHandle === receiptHandle) store.remove(queue, message);
  };
  const changeVisibility = (queue: Queue, receiptHandle: string, visibilityTimeout: number) => {
    checkRange("VisibilityTimeout", visibilityTimeout, 0, 43_200);
    const message = received(store, queue, receiptHandle);
    if (message === undefined) throw notInFlight(receiptHandle);
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

/**
 * Returns the message with a receipt handle, or undefined if it was deleted.
 * @throws {AwsError} 404 ReceiptHandleIsInvalid if the text is not a handle.
 */
function received(store: MessageStore, queue: Queue, handle: string): Message | undefined {
  const [, messageId] =
    /^([0-9a-f-]{36}) [0-9a-f-]{36}$/.exec(Buffer.from(handle, "base64").toString()) ?? [];
  if (messageId === undefined) {
    const message = `The input receipt handle "${handle}" is not a valid receipt handle.`;
    throw sqsError("ReceiptHandleIsInvalid", message, 404);
  }
  return store.messagesOf(queue).find(({ MessageId }) => MessageId === messageId);
}

const notInFlight = (handle: string) =>
  invalidParameter(
    `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
  );
