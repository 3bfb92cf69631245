import { beforeEach, describe, expect, test } from "vitest";
import { administrator, callJson } from "../protocols/testing.ts";
import { permissiveIam } from "../iam/testing.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { emptyState, type State } from "../state.ts";
import { timingNamed } from "../timing.ts";
import { createSqs, type Sqs } from "./index.ts";

const QueueUrl = "http://localhost:4566/000000000000/jobs";
const QueueArn = "arn:aws:sqs:us-east-1:000000000000:jobs";

let state: State;
let clock: ManualClock;
let sqs: Sqs;

const call = (operation: string, input: object, request = {}) =>
  callJson(sqs.service, `AmazonSQS.${operation}`, input, request);

const outputOf = async (operation: string, input: object, request = {}) => {
  const { status, output } = await call(operation, input, request);
  expect({ status, output }).toMatchObject({ status: 200 });
  return output as Record<string, unknown>;
};

const attributesOf = async (...AttributeNames: string[]) =>
  (await outputOf("GetQueueAttributes", { QueueUrl, AttributeNames }))["Attributes"];

interface Received {
  Body: string;
  ReceiptHandle: string;
  [member: string]: unknown;
}

const receive = async (input: object = {}) =>
  ((await outputOf("ReceiveMessage", { QueueUrl, ...input }))["Messages"] ?? []) as Received[];

const send = (MessageBody: string, input: object = {}) =>
  outputOf("SendMessage", { QueueUrl, MessageBody, ...input });

beforeEach(async () => {
  state = emptyState();
  clock = createManualClock();
  const endpoint = () => "http://localhost:4566";
  const timing = timingNamed("aws");
  sqs = createSqs({ state, clock, iam: permissiveIam, endpoint, timing });
  await outputOf("CreateQueue", {
    QueueName: "jobs",
    Attributes: { MessageRetentionPeriod: "1209600", SqsManagedSseEnabled: "true" },
    tags: { project: "x" },
  });
});

