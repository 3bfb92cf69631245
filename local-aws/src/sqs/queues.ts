import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { pageOf } from "../protocols/pages.ts";
import { regionOf, type State } from "../state.ts";
import type { Timing } from "../timing.ts";
import type { MessageStore } from "./message-store.ts";
import {
  changedAttributes,
  checkAttributes,
  checkPolicies,
  selectAttributes,
  settingsOf,
} from "./queue-attributes.ts";
import { arnOfUrl, checkQueueName, findQueue, queueArn, queueIn } from "./queue-lookup.ts";
import { redrivePolicyOf } from "./redrive-policy.ts";
import { checkRange, invalidParameter, noSuchQueue, sqsError } from "./sqs-errors.ts";
import type { Queue } from "./state.ts";

export interface QueueOptions {
  state: State;
  clock: Clock;
  store: MessageStore;
  endpoint: () => string;
  /** The times at which queues were deleted, in milliseconds since the epoch, by ARN. */
  deletions: Map<string, number>;
  timing: Pick<Timing, "deletedQueueName">;
}

const QueueUrl = v.string();
const StringMap = v.record(v.string(), v.string());

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
export function queueOperations(options: QueueOptions): Record<string, Operation> {
  const { state } = options;
  const urlOf = (name: string) => queueUrl(options, name);

  return {
    CreateQueue: defineOperation({
      input: v.strictObject({
        QueueName: v.string(),
        Attributes: v.optional(StringMap, {}),
        tags: v.optional(StringMap, {}),
      }),
      resource: ({ QueueName }, { region }) => queueArn(state, region, QueueName),
      handle({ QueueName, Attributes, tags }, { region }) {
        checkQueueName(QueueName);
        checkAttributes(Attributes);
        const attributes = changedAttributes({}, Attributes);
        const existing = queueIn(state, region, QueueName);
        if (existing === undefined) create(options, region, QueueName, attributes, tags);
        else checkSame(existing, attributes);
        return { QueueUrl: urlOf(QueueName) };
      },
    }),
    GetQueueUrl: defineOperation({
      input: v.strictObject({
        QueueName: v.string(),
        QueueOwnerAWSAccountId: v.optional(v.string()),
      }),
      resource: ({ QueueName }, { region }) => queueArn(state, region, QueueName),
      handle({ QueueName, QueueOwnerAWSAccountId = state.accountId }, { region }) {
        const isOurs = QueueOwnerAWSAccountId === state.accountId;
        if (!isOurs || queueIn(state, region, QueueName) === undefined) throw noSuchQueue();
        return { QueueUrl: urlOf(QueueName) };
      },
    }),
    ListQueues: defineOperation({
      input: v.strictObject({
        QueueNamePrefix: v.optional(v.string(), ""),
        MaxResults: v.optional(v.number()),
        NextToken: v.optional(v.string()),
      }),
      handle({ QueueNamePrefix, MaxResults, NextToken }, { region }) {
        const names = Object.keys(regionOf(state, region).sqs.queues);
        const found = names.filter((name) => name.startsWith(QueueNamePrefix));
        const { page, nextToken } = pageOfNames(found, MaxResults, NextToken);
        return page.length === 0 ? {} : { QueueUrls: page.map(urlOf), NextToken: nextToken };
      },
    }),
    ...existingQueueOperations(options),
  };
}

