import { beforeEach, expect, test } from "vitest";
import { permissiveIam } from "../iam/testing.ts";
import { createManualClock } from "../manual-clock.ts";
import { administrator, callJson } from "../protocols/testing.ts";
import { emptyState } from "../state.ts";
import { createSqs } from "./index.ts";

const state = emptyState();
const clock = createManualClock();
const endpoint = () => "http://localhost:4566";
const sqs = createSqs({ state, clock, iam: permissiveIam, endpoint });
const SOURCE = "arn:aws:sqs:us-east-1:000000000000:source";
const TARGET = "arn:aws:sqs:us-east-1:000000000000:dead";
const urlOf = (arn: string) => `${endpoint()}/000000000000/${arn.split(":").at(-1)}`;

const call = async (operation: string, input: object) => {
  const { status, output } = await callJson(sqs.service, `AmazonSQS.${operation}`, input);
  expect({ status, output }).toMatchObject({ status: 200 });
  return output;
};

const receive = (arn: string, limit = 10) => sqs.consumer.receive(administrator, arn, limit);
const never = new AbortController().signal;

beforeEach(async () => {
  state.regions = {};
  await call("CreateQueue", { QueueName: "dead" });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: TARGET, maxReceiveCount: 2 });
  await call("CreateQueue", {
    QueueName: "source",
    Attributes: { RedrivePolicy, VisibilityTimeout: "30" },
  });
  await call("SendMessage", { QueueUrl: urlOf(SOURCE), MessageBody: "hello" });
});

const fail = (times: number) => {
  for (let time = 0; time < times; time += 1) {
    expect(receive(SOURCE)).toHaveLength(1);
    clock.advance(30_000);
  }
};

test("a message that was received too often is moved by the next receive", () => {
  const [first] = receive(SOURCE);
  clock.advance(30_000);
  fail(1);
  expect(receive(TARGET)).toEqual([]);
  expect(receive(SOURCE)).toEqual([]);
  expect(receive(TARGET)).toMatchObject([
    {
      MessageId: first?.MessageId,
      Body: "hello",
      Attributes: {
        ApproximateReceiveCount: "3",
        SentTimestamp: first?.Attributes?.["SentTimestamp"],
        DeadLetterQueueSourceArn: SOURCE,
      },
    },
  ]);
  expect(sqs.count(SOURCE)).toBe(0);
});

test("a consumer that waits for the dead-letter queue gets the message", async () => {
  fail(2);
  const waiting = sqs.consumer.waitForMessage(TARGET, Infinity, never);
  receive(SOURCE);
  await waiting;
  expect(receive(TARGET)).toHaveLength(1);
});

test("a message stays in its queue if the dead-letter queue was deleted", async () => {
  await call("DeleteQueue", { QueueUrl: urlOf(TARGET) });
  fail(4);
  expect(sqs.count(SOURCE)).toBe(1);
});

test("a message stays in a queue that is its own dead-letter queue", async () => {
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: SOURCE, maxReceiveCount: 1 });
  await call("SetQueueAttributes", { QueueUrl: urlOf(SOURCE), Attributes: { RedrivePolicy } });
  fail(3);
  expect(sqs.count(SOURCE)).toBe(1);
});

test("a wait for a message ends after the visibility timeout, when the queue is deleted, and when it is aborted", async () => {
  receive(SOURCE);
  const visible = sqs.consumer.waitForMessage(SOURCE, Infinity, never);
  clock.advance(30_000);
  await visible;

  receive(SOURCE);
  const abort = new AbortController();
  const aborted = sqs.consumer.waitForMessage(SOURCE, Infinity, abort.signal);
  abort.abort();
  await aborted;

  const deleted = sqs.consumer.waitForMessage(SOURCE, Infinity, never);
  await Promise.all([
    expect(deleted).rejects.toThrow("The specified queue does not exist."),
    call("DeleteQueue", { QueueUrl: urlOf(SOURCE) }),
  ]);
});
