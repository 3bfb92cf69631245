import type {
  CreateEventSourceMappingCommandInput,
  EventSourceMappingConfiguration,
} from "@aws-sdk/client-lambda";
import { expect } from "vitest";
import { type Account, type FunctionOptions, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { lambdaTrust } from "./policies.ts";
import { documented, reported, snapshots } from "./sources.ts";

const POLLING = { timeout: 15_000, interval: 50 };

/** Logs each event as JSON, in one line. */
const LOGGING = "exports.handler = async (event) => console.log(JSON.stringify(event));";

/** Returns the results that the bodies of its messages contain. A body `fail` is an error. */
const ANSWERING = `exports.handler = async ({ Records }) => {
  if (Records[0].body === "fail") throw new Error("failed");
  return JSON.parse(Records[0].body);
};`;

/** Reports the messages whose body is `fail`. */
const REPORTING = `exports.handler = async ({ Records }) => ({
  batchItemFailures: Records.filter(({ body }) => body === "fail").map(({ messageId }) => ({ itemIdentifier: messageId })),
});`;

/**
 * Seconds until a function times out, and until its messages are visible again: short, because tests wait for
 * it, but longer than the start of a process on a busy machine.
 */
const TIMEOUT = 2;

/** Creates a queue. */
async function createQueue({ sqs, id, region }: Account, Attributes: Record<string, string> = {}) {
  const QueueName = uniqueName("source");
  const attributes = { VisibilityTimeout: String(TIMEOUT), ...Attributes };
  const { QueueUrl = "" } = await sqs.createQueue({ QueueName, Attributes: attributes });
  return { QueueUrl, arn: `arn:aws:sqs:${region}:${id}:${QueueName}` };
}

type Settings = Partial<CreateEventSourceMappingCommandInput>;

/** Creates a queue, a function, and a mapping that connects them. */
async function createMapping(
  account: Account,
  settings: Settings = {},
  options: FunctionOptions & { attributes?: Record<string, string> } = {},
) {
  const { attributes, ...functionOptions } = options;
  const queue = await createQueue(account, attributes);
  const target = await account.createFunction({
    source: LOGGING,
    Timeout: TIMEOUT,
    ...functionOptions,
  });
  const mapping = await account.lambda.createEventSourceMapping({
    EventSourceArn: queue.arn,
    FunctionName: target.FunctionName,
    ...settings,
  });
  const UUID = mapping.UUID ?? "";
  return {
    queue,
    target,
    mapping,
    UUID,
    get: () => account.lambda.getEventSourceMapping({ UUID }),
    send: (MessageBody: string, more = {}) =>
      account.sqs.sendMessage({ QueueUrl: queue.QueueUrl, MessageBody, ...more }),
    remove: () => account.lambda.deleteEventSourceMapping({ UUID }),
  };
}

interface SqsEvent {
  Records: Record<string, unknown>[];
}

/** The events that a function has logged, when there is one of this number. */
async function loggedEvents(account: Account, functionName: string, count = 1) {
  const read = async (): Promise<SqsEvent[]> => {
    const { events = [] } = await account.logs.filterLogEvents({
      logGroupName: `/aws/lambda/${functionName}`,
      filterPattern: '"Records"',
    });
    return events.map(
      ({ message = "" }) => JSON.parse(message.slice(message.indexOf("{"))) as SqsEvent,
    );
  };
  await expect.poll(() => read().catch(() => []), POLLING).toHaveLength(count);
  return await read();
}

/** How many messages a queue has, visible or not. */
async function countMessages({ sqs }: Account, QueueUrl: string) {
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: [...names] });
  return names.reduce((sum, name) => sum + Number(Attributes?.[name]), 0);
}

/**
 * Sends messages to a mapping whose queue moves them to a dead-letter queue after one failure. Returns the
 * bodies that are there when the queue is empty.
 */
