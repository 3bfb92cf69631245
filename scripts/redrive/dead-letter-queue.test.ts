import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { SQSClient } from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import { openDeadLetterQueue } from "./dead-letter-queue.ts";
import { redriveJobs } from "./redrive-jobs.ts";

/** The time of the fake SQS. It differs from the local clock, so that the two cannot be confused. */
const SERVER_TIME = Date.parse("2031-05-05T05:05:05Z");

interface StubMessage {
  MessageId: string;
  ReceiptHandle: string;
  /** Milliseconds after the response that opened the queue. */
  sentAfter?: number;
}

/**
 * Starts a fake SQS that returns these messages, one list per receive. SQS sometimes delivers a message
 * twice, which the local AWS never does.
 */
async function startStubSqs(receives: readonly (readonly StubMessage[])[]) {
  const calls: { operation: string; input: Record<string, unknown> }[] = [];
  const pending = [...receives];
  const outputs: Record<string, () => object> = {
    GetQueueUrl: () => ({ QueueUrl: `${endpoint}/123456789012/dead-letters` }),
    GetQueueAttributes: () => ({
      Attributes: {
        QueueArn: "arn:aws:sqs:eu-west-1:123456789012:dead-letters",
        ApproximateNumberOfMessages: "25",
        ApproximateNumberOfMessagesNotVisible: "2",
      },
    }),
    ReceiveMessage: () => ({ Messages: (pending.shift() ?? []).map(messageOf) }),
    DeleteMessage: () => ({}),
    ChangeMessageVisibilityBatch: () => ({ Successful: [], Failed: [] }),
  };
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const operation = String(request.headers["x-amz-target"]).replace("AmazonSQS.", "");
    calls.push({ operation, input: (await json(request)) as Record<string, unknown> });
    response.writeHead(200, {
      "content-type": "application/x-amz-json-1.0",
      date: new Date(SERVER_TIME).toUTCString(),
    });
    response.end(JSON.stringify(outputs[operation]?.()));
  };
  const server = createServer((request, response) => void respond(request, response));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sqs = new SQSClient({
    endpoint,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  return { sqs, calls, endpoint };
}

function messageOf({ MessageId, ReceiptHandle, sentAfter = -5000 }: StubMessage) {
  const Body = JSON.stringify({ connectionId: "c=", requestId: MessageId, action: "echo" });
  const MD5OfBody = createHash("md5").update(Body).digest("hex");
  const Attributes = { SentTimestamp: String(SERVER_TIME + sentAfter) };
  return { MessageId, ReceiptHandle, Body, MD5OfBody, Attributes };
}

/** Redrives the jobs of a fake SQS. Returns the ids of the jobs that were sent, and the calls of SQS. */
async function redriveFrom(receives: readonly (readonly StubMessage[])[]) {
  const { sqs, calls } = await startStubSqs(receives);
  const sent: string[] = [];
  const redriven = await redriveJobs({
    queue: await openDeadLetterQueue(sqs, "dead-letters"),
    invoke: async (body) => void sent.push(JSON.parse(body).requestId),
    rerun: false,
    say: () => {},
    signal: new AbortController().signal,
  });
  const inputsOf = (operation: string) =>
    calls.flatMap((call) => (call.operation === operation ? [call.input] : []));
  return {
    redriven,
    sent,
    deleted: inputsOf("DeleteMessage").map(({ ReceiptHandle }) => ReceiptHandle),
    released: inputsOf("ChangeMessageVisibilityBatch").flatMap(({ Entries }) => Entries),
    receives: inputsOf("ReceiveMessage"),
  };
}

const message = (MessageId: string, delivery = 1, sentAfter?: number): StubMessage => ({
  MessageId,
  ReceiptHandle: `${MessageId}-${delivery}`,
  ...(sentAfter !== undefined && { sentAfter }),
});

test("the opened queue has its location and its number of messages, after one second", async () => {
  const { sqs, endpoint } = await startStubSqs([]);
  const start = performance.now();
  expect(await openDeadLetterQueue(sqs, "dead-letters")).toMatchObject({
    account: "123456789012",
    region: "eu-west-1",
    endpoint,
    visible: 25,
    inFlight: 2,
    visibilityTimeout: 183,
  });
  // Otherwise a job that is sent within this second and fails at once would be sent again.
  expect(performance.now() - start).toBeGreaterThanOrEqual(990);
});

test("a message that is delivered twice is sent once, and deleted with its latest handle", async () => {
  const { sent, deleted, released } = await redriveFrom([
    [message("a", 1)],
    [message("b", 1), message("b", 2), message("a", 2)],
  ]);
  expect(sent).toEqual(["a", "b"]);
  expect(deleted).toEqual(["a-1", "a-2", "b-2"]);
  expect(released).toEqual([]);
});

test("messages from the first second are sent, and later ones are released at the end", async () => {
  const { sent, released, redriven } = await redriveFrom([
    [message("first", 1, 999)],
    [message("second", 1, 1000)],
  ]);
  expect(sent).toEqual(["first"]);
  expect(redriven).toEqual({ sent: 1, refused: 0, alreadyRan: 0 });
  expect(released).toEqual([{ Id: "0", ReceiptHandle: "second-1", VisibilityTimeout: 0 }]);
});

test("the run stops after ten receives with only new messages", async () => {
  const flood = Array.from({ length: 30 }, (_, index) => [message(`late-${index}`, 1, 5000)]);
  const { sent, receives, released } = await redriveFrom([[message("old")], ...flood]);
  expect(sent).toEqual(["old"]);
  expect(receives.map(({ MaxNumberOfMessages }) => MaxNumberOfMessages)).toEqual([
    1,
    ...Array.from({ length: 10 }, () => 10),
  ]);
  expect(released).toHaveLength(10);
});
