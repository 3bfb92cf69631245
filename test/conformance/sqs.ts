import type {
  MessageAttributeValue,
  ReceiveMessageCommandInput,
  SendMessageCommandInput,
} from "@aws-sdk/client-sqs";
import { expect } from "vitest";
import { type Account, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { documented, reported, snapshots } from "./sources.ts";

const HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

const INVALID_ID = {
  name: "InvalidBatchEntryId",
  message:
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
  status: 400,
};

/** Creates a queue, and returns functions that use it. */
async function createQueue({ sqs: client }: Account) {
  const { QueueUrl = "" } = await client.createQueue({ QueueName: uniqueName() });
  const receive = async (input: Omit<ReceiveMessageCommandInput, "QueueUrl"> = {}) =>
    (await client.receiveMessage({ QueueUrl, ...input })).Messages ?? [];
  return {
    QueueUrl,
    send: (MessageBody: string, input: Partial<SendMessageCommandInput> = {}) =>
      client.sendMessage({ QueueUrl, MessageBody, ...input }),
    receive,
    changeVisibility: (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      client.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout }),
  };
}

/** Sends a request in the query protocol, as older clients do. */
const query = (account: Account, parameters: Record<string, string>) =>
  account.request("sqs", {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ Version: "2012-11-05", ...parameters }).toString(),
  });

const text = (StringValue: string, DataType = "String") => ({ DataType, StringValue });

/** Message attributes that AWS refuses. */
const refusedAttributes: Record<string, Record<string, MessageAttributeValue>> = {
  "a control character in its value": { attr1: text("Invalid-\b,\v") },
  "a name with a reserved prefix": { "aWs.-Invalid-attr": text("Valid") },
  "a name with the other reserved prefix": { "AMAZON.-Invalid-attr": text("Valid") },
  "a name that starts with a dot": { ".-Invalid-attr": text("Valid") },
  "a name that ends with a dot": { "Invalid.": text("Valid") },
  "an exclamation mark in its name": { "Invalid-!-attr": text("Valid") },
  "a section sign in its name": { "Invalid-§-attr": text("Valid") },
  "a name of 257 characters": { ["L".repeat(257)]: text("Valid") },
  "a type that is too long": { name: text("1", `Number.${"L".repeat(256)}`) },
};

async function expectRefused(
  account: Account,
  MessageAttributes: Record<string, MessageAttributeValue>,
) {
  const { send } = await createQueue(account);
  const { name } = await refusalOf(send("test", { MessageAttributes }));
  expect(name).toMatch(/^Invalid/);
}

