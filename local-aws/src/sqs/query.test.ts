import { beforeEach, describe, expect, test } from "vitest";
import { permissiveIam } from "../iam/testing.ts";
import { createManualClock } from "../manual-clock.ts";
import { awsRequest, callJson } from "../protocols/testing.ts";
import { emptyState } from "../state.ts";
import { createSqs, type Sqs } from "./index.ts";

const QueueUrl = "http://localhost:4566/000000000000/jobs";
const METADATA =
  "<ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata>";

let sqs: Sqs;

/** Calls an operation in the query protocol, as SDKs from before November 2023 do. */
async function call(Action: string, parameters: Record<string, string>, path = "/") {
  const form = new URLSearchParams({ Action, Version: "2012-11-05", ...parameters });
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  const body = Buffer.from(form.toString());
  const {
    status,
    headers: sent,
    body: text,
  } = await sqs.service(awsRequest({ path, headers, body }));
  return { status, contentType: sent?.["Content-Type"], xml: String(text) };
}

/** Returns the result in the response, without the elements that every response has. */
async function resultOf(Action: string, parameters: Record<string, string>, path?: string) {
  const { xml, ...rest } = await call(Action, parameters, path);
  expect({ ...rest, xml }).toMatchObject({ status: 200, contentType: "text/xml" });
  const start = `<${Action}Response xmlns="http://queue.amazonaws.com/doc/2012-11-05/">`;
  const end = `${METADATA}</${Action}Response>`;
  expect([xml.slice(0, start.length), xml.slice(-end.length)]).toEqual([start, end]);
  return xml.slice(start.length, -end.length);
}

const textOf = (xml: string, name: string) =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? "";

const send = (MessageBody: string) => resultOf("SendMessage", { QueueUrl, MessageBody });

async function receive(parameters: Record<string, string> = {}) {
  const xml = await resultOf("ReceiveMessage", { QueueUrl, ...parameters });
  return { xml, handle: textOf(xml, "ReceiptHandle") };
}

beforeEach(async () => {
  const options = { state: emptyState(), clock: createManualClock(), iam: permissiveIam };
  sqs = createSqs({ ...options, endpoint: () => "http://localhost:4566" });
  await resultOf("CreateQueue", {
    QueueName: "jobs",
    "Attribute.1.Name": "VisibilityTimeout",
    "Attribute.1.Value": "60",
    "Tag.1.Key": "project",
    "Tag.1.Value": "x",
  });
});

describe("queues", () => {
  test("are created with attributes and tags, found, listed and deleted", async () => {
    expect(await resultOf("GetQueueUrl", { QueueName: "jobs" })).toBe(
      `<GetQueueUrlResult><QueueUrl>${QueueUrl}</QueueUrl></GetQueueUrlResult>`,
    );
    await resultOf("CreateQueue", { QueueName: "jobs-2" });
    const page = await resultOf("ListQueues", { MaxResults: "1" });
    expect(page).toMatch(
      new RegExp(`^<ListQueuesResult><QueueUrl>${QueueUrl}</QueueUrl><NextToken>.+</NextToken>`),
    );
    expect(await resultOf("ListQueues", {})).toBe(
      `<ListQueuesResult><QueueUrl>${QueueUrl}</QueueUrl><QueueUrl>${QueueUrl}-2</QueueUrl></ListQueuesResult>`,
    );
    expect(await resultOf("DeleteQueue", { QueueUrl })).toBe("");
    expect(await resultOf("ListQueues", { QueueNamePrefix: "x" })).toBe(
      "<ListQueuesResult></ListQueuesResult>",
    );
  });

  test("have attributes", async () => {
    const set = { "Attribute.1.Name": "DelaySeconds", "Attribute.1.Value": "1" };
    expect(await resultOf("SetQueueAttributes", { QueueUrl, ...set })).toBe("");
    const names = { "AttributeName.1": "VisibilityTimeout", "AttributeName.2": "DelaySeconds" };
    expect(await resultOf("GetQueueAttributes", { QueueUrl, ...names })).toBe(
      "<GetQueueAttributesResult>" +
        "<Attribute><Name>DelaySeconds</Name><Value>1</Value></Attribute>" +
        "<Attribute><Name>VisibilityTimeout</Name><Value>60</Value></Attribute>" +
        "</GetQueueAttributesResult>",
    );
  });

  test("have tags", async () => {
    await resultOf("TagQueue", { QueueUrl, "Tag.1.Key": "a&b", "Tag.1.Value": "" });
    await resultOf("UntagQueue", { QueueUrl, "TagKey.1": "project" });
    expect(await resultOf("ListQueueTags", { QueueUrl })).toBe(
      "<ListQueueTagsResult><Tag><Key>a&amp;b</Key><Value></Value></Tag></ListQueueTagsResult>",
    );
  });
});

