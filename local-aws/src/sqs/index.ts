import type { Clock } from "../clock.ts";
import { jsonProtocol } from "../protocols/json-protocol.ts";
import type { Caller } from "../protocols/caller.ts";
import type { Operation, Service } from "../protocols/operation.ts";
import { queryProtocol } from "../protocols/query-protocol.ts";
import type { Iam } from "../iam/index.ts";
import type { State } from "../state.ts";
import { type Timing, timingNamed } from "../timing.ts";
import { type Consumer, createConsumer } from "./consumer.ts";
import { flattenedMembers } from "./flattened-members.ts";
import { createMessageStore, type Message } from "./message-store.ts";
import { isAllowedOnQueue, queueAuthorization } from "./queue-access.ts";
import { queueOfArn } from "./queue-lookup.ts";
import { queueTagOperations } from "./queue-tags.ts";
import { queueOperations } from "./queues.ts";
import { receiveMessage } from "./receive-message.ts";
import { receivedMessageOperations } from "./received-messages.ts";
import { fits, isAllowed, newMessage, senderIdOf, sendOperations } from "./send-message.ts";
import { invalidParameter, legacyError, missingParameter, queryCode } from "./sqs-errors.ts";

export type { Consumer, ReceivedMessage } from "./consumer.ts";

export interface MessageAttribute {
  DataType: "String" | "Number";
  StringValue: string;
}

/** A message that another service sends. */
export interface ServiceMessage {
  body: string;
  attributes: Readonly<Record<string, MessageAttribute>>;
  /** The identity with which the service sends the message. */
  caller: Caller;
  traceHeader: string | undefined;
}

export interface Sqs {
  service: Service;
  /**
   * Sends a message on behalf of another service. Returns false if the queue does not exist, or if the
   * message is too large for the queue or has invalid characters.
   */
  send(queueArn: string, message: ServiceMessage): boolean;
  /** Returns whether the policies of a caller or that of the queue allow an action. */
  allows(caller: Caller, action: string, queueArn: string): boolean;
  /**
   * Returns the messages of a queue, the oldest first, including those in flight and delayed ones.
   */
  messages(queueArn: string): readonly Readonly<Message>[];
  /** Deletes messages of a queue by their IDs. Returns the deleted messages. */
  remove(queueArn: string, messageIds: readonly string[]): Readonly<Message>[];
  /** Returns the number of messages in a queue, including those in flight and delayed ones. */
  count(queueArn: string): number;
  /** Receives messages for services that poll queues. */
  consumer: Consumer;
}

/**
 * Creates SQS with standard queues. Queues are in the state, their messages in memory. Clients use AWS
 * JSON. Clients from before November 2023, such as version 2.9 of the AWS CLI, use the query protocol.
 * @param options.endpoint returns the URL of this service, with which queue URLs start.
 * @param options.timing Default: `short`.
 */
export function createSqs(options: {
  state: State;
  clock: Clock;
  iam: Iam;
  endpoint: () => string;
  timing?: Pick<Timing, "deletedQueueName">;
}): Sqs {
  const { state, clock, iam, endpoint, timing = timingNamed("short") } = options;
  const store = createMessageStore(clock);
  const resources = { state, clock, store, endpoint, timing, deletions: new Map() };
  const find = (queueArn: string) => queueOfArn(state, queueArn);
  const parts = {
    authorize: queueAuthorization(iam, state),
    prefix: "sqs",
    inputErrors: { code: invalidParameter("").code, missing: missingParameter },
    operations: {
      ...queueOperations(resources),
      ...queueTagOperations(resources),
      ...sendOperations(resources),
      ReceiveMessage: receiveMessage(resources),
      ...receivedMessageOperations(resources),
    },
    queryCode,
  };
  const json = jsonProtocol({ ...parts, target: "AmazonSQS", version: "1.0" });
  const query = queryProtocol({
    ...parts,
    operations: withLegacyErrors(parts.operations),
    version: "2012-11-05",
    namespace: "http://queue.amazonaws.com/doc/2012-11-05/",
    flattened: flattenedMembers,
    pathParameter: "QueueUrl",
  });
  const messagesOf = (queueArn: string) => {
    const queue = find(queueArn);
    return queue === undefined ? [] : store.messagesOf(queue);
  };
  return {
    service: (request, middleware) => {
      const protocol = request.headers["x-amz-target"] === undefined ? query : json;
      return protocol(request, middleware);
    },
    send(queueArn, { caller, ...message }) {
      const queue = find(queueArn);
      const { body, attributes } = message;
      if (queue === undefined || !isAllowed(body) || !fits(queue, body, attributes)) return false;
      const senderId = senderIdOf(state, caller);
      store.add(queue, newMessage({ ...message, queue, senderId, now: clock.now() }));
      return true;
    },
    allows: (caller, action, queueArn) =>
      isAllowedOnQueue({ iam, state }, caller, action, queueArn),
    messages: messagesOf,
    remove(queueArn, messageIds) {
      const queue = find(queueArn);
      if (queue === undefined) return [];
      const removed = store
        .messagesOf(queue)
        .filter(({ MessageId }) => messageIds.includes(MessageId));
      for (const message of removed) store.remove(queue, message);
      return removed;
    },
    count: (queueArn) => messagesOf(queueArn).length,
    consumer: createConsumer({ ...resources, iam }),
  };
}

/** Returns operations that throw the errors of the query protocol. */
const withLegacyErrors = (operations: Readonly<Record<string, Operation>>) =>
  Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, Operation] => [
      name,
      {
        ...operation,
        async handle(input, context) {
          try {
            return await operation.handle(input, context);
          } catch (error) {
            throw legacyError(error);
          }
        },
      },
    ]),
  );
