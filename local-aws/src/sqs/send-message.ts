import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { Caller } from "../protocols/caller.ts";
import { NOT_IN_XML } from "../protocols/xml.ts";
import type { State } from "../state.ts";
import {
  Attribute,
  checkMessageAttributes,
  md5Of,
  md5OfAttributes,
  sizeOf,
} from "./message-attributes.ts";
import type { Message, MessageStore } from "./message-store.ts";
import { numberOf } from "./queue-attributes.ts";
import { arnOfUrl, findQueue } from "./queue-lookup.ts";
import { checkRange, invalidParameter, missingParameter, sqsError } from "./sqs-errors.ts";
import type { Queue } from "./state.ts";

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const sendMessage = (options: {
  state: State;
  clock: Clock;
  store: MessageStore;
}): Operation =>
  defineOperation({
    input: v.strictObject({
      QueueUrl: v.string(),
      MessageBody: v.string(),
      DelaySeconds: v.optional(v.number()),
      MessageAttributes: v.optional(v.record(v.string(), Attribute), {}),
    }),
    resource: ({ QueueUrl }, { region }) => arnOfUrl(region, QueueUrl),
    handle({ QueueUrl, MessageBody, DelaySeconds, MessageAttributes }, { region, caller }) {
      const { state, clock, store } = options;
      const queue = findQueue(state, region, QueueUrl);
      checkBody(MessageBody);
      checkRange("DelaySeconds", DelaySeconds, 0, 900, "DelaySeconds must be >= 0 and <= 900.");
      checkMessageAttributes(MessageAttributes);
      if (!fits(queue, MessageBody, MessageAttributes)) throw tooLong(queue);
      const message = newMessage({
        queue,
        body: MessageBody,
        attributes: MessageAttributes,
        senderId: senderIdOf(state, caller),
        now: clock.now(),
        delaySeconds: DelaySeconds,
      });
      store.add(queue, message);
      return {
        MessageId: message.MessageId,
        MD5OfMessageBody: md5Of(MessageBody),
        MD5OfMessageAttributes: md5OfAttributes(MessageAttributes),
      };
    },
  });

export function newMessage(options: {
  queue: Queue;
  body: string;
  attributes: Readonly<Record<string, Attribute>>;
  senderId: string;
  now: number;
  delaySeconds?: number | undefined;
}): Message {
  const { queue, body, attributes, senderId, now } = options;
  const { delaySeconds = numberOf(queue, "DelaySeconds") } = options;
  return {
    MessageId: randomUUID(),
    Body: body,
    attributes,
    senderId,
    sentAt: now,
    visibleAt: now + delaySeconds * 1000,
    receiveCount: 0,
  };
}

/** Whether a message is within its queue's MaximumMessageSize. */
export const fits = (
  queue: Queue,
  body: string,
  attributes: Readonly<Record<string, Attribute>>,
): boolean => sizeOf(body, attributes) <= numberOf(queue, "MaximumMessageSize");

const tooLong = (queue: Queue) =>
  invalidParameter(
    `One or more parameters are invalid. Reason: Message must be shorter than ${numberOf(queue, "MaximumMessageSize")} bytes.`,
  );

/** Whether a message of this body can be sent: it has only characters that XML has. */
export const isAllowed = (body: string): boolean => body !== "" && !NOT_IN_XML.test(body);

function checkBody(body: string): void {
  if (body === "") throw missingParameter("MessageBody");
  const character = NOT_IN_XML.exec(body)?.[0].codePointAt(0);
  if (character === undefined) return;
  throw sqsError(
    "InvalidMessageContents",
    `Invalid binary character '#x${character.toString(16).toUpperCase()}' was found in the message body, the set of allowed characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`,
  );
}

/** A role's session as AWS names it, `{RoleId}:{session}`; an administrator is the account. */
function senderIdOf(state: State, caller: Caller): string {
  if (caller.type === "administrator") return state.accountId;
  const session = caller.arn.split("/").at(-1) ?? "";
  return `${state.iam.roles[caller.roleName]?.RoleId ?? caller.roleName}:${session}`;
}