describe("messages", () => {
  test("have the digests that SDKs check", async () => {
    const attribute = {
      "MessageAttribute.1.Name": "timestamp",
      "MessageAttribute.1.Value.DataType": "Number",
      "MessageAttribute.1.Value.StringValue": "1493147359900",
    };
    const sent = await resultOf("SendMessage", {
      QueueUrl,
      MessageBody: "<hello>\r",
      ...attribute,
    });
    expect(textOf(sent, "MD5OfMessageBody")).toBe("0cda22e1ea2cd6a34b10175d1a836791");
    expect(textOf(sent, "MD5OfMessageAttributes")).toBe("235c5c510d26fb653d073faed50ae77c");
    const { xml, handle } = await receive({
      "MessageAttributeName.1": "All",
      "AttributeName.1": "ApproximateReceiveCount",
    });
    expect(xml).toBe(
      `<ReceiveMessageResult><Message><MessageId>${textOf(sent, "MessageId")}</MessageId>` +
        `<ReceiptHandle>${handle}</ReceiptHandle>` +
        "<MD5OfBody>0cda22e1ea2cd6a34b10175d1a836791</MD5OfBody><Body>&lt;hello&gt;&#13;</Body>" +
        "<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>" +
        "<MD5OfMessageAttributes>235c5c510d26fb653d073faed50ae77c</MD5OfMessageAttributes>" +
        "<MessageAttribute><Name>timestamp</Name><Value><DataType>Number</DataType>" +
        "<StringValue>1493147359900</StringValue></Value></MessageAttribute></Message></ReceiveMessageResult>",
    );
  });

  test("are received together, changed and deleted individually, and purged", async () => {
    await send("one");
    await send("two");
    const { xml, handle } = await receive({ MaxNumberOfMessages: "10", WaitTimeSeconds: "0" });
    expect(xml.match(/<Body>\w+/g)).toEqual(["<Body>one", "<Body>two"]);
    const change = { QueueUrl, ReceiptHandle: handle, VisibilityTimeout: "0" };
    expect(await resultOf("ChangeMessageVisibility", change)).toBe("");
    const { handle: again } = await receive();
    expect(await resultOf("DeleteMessage", { QueueUrl, ReceiptHandle: again })).toBe("");
    expect(await resultOf("PurgeQueue", { QueueUrl })).toBe("");
    expect((await receive()).xml).toBe("<ReceiveMessageResult></ReceiveMessageResult>");
  });

  test("are changed and deleted in batches", async () => {
    await send("one");
    const { handle } = await receive();
    const batch = (operation: string, more: Record<string, string> = {}) =>
      resultOf(operation, {
        QueueUrl,
        [`${operation}RequestEntry.1.Id`]: "a",
        [`${operation}RequestEntry.1.ReceiptHandle`]: handle,
        [`${operation}RequestEntry.2.Id`]: "b",
        [`${operation}RequestEntry.2.ReceiptHandle`]: "nonsense",
        ...more,
      });
    const failed =
      "<BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault><Code>ReceiptHandleIsInvalid</Code>" +
      "<Message>The input receipt handle &quot;nonsense&quot; is not a valid receipt handle.</Message></BatchResultErrorEntry>";
    const change = "ChangeMessageVisibilityBatch";
    const timeouts = {
      [`${change}RequestEntry.1.VisibilityTimeout`]: "5",
      [`${change}RequestEntry.2.VisibilityTimeout`]: "5",
    };
    for (const [operation, more] of [
      [change, timeouts],
      ["DeleteMessageBatch", {}],
    ] as const)
      expect(await batch(operation, more)).toBe(
        `<${operation}Result><${operation}ResultEntry><Id>a</Id></${operation}ResultEntry>${failed}</${operation}Result>`,
      );
  });

  test("are sent in batches", async () => {
    const batch = await resultOf("SendMessageBatch", {
      QueueUrl,
      "SendMessageBatchRequestEntry.1.Id": "a",
      "SendMessageBatchRequestEntry.1.MessageBody": "hello",
      "SendMessageBatchRequestEntry.1.MessageSystemAttribute.1.Name": "AWSTraceHeader",
      "SendMessageBatchRequestEntry.1.MessageSystemAttribute.1.Value.DataType": "String",
      "SendMessageBatchRequestEntry.1.MessageSystemAttribute.1.Value.StringValue": "Root=1",
    });
    expect(batch).toContain("<SendMessageBatchResultEntry><Id>a</Id><MessageId>");
    const { xml } = await receive({ "AttributeName.1": "AWSTraceHeader" });
    expect([textOf(xml, "Body"), textOf(xml, "Value")]).toEqual(["hello", "Root=1"]);
  });

  test("can be sent with AWS JSON and received with the query protocol", async () => {
    await callJson(sqs.service, "AmazonSQS.SendMessage", { QueueUrl, MessageBody: "hello" });
    expect(textOf((await receive()).xml, "Body")).toBe("hello");
  });
});