describe("queues", () => {
  test("every attribute is returned as the string that was set", async () => {
    const Attributes = {
      DelaySeconds: "0",
      MaximumMessageSize: "262144",
      MessageRetentionPeriod: "60",
      ReceiveMessageWaitTimeSeconds: "0",
      SqsManagedSseEnabled: "false",
      VisibilityTimeout: "31",
    };
    clock.advance(2_000);
    await outputOf("SetQueueAttributes", { QueueUrl, Attributes });
    expect(await attributesOf("All")).toEqual({
      ...Attributes,
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesDelayed: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
      CreatedTimestamp: "1767225600",
      LastModifiedTimestamp: "1767225602",
      QueueArn,
    });
    expect(await attributesOf("VisibilityTimeout", "QueueArn")).toEqual({
      VisibilityTimeout: "31",
      QueueArn,
    });
  });

  test("creating a queue again succeeds only with the same attributes", async () => {
    const again = { QueueName: "jobs", Attributes: { VisibilityTimeout: "30" } };
    expect(await outputOf("CreateQueue", again)).toEqual({ QueueUrl });
    const other = { QueueName: "jobs", Attributes: { VisibilityTimeout: "60" } };
    expect(await call("CreateQueue", other)).toMatchObject({
      status: 400,
      headers: { "x-amzn-query-error": "QueueAlreadyExists;Sender" },
      output: { __type: "com.amazonaws.sqs#QueueNameExists" },
    });
  });

  test("a deleted queue is an error with the code that the Terraform provider expects", async () => {
    await outputOf("DeleteQueue", { QueueUrl });
    expect(await call("GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] })).toEqual({
      status: 400,
      headers: {
        "Content-Type": "application/x-amz-json-1.0",
        "x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender",
      },
      output: {
        __type: "com.amazonaws.sqs#QueueDoesNotExist",
        message: "The specified queue does not exist.",
      },
    });
  });

  test("queues are found by name and listed by prefix, in pages", async () => {
    await outputOf("CreateQueue", { QueueName: "jobs-2" });
    expect(await outputOf("GetQueueUrl", { QueueName: "jobs" })).toEqual({ QueueUrl });
    const first = await outputOf("ListQueues", { QueueNamePrefix: "jo", MaxResults: 1 });
    expect(first).toEqual({ QueueUrls: [QueueUrl], NextToken: expect.any(String) });
    const next = { MaxResults: 1, NextToken: first["NextToken"] };
    expect(await outputOf("ListQueues", next)).toEqual({ QueueUrls: [`${QueueUrl}-2`] });
    expect(await outputOf("ListQueues", { QueueNamePrefix: "x" })).toEqual({});
  });

  test("tags are added and removed", async () => {
    await outputOf("TagQueue", { QueueUrl, Tags: { stage: "test" } });
    await outputOf("UntagQueue", { QueueUrl, TagKeys: ["project"] });
    expect(await outputOf("ListQueueTags", { QueueUrl })).toEqual({ Tags: { stage: "test" } });
  });

  test("a queue has at most 50 tags", async () => {
    const Tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, "v"]));
    expect(await call("TagQueue", { QueueUrl, Tags })).toMatchObject({
      output: { message: "Too many tags added for queue jobs." },
    });
    expect(await outputOf("ListQueueTags", { QueueUrl })).toEqual({ Tags: { project: "x" } });
  });

  test("the name of a deleted queue cannot be used for 60 seconds", async () => {
    await outputOf("DeleteQueue", { QueueUrl });
    clock.advance(59_999);
    expect(await call("CreateQueue", { QueueName: "jobs" })).toMatchObject({
      status: 400,
      headers: { "x-amzn-query-error": "AWS.SimpleQueueService.QueueDeletedRecently;Sender" },
      output: {
        __type: "com.amazonaws.sqs#QueueDeletedRecently",
        message:
          "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
      },
    });
    clock.advance(1);
    await outputOf("CreateQueue", { QueueName: "jobs" });
    await outputOf("DeleteQueue", { QueueUrl });
  });

  test.each([
    ["CreateQueue", { QueueName: "a b" }, "InvalidParameterValue;Sender"],
    [
      "SetQueueAttributes",
      { QueueUrl, Attributes: { VisibilityTimeout: "43201" } },
      "InvalidAttributeValue;Sender",
    ],
    ["SetQueueAttributes", { QueueUrl, Attributes: { Color: "1" } }, "InvalidAttributeName;Sender"],
    ["GetQueueAttributes", { QueueUrl, AttributeNames: ["Color"] }, "InvalidAttributeName;Sender"],
    ["GetQueueUrl", { QueueName: "x" }, "AWS.SimpleQueueService.NonExistentQueue;Sender"],
  ])("%s of %j is refused with %s", async (operation, input, code) => {
    expect(await call(operation, input)).toMatchObject({
      status: 400,
      headers: { "x-amzn-query-error": code },
    });
  });

  test.each([
    ["CreateQueue", { QueueName: "a.fifo", Attributes: { FifoQueue: "true" } }],
    ["CreateQueue", { QueueName: "a", Attributes: { KmsMasterKeyId: "alias/aws/sqs" } }],
    ["SendMessage", { QueueUrl, MessageBody: "x", MessageGroupId: "g" }],
  ])("%s of %j is refused with 501", async (operation, input) => {
    expect(await call(operation, input)).toMatchObject({
      status: 501,
      headers: { "x-amzn-query-error": "NotImplemented;Receiver" },
    });
  });
});

