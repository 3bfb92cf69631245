import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { permissiveIam } from "../../iam/testing.ts";
import { sessionOf } from "../../iam/sessions.ts";
import { createManualClock } from "../../manual-clock.ts";
import { AwsError } from "../../protocols/aws-error.ts";
import { administrator, callJson } from "../../protocols/testing.ts";
import { createSqs } from "../../sqs/index.ts";
import { addQueue, functionArn } from "../api/testing.ts";
import { createFunctions } from "../functions.ts";
import type { NewInvocation } from "../invocation/invoker.ts";
import type { EventSourceMapping } from "../state.ts";
import { addFunction, stateWithRole } from "../testing.ts";
import { poll } from "./poller.ts";

interface Record {
  messageId: string;
  body: string;
  attributes: { ApproximateReceiveCount: string };
}

type Behavior = (records: Record[]) => unknown;

/**
 * Starts a poller of the queue `jobs`, whose visibility timeout is 30 seconds.
 * @param settings of the mapping.
 */
function startPoller(settings: Partial<EventSourceMapping> = {}) {
  const clock = createManualClock();
  const state = stateWithRole();
  const iam = { ...permissiveIam, sessionOf };
  const sqs = createSqs({ state, clock, iam, endpoint: () => "http://localhost:1" });
  const queueArn = addQueue(state, "jobs");
  const functions = createFunctions(state);
  addFunction(state, "worker", "");
  const abort = new AbortController();
  const started = clock.now();
  /** The second of each invocation, and the message bodies in its event. */
  const invocations: [second: number, ...bodies: string[]][] = [];
  let behavior: Behavior = () => null;
  const invoke = async (_: unknown, { payload }: NewInvocation) => {
    const { Records } = JSON.parse(payload.toString()) as { Records: Record[] };
    invocations.push([(clock.now() - started) / 1000, ...Records.map(({ body }) => body)]);
    const result = await behavior(Records);
    return { requestId: "r", payload: Buffer.from(JSON.stringify(result)), log: [] };
  };
  const mapping: EventSourceMapping = {
    UUID: "00000000-0000-4000-8000-000000000000",
    EventSourceArn: queueArn,
    FunctionArn: functionArn("worker"),
    Enabled: true,
    BatchSize: 10,
    MaximumBatchingWindowInSeconds: 0,
    FunctionResponseTypes: [],
    LastModified: 0,
    tags: {},
    ...settings,
  };
  const options = { clock, iam, consumer: sqs.consumer, functions, invoker: { invoke } };
  const ended = poll(options, mapping, abort.signal);
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  };
  const stop = async () => {
    abort.abort();
    await ended;
  };
  onTestFinished(stop);
  return {
    state,
    sqs,
    queueArn,
    functions,
    invocations,
    stop,
    settle,
    behave: (does: Behavior) => (behavior = does),
    async send(...bodies: string[]) {
      for (const body of bodies)
        sqs.send(queueArn, { body, attributes: {}, caller: administrator, traceHeader: undefined });
      await settle();
    },
    async pass(seconds: number) {
      for (let second = 0; second < seconds; second += 1) {
        clock.advance(1000);
        await settle();
      }
    },
    count: () => sqs.count(queueArn),
  };
}

const throttled = () => {
  throw new AwsError(429, "TooManyRequestsException", "Rate Exceeded.");
};

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

test("a message is delivered at once and deleted", async () => {
  const { send, invocations, count } = startPoller();
  await send("a");
  await send("b");
  expect(invocations).toEqual([
    [0, "a"],
    [0, "b"],
  ]);
  expect(count()).toBe(0);
});

test("a batch contains the messages of the whole batching window", async () => {
  const { send, pass, invocations } = startPoller({ MaximumBatchingWindowInSeconds: 5 });
  await send("a");
  await pass(3);
  await send("b");
  await pass(10);
  expect(invocations).toEqual([[5, "a", "b"]]);
});

test("a full batch does not wait for the end of the window", async () => {
  const settings = { BatchSize: 25, MaximumBatchingWindowInSeconds: 300 };
  const { send, invocations } = startPoller(settings);
  await send(...numbered(25));
  expect(invocations).toEqual([[0, ...numbered(25)]]);
});