async function deadLettersOf(
  account: Account,
  bodies: readonly string[],
  settings: Settings & { source: string },
) {
  const dead = await createQueue(account);
  const { source, ...mappingSettings } = settings;
  const attributes = {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 }),
  };
  // The messages are in the queue before the poller, so that it gets them as one batch.
  const { queue, UUID } = await createMapping(
    account,
    { ...mappingSettings, Enabled: false },
    { source, attributes },
  );
  await account.sqs.sendMessageBatch({
    QueueUrl: queue.QueueUrl,
    Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
  });
  await account.lambda.updateEventSourceMapping({ UUID, Enabled: true });
  await expect.poll(() => countMessages(account, queue.QueueUrl), POLLING).toBe(0);
  const { Messages = [] } = await account.sqs.receiveMessage({
    QueueUrl: dead.QueueUrl,
    MaxNumberOfMessages: 10,
  });
  return Messages.map(({ Body }) => Body);
}

const item = (itemIdentifier: unknown) =>
  JSON.stringify({ batchItemFailures: [{ itemIdentifier }] });

const partial: Settings = { FunctionResponseTypes: ["ReportBatchItemFailures"] };

/** The settings of a mapping, without what differs for each mapping. */
const settingsOf = (mapping: EventSourceMappingConfiguration) => {
  const { UUID, EventSourceMappingArn, LastModified, ...settings } = mapping;
  expect([UUID, EventSourceMappingArn, LastModified]).not.toContain(undefined);
  return settings;
};

/** A filter, a body that it selects, and one that it does not select. */
const filters: Record<string, [pattern: object, selected: unknown, other: unknown]> = {
  "a value": [{ "my-key": ["my-value"] }, { "my-key": "my-value" }, { "my-key": "other-value" }],
  "one of two values": [
    { "my-key": ["my-value-one", "my-value-two"] },
    { "my-key": "my-value-two" },
    { "my-key": "other-value" },
  ],
  "two members": [
    { "my-key-one": ["other-filter", "my-value-one"], "my-key-two": ["my-value-two"] },
    { "my-key-one": "my-value-one", "my-key-two": "my-value-two" },
    { "my-key-one": "other-value-", "my-key-two": "my-value-two" },
  ],
  exists: [
    { "my-key": [{ exists: true }] },
    { "my-key": "any-value-one" },
    { "other-key": "any-value-two" },
  ],
  "a number that is larger": [
    { "my-number": [{ numeric: [">", 100] }] },
    { "my-number": 101 },
    { "my-number": 100 },
  ],
  "a number that is smaller": [
    { "my-number": [{ numeric: ["<", 100] }] },
    { "my-number": 99 },
    { "my-number": 100 },
  ],
  "a number in a range": [
    { "my-number": [{ numeric: [">=", 100, "<", 200] }] },
    { "my-number": 100 },
    { "my-number": 200 },
  ],
  "a prefix": [
    { "my-key": [{ prefix: "yes" }] },
    { "my-key": "yes-value" },
    { "my-key": "no-value" },
  ],
  "a body that is not JSON": [{ "my-key": ["my-value"] }, { "my-key": "my-value" }, "plain-string"],
};

const textOf = (body: unknown) => (typeof body === "string" ? body : JSON.stringify(body));

const filterRow = (title: string): Behavior => ({
  behavior: `a filter by ${title} selects messages, and others are deleted`,
  basis: "snapshot",
  source: snapshots.sqsEventSources,
  check: async ({ account }) => {
    const [body, selected, other] = filters[title] ?? [{}, "", ""];
    const Pattern = JSON.stringify({ body });
    const FilterCriteria = { Filters: [{ Pattern }] };
    const { send, queue, target, mapping } = await createMapping(account, { FilterCriteria });
    expect(mapping.FilterCriteria).toEqual(FilterCriteria);
    await send(textOf(other));
    await send(textOf(selected));
    const events = await loggedEvents(account, target.FunctionName);
    expect(events).toMatchObject([{ Records: [{ body: textOf(selected) }] }]);
    await expect.poll(() => countMessages(account, queue.QueueUrl), POLLING).toBe(0);
  },
});

const invalidFilters: Record<string, string> = {
  null: "null",
  "a text": "simple string",
  "a value outside of a list": JSON.stringify({ eventSource: "aws:sqs" }),
  "an empty list": JSON.stringify({ eventSource: [] }),
};