describe("messages", () => {
  test("a message has the digests that SDKs check", async () => {
    const MessageAttributes = {
      timestamp: { DataType: "Number", StringValue: "1493147359900" },
    };
    const sent = await send("hello", { MessageAttributes });
    expect(sent).toEqual({
      MessageId: expect.any(String),
      MD5OfMessageBody: "5d41402abc4b2a76b9719d911017c592",
      MD5OfMessageAttributes: "235c5c510d26fb653d073faed50ae77c",
    });
    const [message] = await receive({ MessageAttributeNames: ["time*", "time.*", "All"] });
    expect(message).toEqual({
      MessageId: sent["MessageId"],
      ReceiptHandle: expect.any(String),
      Body: "hello",
      MD5OfBody: "5d41402abc4b2a76b9719d911017c592",
      MD5OfMessageAttributes: "235c5c510d26fb653d073faed50ae77c",
      MessageAttributes,
    });
  });

  test("a received message has only the requested attributes", async () => {
    await send("hello", {
      MessageAttributes: {
        "job.id": { DataType: "String", StringValue: "1" },
        other: { DataType: "Binary", BinaryValue: "AQI=" },
      },
    });
    const input = { VisibilityTimeout: 0, MessageAttributeNames: ["job.*"] };
    const [some] = await receive({ ...input, AttributeNames: ["All"] });
    expect(some).toMatchObject({
      MessageAttributes: { "job.id": { DataType: "String", StringValue: "1" } },
      Attributes: {
        SenderId: "000000000000",
        SentTimestamp: String(clock.now()),
        ApproximateReceiveCount: "1",
        ApproximateFirstReceiveTimestamp: String(clock.now()),
      },
    });
    expect(some?.["MessageAttributes"]).not.toHaveProperty("other");
    const count = ["ApproximateReceiveCount"];
    const [counted] = await receive({ MessageSystemAttributeNames: count });
    expect(counted).toHaveProperty("Attributes", { ApproximateReceiveCount: "2" });
    expect(counted).not.toHaveProperty("MD5OfMessageAttributes");
  });

  test("a received message is invisible for its visibility timeout, and then received again", async () => {
    await send("hello");
    expect(await receive({ VisibilityTimeout: 5 })).toHaveLength(1);
    expect(await receive()).toEqual([]);
    expect(
      await attributesOf("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"),
    ).toEqual({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "1",
    });
    clock.advance(5_000);
    expect(await receive()).toHaveLength(1);
  });

  test("a deleted message is not received again, and an older receipt handle deletes nothing", async () => {
    await send("hello");
    const [first] = await receive({ VisibilityTimeout: 0 });
    const [second] = await receive({ VisibilityTimeout: 0 });
    await outputOf("DeleteMessage", { QueueUrl, ReceiptHandle: first?.ReceiptHandle });
    expect(await attributesOf("ApproximateNumberOfMessages")).toEqual({
      ApproximateNumberOfMessages: "1",
    });
    await outputOf("DeleteMessage", { QueueUrl, ReceiptHandle: second?.ReceiptHandle });
    expect(await receive()).toEqual([]);
  });

  test("DeleteMessageBatch returns a result for each entry", async () => {
    await send("one");
    const [message] = await receive();
    const Entries = [
      { Id: "a", ReceiptHandle: message?.ReceiptHandle },
      { Id: "b", ReceiptHandle: "nonsense" },
    ];
    expect(await outputOf("DeleteMessageBatch", { QueueUrl, Entries })).toEqual({
      Successful: [{ Id: "a" }],
      Failed: [
        {
          Id: "b",
          SenderFault: true,
          Code: "ReceiptHandleIsInvalid",
          Message: 'The input receipt handle "nonsense" is not a valid receipt handle.',
        },
      ],
    });
    expect(await call("DeleteMessageBatch", { QueueUrl, Entries: [] })).toMatchObject({
      headers: { "x-amzn-query-error": "AWS.SimpleQueueService.EmptyBatchRequest;Sender" },
    });
  });

  test("SendMessageBatch sends each entry separately", async () => {
    const Entries = [
      { Id: "a", MessageBody: "one" },
      { Id: "b", MessageBody: "\u0000" },
      { Id: "c", MessageBody: "two", DelaySeconds: 10 },
    ];
    expect(await outputOf("SendMessageBatch", { QueueUrl, Entries })).toEqual({
      Successful: [
        { Id: "a", MessageId: expect.any(String), MD5OfMessageBody: expect.any(String) },
        { Id: "c", MessageId: expect.any(String), MD5OfMessageBody: expect.any(String) },
      ],
      Failed: [
        {
          Id: "b",
          SenderFault: true,
          Code: "InvalidMessageContents",
          Message: expect.stringContaining("Invalid binary character '#x0'"),
        },
      ],
    });
    expect(await receive({ MaxNumberOfMessages: 10 })).toMatchObject([{ Body: "one" }]);
  });

  test("ChangeMessageVisibility makes a message visible at once", async () => {
    await send("hello");
    const [message] = await receive();
    const input = { QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 };
    await outputOf("ChangeMessageVisibility", input);
    expect(await receive()).toHaveLength(1);
  });

  test("ChangeMessageVisibilityBatch makes messages visible, and returns an error for deleted ones", async () => {
    await send("one");
    await send("two");
    const messages = await receive({ MaxNumberOfMessages: 10 });
    const entries = messages.map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    const batch = (Entries: object[]) =>
      call("ChangeMessageVisibilityBatch", { QueueUrl, Entries });
    expect((await batch(entries)).output).toEqual({
      Successful: [{ Id: "0" }, { Id: "1" }],
    });
    const again = await receive({ MaxNumberOfMessages: 10 });
    expect(again).toHaveLength(2);
    for (const { ReceiptHandle } of again)
      await outputOf("DeleteMessage", { QueueUrl, ReceiptHandle });
    expect((await batch(entries)).output).toMatchObject({
      Failed: [
        { Id: "0", SenderFault: true, Code: "InvalidParameterValue" },
        { Id: "1", SenderFault: true, Code: "InvalidParameterValue" },
      ],
    });
    expect(await batch([])).toMatchObject({
      output: { message: expect.stringContaining("ChangeMessageVisibilityBatchRequestEntry") },
    });
  });

  test("a delayed message is received after its delay", async () => {
    await send("later", { DelaySeconds: 10 });
    expect(await receive()).toEqual([]);
    expect(await attributesOf("ApproximateNumberOfMessagesDelayed")).toEqual({
      ApproximateNumberOfMessagesDelayed: "1",
    });
    clock.advance(10_000);
    expect(await receive()).toHaveLength(1);
  });

  test("messages are deleted after the retention period", async () => {
    await send("old");
    clock.advance(1_209_600_000);
    expect(await receive()).toEqual([]);
  });

  test("a purge empties the queue, once in 60 seconds", async () => {
    await send("one");
    await outputOf("PurgeQueue", { QueueUrl });
    expect(await receive()).toEqual([]);
    expect(await call("PurgeQueue", { QueueUrl })).toMatchObject({ status: 403 });
    clock.advance(60_000);
    await outputOf("PurgeQueue", { QueueUrl });
  });

  test("another service can send by ARN if the queue exists and allows the size", async () => {
    const attributes = { RequestID: { DataType: "String", StringValue: "r" } } as const;
    const traceHeader = "Root=1-5759e988-bd862e3fe1be46a994272793";
    const message = { body: '{"a": 1}', attributes, caller: administrator, traceHeader };
    expect(sqs.send(QueueArn, message)).toBe(true);
    expect(sqs.send(`${QueueArn}-2`, message)).toBe(false);
    expect(sqs.send(QueueArn, { ...message, body: "x".repeat(1_048_577) })).toBe(false);
    for (const body of ["", "\u0000", "\ufffe", '{"a":"\uffff"}', "\ud800"])
      expect(sqs.send(QueueArn, { ...message, body })).toBe(false);
    const names = { AttributeNames: ["AWSTraceHeader"], MessageAttributeNames: ["All"] };
    expect(await receive(names)).toMatchObject([
      {
        Body: '{"a": 1}',
        MessageAttributes: attributes,
        Attributes: { AWSTraceHeader: traceHeader },
      },
    ]);
  });

  test("a message from the session of a role has the ID of the role", async () => {
    state.iam.roles["processor"] = {
      RoleName: "processor",
      RoleId: "AROA1",
      Arn: "arn:aws:iam::000000000000:role/processor",
      Path: "/",
      CreateDate: "2026-01-01T00:00:00Z",
      AssumeRolePolicyDocument: "{}",
      MaxSessionDuration: 3600,
      Tags: {},
      policies: {},
      attachedPolicies: [],
    };
    const arn = "arn:aws:sts::000000000000:assumed-role/processor/session";
    const caller = { type: "role", roleName: "processor", arn };
    await outputOf("SendMessage", { QueueUrl, MessageBody: "x" }, { caller });
    expect(await receive({ AttributeNames: ["SenderId"] })).toMatchObject([
      { Attributes: { SenderId: "AROA1:session" } },
    ]);
  });

  test.each([
    [{ MessageBody: "" }, "MissingParameter;Sender"],
    [{ MessageBody: "\u0000" }, "InvalidMessageContents;Sender"],
    [{ MessageBody: "\uffff" }, "InvalidMessageContents;Sender"],
    [{ MessageBody: "x".repeat(1_048_577) }, "InvalidParameterValue;Sender"],
    [{ MessageBody: "x", DelaySeconds: 901 }, "InvalidParameterValue;Sender"],
    [
      { MessageBody: "x", MessageAttributes: { "a b": { DataType: "String", StringValue: "1" } } },
      "InvalidParameterValue;Sender",
    ],
    [
      { MessageBody: "x", MessageAttributes: { a: { DataType: "Date", StringValue: "1" } } },
      "InvalidParameterValue;Sender",
    ],
  ])("sending %o is refused", async (input, code) => {
    expect(await call("SendMessage", { QueueUrl, ...input })).toMatchObject({
      status: 400,
      headers: { "x-amzn-query-error": code },
    });
  });

  test.each([
    [{ MaxNumberOfMessages: 11 }, /^Value 11 for parameter MaxNumberOfMessages is invalid/],
    [{ WaitTimeSeconds: 21 }, /^Value 21 for parameter WaitTimeSeconds is invalid/],
    [{ AttributeNames: ["Color"] }, /^Unknown Attribute Color/],
  ])("receiving with %o is refused", async (input, message) => {
    expect(await call("ReceiveMessage", { QueueUrl, ...input })).toMatchObject({
      status: 400,
      output: { message: expect.stringMatching(message) },
    });
  });
});

