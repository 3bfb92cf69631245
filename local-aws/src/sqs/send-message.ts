import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { Clock } from "../clock.ts";
import type { Caller } from "../protocols/caller.ts";
import { only } from "../protocols/only.ts";
import { defineOperation, type Operation, type OperationContext } from "../protocols/operation.ts";
import { NOT_IN_XML } from "../protocols/xml.ts";
import type { State } from "../state.ts";
import { traceHeaderOf } from "../trace-header.ts";
import { checkBatch, settle } from "./batches.ts";
import {
  Attribute,
  checkMessageAttributes,
  md5Of,
  md5OfAttributes,
  sizeOf,
} from "./message-attributes.ts";
import type { Message, MessageStore } from "./message-store.ts";
import { BATCH_LIMIT, numberOf } from "./queue-attributes.ts";
import { arnOfUrl, findQueue } from "./queue-lookup.ts";
import {
  checkRange,
  invalidCharacter,
  invalidParameter,
  missingParameter,
  sqsError,
} from "./sqs-errors.ts";
import type { Queue } from "./state.ts";

interface SendOptions {
  state: State;
  clock: Clock;
  store: MessageStore;
}

const QueueUrl = v.string();

/** The parameters of a message, alone or in a batch. */
const message = {
  MessageBody: v.string(),
  DelaySeconds: v.optional(v.number()),
  MessageAttributes: v.optional(v.record(v.string(), Attribute), {}),
  MessageSystemAttributes: v.optional(
    v.strictObject({
      AWSTraceHeader: v.exactOptional(
        v.strictObject({ DataType: only("DataType", "String"), StringValue: v.string() }),
      ),
    }),
    {},
  ),
};

const MessageInput = v.strictObject(message);
type MessageInput = v.InferOutput<typeof MessageInput>;

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export function sendOperations(options: SendOptions): Record<string, Operation> {
  const { state } = options;
  const resource = (input: { QueueUrl: string }, { region }: { region: string }) =>
    arnOfUrl(state, region, input.QueueUrl);

  return {
    SendMessage: defineOperation({
      input: v.strictObject({ QueueUrl, ...message }),
      resource,
      handle({ QueueUrl, ...input }, context) {
        const queue = findQueue(state, context.region, QueueUrl);
        checkSize(queue, input, "One or more parameters are invalid.");
        return send(options, queue, input, context);
      },
    }),
    SendMessageBatch: defineOperation({
      action: "sqs:SendMessage",
      input: v.strictObject({
        QueueUrl,
        Entries: v.array(v.strictObject({ Id: v.string(), ...message })),
      }),
      resource,
      handle({ QueueUrl, Entries }, context) {
        const queue = findQueue(state, context.region, QueueUrl);
        checkBatch("SendMessageBatch", Entries);
        checkBatchSize(Entries);
        return settle(Entries, (input) => {
          checkSize(queue, input, "One or more parameters cannot be validated.");
          return send(options, queue, input, context);
        });
      },
    }),
  };
}

function checkBatchSize(entries: readonly MessageInput[]): void {
  const size = entries
    .map(({ MessageBody, MessageAttributes }) => sizeOf(MessageBody, MessageAttributes))
    .reduce((sum, each) => sum + each, 0);
  if (size <= BATCH_LIMIT) return;
  throw sqsError(
    "BatchRequestTooLong",
    `Batch requests cannot be longer than ${BATCH_LIMIT} bytes. You have sent ${size} bytes.`,
  );
}

/** Adds a message to a queue. Returns the result for the sender. */
function send(
  { state, clock, store }: SendOptions,
  queue: Queue,
  input: MessageInput,
  { caller, headers }: OperationContext,
) {
  const { MessageBody: body, DelaySeconds, MessageAttributes, MessageSystemAttributes } = input;
  checkBody(body);
  checkRange("DelaySeconds", DelaySeconds, 0, 900, "DelaySeconds must be >= 0 and <= 900.");
  checkMessageAttributes(MessageAttributes);
  const sent = newMessage({
    queue,
    body,
    attributes: MessageAttributes,
    senderId: senderIdOf(state, caller),
    traceHeader: MessageSystemAttributes.AWSTraceHeader?.StringValue ?? traceHeaderOf(headers),
    now: clock.now(),
    delaySeconds: DelaySeconds,
  });
  store.add(queue, sent);
  return {
    MessageId: sent.MessageId,
    MD5OfMessageBody: md5Of(body),
    MD5OfMessageAttributes: md5OfAttributes(MessageAttributes),
    MD5OfMessageSystemAttributes: md5OfAttributes(MessageSystemAttributes),
  };
}

export function newMessage(options: {
  queue: Queue;
  body: string;
  attributes: Readonly<Record<string, Attribute>>;
  senderId: string;
  traceHeader: string | undefined;
  now: number;
  delaySeconds?: number | undefined;
}): Message {
  const { queue, body, attributes, senderId, traceHeader, now } = options;
  const { delaySeconds = numberOf(queue, "DelaySeconds") } = options;
  return {
    MessageId: randomUUID(),
    Body: body,
    attributes,
    senderId,
    traceHeader,
    sentAt: now,
    visibleAt: now + delaySeconds * 1000,
    receiveCount: 0,
  };
}

/** Returns whether a message is within the MaximumMessageSize of its queue. */
export const fits = (
  queue: Queue,
  body: string,
  attributes: Readonly<Record<string, Attribute>>,
): boolean => sizeOf(body, attributes) <= numberOf(queue, "MaximumMessageSize");

/**
 * Checks the size of a message.
 * @param error the start of the error message, which is different for a batch.
 */
function checkSize(queue: Queue, input: MessageInput, error: string): void {
  if (fits(queue, input.MessageBody, input.MessageAttributes)) return;
  const maximum = numberOf(queue, "MaximumMessageSize");
  throw invalidParameter(`${error} Reason: Message must be shorter than ${maximum} bytes.`);
}

/**
 * Returns whether a message can have this body, which must only contain characters that XML allows.
 */
export const isAllowed = (body: string): boolean => body !== "" && !NOT_IN_XML.test(body);

function checkBody(body: string): void {
  if (body === "") throw missingParameter("MessageBody");
  const text = invalidCharacter(body, "message body");
  if (text !== undefined) throw sqsError("InvalidMessageContents", text);
}

/**
 * Returns the sender ID of AWS: `{RoleId}:{session}` for the session of a role, the account ID for the
 * administrator.
 */
export function senderIdOf(state: State, caller: Caller): string {
  if (caller.type === "administrator") return state.accountId;
  const session = caller.arn.split("/").at(-1) ?? "";
  return `${state.iam.roles[caller.roleName]?.RoleId ?? caller.roleName}:${session}`;
}