test("without QueueUrl, the path of the request selects the queue", async () => {
  const path = "/000000000000/jobs";
  await resultOf("SendMessage", { MessageBody: "hello" }, path);
  const received = await resultOf("ReceiveMessage", {}, path);
  expect(textOf(received, "Body")).toBe("hello");
  await resultOf("CreateQueue", { QueueName: "other" });
  const other = { QueueUrl: QueueUrl.replace("jobs", "other") };
  const attributes = { "AttributeName.1": "QueueArn" };
  expect(await resultOf("GetQueueAttributes", { ...other, ...attributes }, path)).toContain(
    "arn:aws:sqs:us-east-1:000000000000:other",
  );
});

describe("errors", () => {
  test("have the format of AWS", async () => {
    const unknown = { QueueUrl: `${QueueUrl}-2` };
    expect(await call("ReceiveMessage", unknown)).toEqual({
      status: 400,
      contentType: "text/xml",
      xml:
        '<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type>' +
        "<Code>AWS.SimpleQueueService.NonExistentQueue</Code>" +
        "<Message>The specified queue does not exist for this wsdl version.</Message></Error>" +
        "<RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>",
    });
  });

  test.for<[string, Record<string, string>, number, string]>([
    ["DeleteMessage", { QueueUrl, ReceiptHandle: "x" }, 404, "ReceiptHandleIsInvalid"],
    ["SendMessage", { QueueUrl, MessageBody: "" }, 400, "MissingParameter"],
    ["SendMessage", { QueueUrl, MessageBody: "\u0000" }, 400, "InvalidMessageContents"],
    ["ReceiveMessage", { QueueUrl, MaxNumberOfMessages: "11" }, 400, "InvalidParameterValue"],
    ["ReceiveMessage", { QueueUrl, WaitTimeSeconds: "soon" }, 400, "MalformedInput"],
    ["ReceiveMessage", {}, 400, "MissingParameter"],
    ["ReceiveMessage", { QueueUrl, "AttributeName.1": "Color" }, 400, "InvalidAttributeName"],
    ["TagQueue", { QueueUrl, "Tag.1.Value": "a" }, 400, "MissingParameter"],
    [
      "DeleteMessageBatch",
      { QueueUrl, Entries: "" },
      400,
      "AWS.SimpleQueueService.EmptyBatchRequest",
    ],
    [
      "CreateQueue",
      { QueueName: "jobs", "Attribute.1.Name": "VisibilityTimeout", "Attribute.1.Value": "1" },
      400,
      "QueueAlreadyExists",
    ],
    ["SendMessage", { QueueUrl, MessageBody: "x", MessageGroupId: "g" }, 501, "NotImplemented"],
    ["ListQueues", { Version: "2011-10-01" }, 501, "NotImplemented"],
  ])("%s of %j is %i %s", async ([operation, parameters, status, code]) => {
    const error = await call(operation, parameters);
    expect([error.status, textOf(error.xml, "Code")]).toEqual([status, code]);
  });

  test("a second purge within a minute is refused with 403", async () => {
    await resultOf("PurgeQueue", { QueueUrl });
    const { status, xml } = await call("PurgeQueue", { QueueUrl });
    expect([status, textOf(xml, "Code")]).toEqual([
      403,
      "AWS.SimpleQueueService.PurgeQueueInProgress",
    ]);
  });
});