describe("long polling", () => {
  /** Waits until all code that only waits for promises has run. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const poll = (signal?: AbortSignal) =>
    call("ReceiveMessage", { QueueUrl, WaitTimeSeconds: 20 }, signal && { signal: () => signal });
  const messagesIn = ({ output }: { output: unknown }) =>
    (output as { Messages?: Received[] }).Messages ?? [];

  test("ends as soon as a message is sent", async () => {
    const polling = poll();
    await settle();
    await send("hello");
    expect(messagesIn(await polling)).toMatchObject([{ Body: "hello" }]);
  });

  test("ends when a message becomes visible again", async () => {
    await send("hello");
    await receive({ VisibilityTimeout: 5 });
    const polling = poll();
    await settle();
    clock.advance(5_000);
    expect(messagesIn(await polling)).toMatchObject([{ Body: "hello" }]);
  });

  test("ends without a message when the time is over", async () => {
    let ended = false;
    const polling = poll().finally(() => (ended = true));
    await settle();
    clock.advance(19_999);
    await settle();
    expect(ended).toBe(false);
    clock.advance(1);
    expect(messagesIn(await polling)).toEqual([]);
  });

  test("receives no message for a client that has disconnected", async () => {
    const client = new AbortController();
    const polling = poll(client.signal);
    await settle();
    client.abort();
    expect(messagesIn(await polling)).toEqual([]);
    await send("hello");
    expect(await receive()).toHaveLength(1);
  });

  test("delivers a message to only one of several clients", async () => {
    const polling = [poll(), poll()];
    await settle();
    await send("hello");
    await settle();
    clock.advance(20_000);
    const counts = (await Promise.all(polling)).map((response) => messagesIn(response).length);
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
  });

  test("ends when the queue is deleted", async () => {
    const polling = poll();
    await settle();
    await outputOf("DeleteQueue", { QueueUrl });
    expect(await polling).toMatchObject({ status: 400 });
  });
});