/** Queues and their messages. */
export const sqs: Behavior[] = [
  {
    behavior: "a queue of a name that exists with another attribute is refused",
    basis: "snapshot",
    source: snapshots.sqs,
    check: async ({ account: { sqs: client } }) => {
      const QueueName = uniqueName();
      await client.createQueue({ QueueName, Attributes: { DelaySeconds: "1" } });
      const refused = client.createQueue({ QueueName, Attributes: { DelaySeconds: "2" } });
      expect(await refusalOf(refused)).toMatchObject({
        message:
          "A queue already exists with the same name and a different value for attribute DelaySeconds",
        status: 400,
      });
    },
  },
  {
    behavior: "ChangeMessageVisibility works after the visibility timeout",
    basis: "snapshot",
    source: snapshots.sqs,
    check: async ({ account }) => {
      const { send, receive, changeVisibility } = await createQueue(account);
      await send("test");
      const [message] = await receive({ VisibilityTimeout: 0 });
      await changeVisibility(message?.ReceiptHandle, 20);
      expect(await receive()).toEqual([]);
    },
  },
  {
    behavior: "ChangeMessageVisibility takes the handle of an earlier receive",
    basis: "snapshot",
    source: snapshots.sqsTests,
    check: async ({ account }) => {
      const { send, receive, changeVisibility } = await createQueue(account);
      await send("test");
      const [first] = await receive({ VisibilityTimeout: 0 });
      expect(await receive({ VisibilityTimeout: 30 })).toHaveLength(1);
      await changeVisibility(first?.ReceiptHandle, 0);
      expect(await receive()).toHaveLength(1);
    },
  },
  {
    behavior: "a batch with an ID that is empty, too long or of other characters is refused",
    basis: "snapshot",
    source: snapshots.sqs,
    check: async ({ account }) => {
      const { QueueUrl } = await createQueue(account);
      for (const Id of ["", "testLongId".repeat(10), "invalid:id"]) {
        const removed = account.sqs.deleteMessageBatch({
          QueueUrl,
          Entries: [{ Id, ReceiptHandle: "x" }],
        });
        expect(await refusalOf(removed)).toMatchObject(INVALID_ID);
        const sent = account.sqs.sendMessageBatch({
          QueueUrl,
          Entries: [{ Id, MessageBody: "x" }],
        });
        expect(await refusalOf(sent)).toMatchObject(INVALID_ID);
      }
    },
  },
  {
    behavior: "SendMessageBatch sends the other messages if one is too long",
    basis: "snapshot",
    source: snapshots.sqs,
    check: async ({ account }) => {
      const { QueueUrl, receive } = await createQueue(account);
      await account.sqs.setQueueAttributes({
        QueueUrl,
        Attributes: { MaximumMessageSize: "1024" },
      });
      const { Successful, Failed } = await account.sqs.sendMessageBatch({
        QueueUrl,
        Entries: [
          { Id: "a", MessageBody: "a".repeat(1025) },
          { Id: "b", MessageBody: "b" },
        ],
      });
      expect(Successful).toMatchObject([{ Id: "b" }]);
      expect(Failed).toEqual([
        {
          Id: "a",
          SenderFault: true,
          Code: "InvalidParameterValue",
          Message:
            "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.",
        },
      ]);
      expect(await receive({ MaxNumberOfMessages: 10 })).toMatchObject([{ Body: "b" }]);
    },
  },
  {
    behavior: "the result of a batch has no list of failed entries if there is none",
    basis: "snapshot",
    source: snapshots.sqs,
    check: async ({ account }) => {
      const { QueueUrl } = await createQueue(account);
      const { body } = await account.request("sqs", {
        headers: {
          "content-type": "application/x-amz-json-1.0",
          "x-amz-target": "AmazonSQS.SendMessageBatch",
        },
        body: { QueueUrl, Entries: [{ Id: "a", MessageBody: "a" }] },
      });
      expect(Object.keys(JSON.parse(body))).toEqual(["Successful"]);
    },
  },
  {
    behavior: "a batch with more bytes than a message can have is refused",
    basis: "snapshot",
    source: snapshots.sqs,
    check: async ({ account }) => {
      const { QueueUrl, receive } = await createQueue(account);
      const MessageBody = "a".repeat(524_288);
      const Entries = [
        { Id: "1", MessageBody },
        { Id: "2", MessageBody: `${MessageBody}a` },
      ];
      expect(await refusalOf(account.sqs.sendMessageBatch({ QueueUrl, Entries }))).toMatchObject({
        name: "BatchRequestTooLong",
        message: "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.",
      });
      expect(await receive()).toEqual([]);
    },
  },
  {
    behavior: "the name of a message attribute can have letters of any script",
    basis: "snapshot",
    source: snapshots.sqsTests,
    check: async ({ account }) => {
      const { send, receive } = await createQueue(account);
      const MessageAttributes = { "attr.1øßä": text("Valida") };
      await send("test", { MessageAttributes });
      expect(await receive({ MessageAttributeNames: ["All"] })).toMatchObject([
        { MessageAttributes },
      ]);
    },
  },
  ...Object.entries(refusedAttributes).map(([title, MessageAttributes]): Behavior => ({
    behavior: `a message attribute with ${title} is refused`,
    basis: "snapshot",
    source: snapshots.sqsTests,
    check: ({ account }) => expectRefused(account, MessageAttributes),
  })),
  {
    behavior: "the names *, .*, All and a prefix with .* select message attributes",
    basis: "snapshot",
    source: snapshots.sqs,
    check: async ({ account }) => {
      const { send, receive } = await createQueue(account);
      await send("msg", {
        MessageAttributes: {
          General: text("Kenobi"),
          Hello: text("There"),
          "Help.Me": text("Me"),
        },
      });
      const selected = async (name: string) => {
        const [message] = await receive({ VisibilityTimeout: 0, MessageAttributeNames: [name] });
        return Object.keys(message?.MessageAttributes ?? {});
      };
      for (const name of ["*", ".*", "All"])
        expect(await selected(name)).toEqual(["General", "Hello", "Help.Me"]);
      expect(await selected("Hel.*")).toEqual(["Hello", "Help.Me"]);
    },
  },
  {
    behavior: "the trace header of a request becomes the AWSTraceHeader of its message",
    basis: "snapshot",
    source: snapshots.sqs,
    check: async ({ account }) => {
      const { QueueUrl, receive } = await createQueue(account);
      await account.request("sqs", {
        headers: {
          "content-type": "application/x-amz-json-1.0",
          "x-amz-target": "AmazonSQS.SendMessage",
          "x-amzn-trace-id": HEADER,
        },
        body: { QueueUrl, MessageBody: "test" },
      });
      expect(await receive({ MessageSystemAttributeNames: ["AWSTraceHeader"] })).toMatchObject([
        { Attributes: { AWSTraceHeader: HEADER } },
      ]);
    },
  },
  {
    behavior: "the system attribute AWSTraceHeader has a separate digest, and is returned",
    basis: "snapshot",
    source: snapshots.sqsTests,
    check: async ({ account }) => {
      const { send, receive } = await createQueue(account);
      const MessageAttributes = { timestamp: text("1493147359900", "Number") };
      const plain = await send("test", { MessageAttributes });
      expect(plain.MD5OfMessageSystemAttributes).toBeUndefined();
      await receive();
      const traced = await send("test", {
        MessageAttributes,
        MessageSystemAttributes: { AWSTraceHeader: text(HEADER) },
      });
      expect(traced.MD5OfMessageAttributes).toBe(plain.MD5OfMessageAttributes);
      expect(traced.MD5OfMessageSystemAttributes).toBe("5ae4d5d7636402d80f4eb6d213245a88");
      expect(await receive({ MessageSystemAttributeNames: ["All"] })).toMatchObject([
        { Attributes: { AWSTraceHeader: HEADER } },
      ]);
    },
  },
  {
    behavior: "a missing queue has another message in the query protocol",
    basis: "snapshot",
    source: snapshots.sqs,
    check: async ({ account }) => {
      const QueueName = uniqueName("missing");
      expect(await refusalOf(account.sqs.getQueueUrl({ QueueName }))).toMatchObject({
        name: "QueueDoesNotExist",
        message: "The specified queue does not exist.",
        status: 400,
      });
      const { status, body } = await query(account, { Action: "GetQueueUrl", QueueName });
      expect(status).toBe(400);
      expect(body).toContain("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>");
      expect(body).toContain("The specified queue does not exist for this wsdl version.");
    },
  },
  {
    behavior: "a queue is found by its name, and not by a URL of no queue",
    basis: "report",
    source: reported.sqs,
    check: async ({ account: { sqs: client } }) => {
      const QueueName = uniqueName();
      await client.createQueue({ QueueName });
      await client.sendMessage({ QueueUrl: QueueName, MessageBody: "test" });
      for (const QueueUrl of ["http://localhost/", "missing"])
        expect(
          await refusalOf(client.sendMessage({ QueueUrl, MessageBody: "test" })),
        ).toMatchObject({ name: "QueueDoesNotExist", status: 400 });
    },
  },
  {
    behavior: "TagQueue and UntagQueue need tags",
    basis: "report",
    source: reported.sqs,
    check: async ({ account }) => {
      const { QueueUrl } = await createQueue(account);
      const refusals = [
        await refusalOf(account.sqs.tagQueue({ QueueUrl, Tags: {} })),
        await refusalOf(account.sqs.untagQueue({ QueueUrl, TagKeys: [] })),
      ];
      expect(refusals.map(({ message }) => message)).toEqual([
        "The request must contain the parameter Tags.",
        "The request must contain the parameter TagKeys.",
      ]);
    },
  },
  {
    behavior: "a queue has at most 50 tags",
    basis: "report",
    source: reported.sqs,
    check: async ({ account }) => {
      const QueueName = uniqueName();
      const { QueueUrl } = await account.sqs.createQueue({ QueueName });
      const Tags = Object.fromEntries(
        Array.from({ length: 51 }, (_, index) => [`tag_key_${index}`, "v"]),
      );
      expect(await refusalOf(account.sqs.tagQueue({ QueueUrl, Tags }))).toMatchObject({
        message: `Too many tags added for queue ${QueueName}.`,
      });
    },
  },
  {
    behavior: "GetQueueAttributes without names returns no attributes",
    basis: "documentation",
    source: documented.getQueueAttributes,
    check: async ({ account }) => {
      const { QueueUrl } = await createQueue(account);
      const { Attributes } = await account.sqs.getQueueAttributes({ QueueUrl });
      expect(Attributes).toBeUndefined();
    },
  },
];