test("the number of concurrent batches does not exceed the maximum concurrency", async () => {
  const settings = { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } };
  const { send, behave, settle, invocations, count } = startPoller(settings);
  const running: (() => void)[] = [];
  behave(() => new Promise<null>((resolve) => running.push(() => resolve(null))));
  await send(...numbered(5));
  expect(invocations).toHaveLength(2);
  running[0]?.();
  await settle();
  expect(invocations).toHaveLength(3);
  expect(count()).toBe(4);
  behave(() => null);
  for (const end of running) end();
  await settle();
  expect(count()).toBe(0);
});

test("without a maximum concurrency, five batches run concurrently", async () => {
  const { send, behave, settle, invocations } = startPoller({ BatchSize: 1 });
  const running: (() => void)[] = [];
  behave(() => new Promise<null>((resolve) => running.push(() => resolve(null))));
  await send(...numbered(8));
  expect(invocations).toHaveLength(5);
  behave(() => null);
  for (const end of running) end();
  await settle();
});

test("a throttled batch is retried until its messages are visible again", async () => {
  const { send, behave, pass, invocations, count } = startPoller();
  behave(throttled);
  await send("a");
  await pass(29);
  // The next attempt would be in the 31st second.
  expect(invocations.map(([second]) => second)).toEqual([0, 1, 3, 7, 15]);
  behave(([record]) => {
    expect(record?.attributes.ApproximateReceiveCount).toBe("2");
    return null;
  });
  await pass(1);
  expect(invocations.at(-1)).toEqual([30, "a"]);
  expect(count()).toBe(0);
  await pass(5);
  expect(invocations).toHaveLength(6);
});

test("messages that do not fit in one event are split", async () => {
  const { send, behave, pass, invocations, count } = startPoller({
    MaximumBatchingWindowInSeconds: 1,
  });
  behave((records) => {
    expect(JSON.stringify({ Records: records }).length).toBeLessThanOrEqual(6_291_556);
    return null;
  });
  const large = "x".repeat(1_000_000);
  await send(...Array.from({ length: 8 }, () => large));
  await pass(2);
  expect(invocations.map(([, ...bodies]) => bodies.length)).toEqual([6, 2]);
  expect(count()).toBe(0);
});

test("messages that no filter selects are deleted", async () => {
  const Filters = [{ Pattern: '{"body":{"type":["chat"]}}' }, { Pattern: '{"body":["plain"]}' }];
  const { send, invocations, count } = startPoller({ FilterCriteria: { Filters } });
  await send('{"type":"chat"}', '{"type":"log"}', "plain", "other", '"plain"');
  expect(invocations.flatMap(([, ...bodies]) => bodies)).toEqual(['{"type":"chat"}', "plain"]);
  expect(count()).toBe(0);
});

test("no messages are received while the function does not exist", async () => {
  const { state, send, pass, functions, invocations, sqs, queueArn } = startPoller();
  functions.remove(functions.get(functionArn("worker")));
  await send("a");
  await pass(60);
  expect(sqs.messages(queueArn)).toMatchObject([{ receiveCount: 0 }]);
  addFunction(state, "worker", "");
  await pass(5);
  expect(invocations).toHaveLength(1);
});

test("a poller continues with a queue that is created again", async () => {
  const { state, sqs, send, settle, pass, invocations } = startPoller();
  await send("a");
  const QueueUrl = "http://localhost:1/000000000000/jobs";
  expect(await callJson(sqs.service, "AmazonSQS.DeleteQueue", { QueueUrl })).toMatchObject({
    status: 200,
  });
  await settle();
  addQueue(state, "jobs");
  await send("b");
  expect(invocations).toEqual([[0, "a"]]);
  await pass(5);
  expect(invocations.at(-1)).toEqual([5, "b"]);
});

test("a stopped poller completes the batch in progress and receives no further messages", async () => {
  const { send, stop, settle, behave, invocations, count } = startPoller();
  let end = () => {};
  behave(() => new Promise<null>((resolve) => (end = () => resolve(null))));
  await send("a");
  let hasEnded = false;
  const stopped = stop().then(() => (hasEnded = true));
  await settle();
  expect(hasEnded).toBe(false);
  end();
  await stopped;
  expect(count()).toBe(0);
  await send("b");
  expect(invocations).toHaveLength(1);
  expect(count()).toBe(1);
});