const invalidFilterRow = (title: string): Behavior => ({
  behavior: `a filter pattern that is ${title} is refused`,
  basis: "snapshot",
  source: snapshots.sqsEventSources,
  check: async ({ account }) => {
    const Filters = [{ Pattern: invalidFilters[title] }];
    const created = createMapping(account, { FilterCriteria: { Filters } });
    expect(await refusalOf(created)).toEqual({
      name: "InvalidParameterValueException",
      message: "Invalid filter pattern definition.",
      status: 400,
    });
  },
});

/** Event source mappings of queues. */
export const eventSourceMappings: Behavior[] = [
  {
    behavior: "a new mapping is Creating and then Enabled, with the defaults of a queue",
    basis: "snapshot",
    source: snapshots.sqsEventSources,
    check: async ({ account }) => {
      const { mapping, get, UUID, queue, target } = await createMapping(account);
      const expected = {
        BatchSize: 10,
        EventSourceArn: queue.arn,
        FunctionArn: target.FunctionArn,
        FunctionResponseTypes: [],
        MaximumBatchingWindowInSeconds: 0,
        StateTransitionReason: "USER_INITIATED",
      };
      const { $metadata, ...created } = mapping;
      expect($metadata.httpStatusCode).toBe(202);
      expect(settingsOf(created)).toEqual({ ...expected, State: "Creating" });
      expect(created.EventSourceMappingArn).toBe(
        `arn:aws:lambda:us-east-1:${account.id}:event-source-mapping:${UUID}`,
      );
      const { $metadata: read, ...found } = await get();
      expect(read.httpStatusCode).toBe(200);
      expect(settingsOf(found)).toEqual({ ...expected, State: "Enabled" });
    },
  },
  {
    behavior: "an update is Updating and then Enabled, and can replace the function",
    basis: "snapshot",
    source: snapshots.sqsEventSources,
    check: async ({ account }) => {
      const { UUID, get, send } = await createMapping(account);
      const other = await account.createFunction({ source: LOGGING, Timeout: TIMEOUT });
      const updated = await account.lambda.updateEventSourceMapping({
        UUID,
        FunctionName: other.FunctionName,
      });
      expect(updated).toMatchObject({ State: "Updating", FunctionArn: other.FunctionArn });
      expect(updated.$metadata.httpStatusCode).toBe(202);
      expect(await get()).toMatchObject({ State: "Enabled", FunctionArn: other.FunctionArn });
      await send("hello");
      await loggedEvents(account, other.FunctionName);
    },
  },
  {
    behavior: "a mapping is Disabling and then Disabled, Enabling and then Enabled",
    basis: "documentation",
    source: documented.updateEventSourceMapping,
    check: async ({ account }) => {
      const { UUID, get } = await createMapping(account);
      const enable = (Enabled: boolean) =>
        account.lambda.updateEventSourceMapping({ UUID, Enabled });
      expect(await enable(false)).toMatchObject({ State: "Disabling" });
      expect(await get()).toMatchObject({ State: "Disabled" });
      expect(await enable(true)).toMatchObject({ State: "Enabling" });
      expect(await get()).toMatchObject({ State: "Enabled" });
    },
  },
  {
    behavior: "a deleted mapping is Deleting, and then does not exist",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ account }) => {
      const { remove, get } = await createMapping(account);
      const { $metadata, State } = await remove();
      expect([$metadata.httpStatusCode, State]).toEqual([202, "Deleting"]);
      expect(await refusalOf(get())).toEqual({
        name: "ResourceNotFoundException",
        message: "The resource you requested does not exist.",
        status: 404,
      });
    },
  },
  {
    behavior: "a mapping stays Enabled when its function is deleted",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ account }) => {
      const { get, target } = await createMapping(account);
      await account.lambda.deleteFunction({ FunctionName: target.FunctionName });
      expect(await get()).toMatchObject({ State: "Enabled" });
    },
  },
  {
    behavior: "a mapping names its function as the request does",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ account }) => {
      const { FunctionName, FunctionArn = "" } = await account.createFunction({ Timeout: TIMEOUT });
      const names = {
        [FunctionName]: FunctionArn,
        [FunctionArn]: FunctionArn,
        [`${account.id}:function:${FunctionName}:$LATEST`]: `${FunctionArn}:$LATEST`,
      };
      for (const [name, arn] of Object.entries(names)) {
        const { arn: EventSourceArn } = await createQueue(account);
        const input = { FunctionName: name, EventSourceArn };
        expect(await account.lambda.createEventSourceMapping(input)).toMatchObject({
          FunctionArn: arn,
        });
      }
    },
  },
  {
    behavior: "a mapping needs an event source, and a queue has no destination",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ account }) => {
      const FunctionName = "doesnotexist";
      const EventSourceArn = `arn:aws:sqs:us-east-1:${account.id}:somequeue`;
      const DestinationConfig = { OnSuccess: { Destination: `${EventSourceArn}2` } };
      const expected = {
        "Unrecognized event source.": { FunctionName },
        "Function does not exist": { FunctionName, EventSourceArn },
        "Unsupported DestinationConfig parameter for given event source mapping type.": {
          FunctionName,
          EventSourceArn,
          DestinationConfig,
        },
      };
      for (const [message, input] of Object.entries(expected))
        expect(await refusalOf(account.lambda.createEventSourceMapping(input))).toEqual({
          name: "InvalidParameterValueException",
          message,
          status: 400,
        });
    },
  },
  {
    behavior: "the queue of a mapping must exist",
    basis: "snapshot",
    source: snapshots.sqsEventSources,
    check: async ({ account }) => {
      const { FunctionName } = await account.createFunction();
      const EventSourceArn = `arn:aws:sqs:us-east-1:${account.id}:${uniqueName("missing")}`;
      const created = account.lambda.createEventSourceMapping({ FunctionName, EventSourceArn });
      expect(await refusalOf(created)).toEqual({
        name: "InvalidParameterValueException",
        message:
          "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
        status: 400,
      });
    },
  },
  {
    behavior: "a queue and a function have at most one mapping",
    basis: "snapshot",
    source: snapshots.sqsEventSources,
    check: async ({ account }) => {
      const { queue, target, UUID } = await createMapping(account);
      const again = account.lambda.createEventSourceMapping({
        EventSourceArn: queue.arn,
        FunctionName: target.FunctionName,
      });
      expect(await refusalOf(again)).toEqual({
        name: "ResourceConflictException",
        message: `An event source mapping with SQS arn (" ${queue.arn} ") and function (" ${target.FunctionName} ") already exists. Please update or delete the existing mapping with UUID ${UUID}`,
        status: 409,
      });
    },
  },
  {
    behavior:
      "the visibility timeout of the queue must not be less than the timeout of the function",
    basis: "report",
    source: reported.visibilityTimeout,
    check: async ({ account }) => {
      const created = createMapping(
        account,
        {},
        {
          Timeout: 60,
          attributes: { VisibilityTimeout: "30" },
        },
      );
      expect(await refusalOf(created)).toMatchObject({
        message: "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds",
        status: 400,
      });
    },
  },
  {
    behavior: "the role of the function must allow it to receive messages",
    basis: "report",
    source: reported.sourcePermission,
    check: async ({ account }) => {
      const { Role } = await account.iam.createRole({
        RoleName: uniqueName("role"),
        AssumeRolePolicyDocument: lambdaTrust(),
      });
      const created = createMapping(account, {}, { Role: Role?.Arn ?? "" });
      expect(await refusalOf(created)).toMatchObject({
        name: "InvalidParameterValueException",
        message:
          "The function execution role does not have permissions to call ReceiveMessage on SQS",
        status: 400,
      });
    },
  },
  {
    behavior: "a batch of more than ten messages needs a batching window",
    basis: "report",
    source: reported.batchWindow,
    check: async ({ account }) => {
      expect(await refusalOf(createMapping(account, { BatchSize: 100 }))).toMatchObject({
        message:
          "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
        status: 400,
      });
    },
  },
  {
    behavior: "an empty scaling config and empty filter criteria remove those of a mapping",
    basis: "report",
    source: reported.removedSettings,
    check: async ({ account }) => {
      const { UUID, get } = await createMapping(account, {
        ScalingConfig: { MaximumConcurrency: 2 },
        FilterCriteria: { Filters: [{ Pattern: '{"body":["a"]}' }] },
      });
      expect(await get()).toMatchObject({ ScalingConfig: { MaximumConcurrency: 2 } });
      await account.lambda.updateEventSourceMapping({ UUID, BatchSize: 5 });
      expect(await get()).toMatchObject({ ScalingConfig: { MaximumConcurrency: 2 } });
      await account.lambda.updateEventSourceMapping({
        UUID,
        ScalingConfig: {},
        FilterCriteria: {},
      });
      const { ScalingConfig, FilterCriteria, BatchSize } = await get();
      expect([ScalingConfig, FilterCriteria, BatchSize]).toEqual([undefined, undefined, 5]);
    },
  },
  {
    behavior: "mappings are listed by their queue and by their function",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ account }) => {
      const { queue, target, UUID } = await createMapping(account);
      const list = async (input: { EventSourceArn?: string; FunctionName?: string }) => {
        const { EventSourceMappings = [] } = await account.lambda.listEventSourceMappings(input);
        return EventSourceMappings.map((mapping) => mapping.UUID);
      };
      expect(await list({})).toContain(UUID);
      expect(await list({ EventSourceArn: queue.arn })).toEqual([UUID]);
      expect(await list({ FunctionName: target.FunctionName })).toEqual([UUID]);
      expect(await list({ FunctionName: "doesnotexist" })).toEqual([]);
      const EventSourceArn = "arn:aws:sqs:us-east-1:111111111111:somequeue";
      expect(await list({ EventSourceArn })).toEqual([]);
    },
  },
  {
    behavior: "a mapping has tags",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ account: { lambda, ...account } }) => {
      const { mapping } = await createMapping({ lambda, ...account }, { Tags: { A: "tag-a" } });
      const Resource = mapping.EventSourceMappingArn ?? "";
      await lambda.tagResource({ Resource, Tags: { B: "tag-b" } });
      expect((await lambda.listTags({ Resource })).Tags).toEqual({ A: "tag-a", B: "tag-b" });
      await lambda.untagResource({ Resource, TagKeys: ["A"] });
      expect((await lambda.listTags({ Resource })).Tags).toEqual({ B: "tag-b" });
      const missing = Resource.replace(/[^:]*$/, "00000000-0000-4000-8000-000000000000");
      expect(await refusalOf(lambda.listTags({ Resource: missing }))).toEqual({
        name: "ResourceNotFoundException",
        message: `Event source mapping not found: ${missing}`,
        status: 404,
      });
    },
  },
  ...Object.keys(invalidFilters).map(invalidFilterRow),
  {
    behavior: "a function gets a message in this form",
    basis: "snapshot",
    source: snapshots.sqsEventSources,
    check: async ({ account }) => {
      const { send, queue, target } = await createMapping(account, { BatchSize: 1 });
      const { MessageId } = await send("hello");
      const [event] = await loggedEvents(account, target.FunctionName);
      expect(event).toEqual({
        Records: [
          {
            messageId: MessageId,
            receiptHandle: expect.any(String),
            body: "hello",
            attributes: {
              ApproximateReceiveCount: "1",
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
              SenderId: account.id,
              ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
            },
            messageAttributes: {},
            md5OfBody: "5d41402abc4b2a76b9719d911017c592",
            eventSource: "aws:sqs",
            eventSourceARN: queue.arn,
            awsRegion: "us-east-1",
          },
        ],
      });
      await expect.poll(() => countMessages(account, queue.QueueUrl), POLLING).toBe(0);
    },
  },
  {
    behavior: "a function gets the attributes of a message with their digest",
    basis: "snapshot",
    source: snapshots.sqsEventSources,
    check: async ({ account }) => {
      const { send, target } = await createMapping(account);
      const MessageAttributes = {
        Title: { DataType: "String", StringValue: "The Whistler" },
        Author: { DataType: "String", StringValue: "John Grisham" },
        WeeksOn: { DataType: "Number", StringValue: "6" },
      };
      await send("hello", { MessageAttributes });
      const lists = { stringListValues: [], binaryListValues: [] };
      expect(await loggedEvents(account, target.FunctionName)).toMatchObject([
        {
          Records: [
            {
              messageAttributes: {
                Title: { stringValue: "The Whistler", dataType: "String", ...lists },
                Author: { stringValue: "John Grisham", dataType: "String", ...lists },
                WeeksOn: { stringValue: "6", dataType: "Number", ...lists },
              },
              md5OfMessageAttributes: "d25a6aea97eb8f585bfa92d314504a92",
            },
          ],
        },
      ]);
    },
  },
  {
    behavior: "with a batching window, a message without attributes has the digest null",
    basis: "snapshot",
    source: snapshots.sqsEventSources,
    check: async ({ account }) => {
      const { send, target } = await createMapping(account, { MaximumBatchingWindowInSeconds: 1 });
      await send("hello");
      const [event] = await loggedEvents(account, target.FunctionName);
      expect(event?.Records[0]).toMatchObject({ md5OfMessageAttributes: null });
    },
  },
  {
    behavior: "a failed message is received again after the visibility timeout",
    basis: "snapshot",
    source: snapshots.sqsEventSources,
    check: async ({ account }) => {
      const source = `let failed = false;
exports.handler = async (event) => {
  console.log(JSON.stringify(event));
  if (failed) return;
  failed = true;
  throw new Error("failed attempt");
};`;
      const { send, target, queue } = await createMapping(account, {}, { source });
      await send("hello");
      const events = await loggedEvents(account, target.FunctionName, 2);
      expect(events.map(({ Records }) => Records[0])).toMatchObject([
        { body: "hello", attributes: { ApproximateReceiveCount: "1" } },
        { body: "hello", attributes: { ApproximateReceiveCount: "2" } },
      ]);
      await expect.poll(() => countMessages(account, queue.QueueUrl), POLLING).toBe(0);
    },
  },
  {
    behavior: "a message that fails too often moves to the dead-letter queue",
    basis: "snapshot",
    source: snapshots.sqsEventSources,
    check: async ({ account }) => {
      const settings = { source: ANSWERING };
      expect(await deadLettersOf(account, ["fail"], settings)).toEqual(["fail"]);
    },
  },
  {
    behavior: "only the messages that a function reports fail",
    basis: "snapshot",
    source: snapshots.sqsEventSources,
    check: async ({ account }) => {
      const settings = { ...partial, source: REPORTING };
      expect(await deadLettersOf(account, ["a", "fail", "b"], settings)).toEqual(["fail"]);
    },
  },
  {
    behavior: "without ReportBatchItemFailures, the response of a function has no meaning",
    basis: "documentation",
    source: documented.sqsErrors,
    check: async ({ account }) => {
      const settings = { source: REPORTING };
      expect(await deadLettersOf(account, ["a", "fail"], settings)).toEqual([]);
    },
  },
  {
    behavior: "an empty response, and an empty list or null, are a complete success",
    basis: "documentation",
    source: documented.sqsErrors,
    check: async ({ account }) => {
      const bodies = ["{}", "null", '{"batchItemFailures":[]}', '{"batchItemFailures":null}'];
      const settings = { ...partial, BatchSize: 1, source: ANSWERING };
      expect(await deadLettersOf(account, bodies, settings)).toEqual([]);
    },
  },
  {
    behavior:
      "an error, and an identifier that is empty, null or has another name, fail the whole batch",
    basis: "documentation",
    source: documented.sqsErrors,
    check: async ({ account }) => {
      const wrongKey = '{"batchItemFailures":[{"foo":"notvalid"}]}';
      const bodies = ["fail", item(""), item(null), wrongKey];
      const settings = { ...partial, BatchSize: 1, source: ANSWERING };
      const failed = await deadLettersOf(account, bodies, settings);
      expect(new Set(failed)).toEqual(new Set(bodies));
    },
  },
  {
    behavior: "an identifier that is not of the batch fails the whole batch",
    basis: "report",
    source: reported.batchItems,
    check: async ({ account }) => {
      const bodies = [item("missing")];
      const settings = { ...partial, source: ANSWERING };
      expect(await deadLettersOf(account, bodies, settings)).toEqual(bodies);
    },
  },
  ...Object.keys(filters).map(filterRow),
];