function existingQueueOperations(options: QueueOptions): Record<string, Operation> {
  const { state, clock, store, deletions } = options;
  const urlOf = (name: string) => queueUrl(options, name);
  const resource = (input: { QueueUrl: string }, { region }: { region: string }) =>
    arnOfUrl(state, region, input.QueueUrl);

  return {
    GetQueueAttributes: defineOperation({
      input: v.strictObject({ QueueUrl, AttributeNames: v.optional(v.array(v.string()), []) }),
      resource,
      handle({ QueueUrl, AttributeNames }, { region }) {
        const queue = findQueue(state, region, QueueUrl);
        const known = { ...settingsOf(queue), ...derivedOf(queue, store, clock.now()) };
        if (AttributeNames.length === 0) return {};
        return { Attributes: selectAttributes(known, AttributeNames) };
      },
    }),
    SetQueueAttributes: defineOperation({
      input: v.strictObject({ QueueUrl, Attributes: StringMap }),
      resource,
      handle({ QueueUrl, Attributes }, { region }) {
        const queue = findQueue(state, region, QueueUrl);
        checkAttributes(Attributes);
        checkPolicies(state, queue.QueueArn, Attributes);
        queue.attributes = changedAttributes(queue.attributes, Attributes);
        queue.LastModifiedTimestamp = seconds(clock.now());
      },
    }),
    DeleteQueue: defineOperation({
      input: v.strictObject({ QueueUrl }),
      resource,
      handle({ QueueUrl }, { region }) {
        const queue = findQueue(state, region, QueueUrl);
        delete regionOf(state, region).sqs.queues[queue.QueueName];
        deletions.set(queue.QueueArn, clock.now());
        store.wake(queue);
      },
    }),
    ListDeadLetterSourceQueues: defineOperation({
      input: v.strictObject({
        QueueUrl,
        MaxResults: v.optional(v.number()),
        NextToken: v.optional(v.string()),
      }),
      resource,
      handle({ QueueUrl, MaxResults, NextToken }, { region }) {
        const { QueueArn } = findQueue(state, region, QueueUrl);
        const sources = Object.values(regionOf(state, region).sqs.queues)
          .filter((queue) => redrivePolicyOf(queue)?.deadLetterTargetArn === QueueArn)
          .map(({ QueueName }) => QueueName);
        const { page, nextToken } = pageOfNames(sources, MaxResults, NextToken);
        return { queueUrls: page.map(urlOf), NextToken: nextToken };
      },
    }),
    PurgeQueue: defineOperation({
      input: v.strictObject({ QueueUrl }),
      resource,
      handle({ QueueUrl }, { region }) {
        const queue = findQueue(state, region, QueueUrl);
        if (store.purge(queue)) return;
        const message = `Only one PurgeQueue operation on ${queue.QueueName} is allowed every 60 seconds.`;
        throw sqsError("PurgeQueueInProgress", message, 403);
      },
    }),
  };
}

const queueUrl = ({ state, endpoint }: QueueOptions, name: string) =>
  `${endpoint()}/${state.accountId}/${name}`;

/**
 * Returns a page of queue names.
 * @throws {AwsError} 400 for a number out of range or a token of another list.
 */
function pageOfNames(names: string[], limit: number | undefined, token: string | undefined) {
  checkRange("MaxResults", limit, 1, 1000);
  return pageOf(names.toSorted(), (name) => name, {
    limit: limit ?? 1000,
    token,
    invalidToken: () => invalidParameter("Invalid or expired next token."),
  });
}

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

function create(
  { state, clock, deletions, timing }: QueueOptions,
  region: string,
  QueueName: string,
  attributes: Record<string, string>,
  tags: Record<string, string>,
): void {
  const QueueArn = queueArn(state, region, QueueName);
  checkPolicies(state, QueueArn, attributes);
  const deletedAt = deletions.get(QueueArn) ?? -Infinity;
  if (clock.now() < deletedAt + timing.deletedQueueName)
    throw sqsError(
      "QueueDeletedRecently",
      "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
    );
  deletions.delete(QueueArn);
  const now = seconds(clock.now());
  regionOf(state, region).sqs.queues[QueueName] = {
    QueueName,
    QueueArn,
    attributes,
    CreatedTimestamp: now,
    LastModifiedTimestamp: now,
    tags,
  };
}

function checkSame(existing: Queue, wanted: Readonly<Record<string, string>>): void {
  const settings = settingsOf(existing);
  const differing = Object.keys(wanted).find((name) => settings[name] !== wanted[name]);
  if (differing === undefined) return;
  throw sqsError(
    "QueueNameExists",
    `A queue already exists with the same name and a different value for attribute ${differing}`,
  );
}

function derivedOf(queue: Queue, store: MessageStore, now: number): Record<string, string> {
  const messages = store.messagesOf(queue);
  const visible = messages.filter(({ visibleAt }) => visibleAt <= now).length;
  const delayed = messages.filter(
    (message) => message.visibleAt > now && message.receiveCount === 0,
  );
  return {
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(messages.length - visible - delayed.length),
    ApproximateNumberOfMessagesDelayed: String(delayed.length),
    CreatedTimestamp: String(queue.CreatedTimestamp),
    LastModifiedTimestamp: String(queue.LastModifiedTimestamp),
    QueueArn: queue.QueueArn,
  };
}
