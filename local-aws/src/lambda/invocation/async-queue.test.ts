import { expect, test } from "vitest";
import { AwsError } from "../../protocols/aws-error.ts";
import { createManualClock } from "../../manual-clock.ts";
import { createDelayedSettings } from "../delayed-settings.ts";
import type { AsyncEvent } from "./async-event.ts";
import { createAsyncQueue } from "./async-queue.ts";
import { timingNamed } from "../../timing.ts";
import { addFunction, stateWithRole } from "../testing.ts";
import type { EventInvokeConfig } from "../state.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const throttled = () => new AwsError(429, "TooManyRequestsException", "Rate Exceeded.");

/** Creates a queue whose function throws an `AwsError`, fails or returns, as the test decides. */
function startQueue(config: Partial<EventInvokeConfig> = {}, random = () => 0.5) {
  const clock = createManualClock();
  const begin = clock.now();
  const state = stateWithRole();
  const target = addFunction(state, "target", "");
  target.eventInvokeConfig = { DestinationConfig: {}, LastModified: 0, ...config };
  const seen = {
    /** Seconds after the event was accepted, by attempt. */
    attempts: [] as number[],
    requestIds: new Set<string>(),
    /** The outcome of the event, and the number of invocations. */
    end: undefined as [string, number, number] | undefined,
    event: undefined as AsyncEvent | undefined,
  };
  let behavior: () => "fails" | "works" = () => "fails";
  const ended = (event: AsyncEvent, condition: string) => {
    seen.end = [condition, event.invokeCount, (clock.now() - begin) / SECOND];
    seen.event = event;
  };
  const queue = createAsyncQueue({
    clock,
    random,
    target,
    find: () => target,
    settings: createDelayedSettings({ clock, timing: timingNamed("short") }),
    async invoke(_target, { requestId }) {
      seen.attempts.push((clock.now() - begin) / SECOND);
      seen.requestIds.add(requestId);
      const failed = behavior() === "fails" ? { functionError: "Unhandled" as const } : {};
      return { requestId, payload: Buffer.from("null"), log: [], ...failed };
    },
    onSuccess: (_target, event) => ended(event, "Success"),
    onFailure: (_target, event, condition) => ended(event, condition),
  });
  return {
    seen,
    target,
    queue,
    add: () => queue.add({ requestId: "r-1", payload: Buffer.from("{}") }),
    behave: (does: typeof behavior) => (behavior = does),
    /** Advances the time by single seconds, because an attempt needs some time to end. */
    async pass(milliseconds: number) {
      for (let passed = 0; passed <= milliseconds; passed += SECOND) {
        await new Promise(setImmediate);
        if (passed < milliseconds) clock.advance(SECOND);
      }
    },
  };
}

test("a failing function is invoked again after one minute, and then after two, with the same request ID", async () => {
  const { add, pass, seen } = startQueue();
  add();
  await pass(5 * MINUTE);
  expect(seen.attempts).toEqual([0, 60, 180]);
  expect(seen.requestIds).toEqual(new Set(["r-1"]));
  expect(seen.end).toEqual(["RetriesExhausted", 3, 180]);
});

test.for<[string, number, number[]]>([
  ["earliest", 0, [0, 50, 160]],
  ["latest", 0.99999, [0, 70, 200]],
])("retries come about one and two minutes after a failure: at the %s", async ([, at, times]) => {
  const { add, pass, seen } = startQueue({}, () => at);
  add();
  await pass(5 * MINUTE);
  expect(seen.attempts).toEqual(times);
});

test("with a maximum age of 201 seconds, an event gets both retries, even at their latest times", async () => {
  const { add, pass, seen } = startQueue({ MaximumEventAgeInSeconds: 201 }, () => 0.99999);
  add();
  await pass(5 * MINUTE);
  expect(seen.end).toEqual(["RetriesExhausted", 3, 200]);
});

test("a success ends the retries", async () => {
  const { add, behave, pass, seen } = startQueue();
  behave(() => (seen.attempts.length === 2 ? "works" : "fails"));
  add();
  await pass(5 * MINUTE);
  expect(seen.attempts).toEqual([0, 60]);
  expect(seen.end).toEqual(["Success", 2, 60]);
});

test("with a MaximumRetryAttempts of 0, there is no retry", async () => {
  const { add, pass, seen } = startQueue({ MaximumRetryAttempts: 0 });
  add();
  await pass(0);
  expect(seen.end).toEqual(["RetriesExhausted", 1, 0]);
});

// As on AWS: an event that was accepted with two retries had only one, because the setting was changed.
test("a reduced number of retries applies to an event that waits for a retry", async () => {
  const { add, pass, seen, target } = startQueue({ MaximumRetryAttempts: 2 });
  add();
  await pass(MINUTE / 2);
  target.eventInvokeConfig = { DestinationConfig: {}, LastModified: 0, MaximumRetryAttempts: 0 };
  await pass(5 * MINUTE);
  expect(seen.end).toEqual(["RetriesExhausted", 2, 60]);
});

test("an event fails at once if its retry would be after the maximum age", async () => {
  const { add, pass, seen } = startQueue({ MaximumEventAgeInSeconds: 120 });
  add();
  await pass(5 * MINUTE);
  expect(seen.attempts).toEqual([0, 60]);
  expect(seen.end).toEqual(["EventAgeExceeded", 2, 60]);
});

test("a throttled event is attempted again with a growing delay, which does not count as a retry", async () => {
  const { add, behave, pass, seen } = startQueue({ MaximumRetryAttempts: 0 });
  behave(() => {
    if (seen.attempts.length <= 11) throw throttled();
    return "works";
  });
  add();
  await pass(25 * MINUTE);
  const delays = seen.attempts.map((at, index) => at - (seen.attempts[index - 1] ?? 0));
  expect(delays).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  expect(seen.end).toEqual(["Success", 1, 1111]);
});

test("an event that is throttled until its maximum age fails with the status of the throttling", async () => {
  const { add, behave, pass, seen } = startQueue({ MaximumEventAgeInSeconds: 60 });
  behave(() => {
    throw throttled();
  });
  add();
  await pass(5 * MINUTE);
  expect(seen.end).toEqual(["EventAgeExceeded", 0, 31]);
  expect(seen.event?.outcome).toEqual({ status: 429, message: "Rate Exceeded." });
});

test("after an error of the service, an event is attempted again, as after throttling", async () => {
  const { add, behave, pass, seen } = startQueue();
  behave(() => {
    if (seen.attempts.length === 1) throw new Error("no process left");
    return "works";
  });
  add();
  await pass(MINUTE);
  expect(seen.attempts).toEqual([0, 1]);
  expect(seen.end).toEqual(["Success", 1, 1]);
});

test("a function with a reserved concurrency of zero is not invoked", async () => {
  const { add, pass, seen, target } = startQueue();
  target.reservedConcurrentExecutions = 0;
  add();
  await pass(0);
  expect(seen.attempts).toEqual([]);
  expect(seen.end).toEqual(["ZeroReservedConcurrency", 0, 0]);
  expect(seen.event?.outcome).toBeUndefined();
});

test("after close, no event is attempted or sent to a destination", async () => {
  const { add, pass, queue, seen } = startQueue();
  add();
  await pass(0);
  expect(queue.size()).toBe(1);
  queue.close();
  add();
  await pass(5 * MINUTE);
  expect(queue.size()).toBe(0);
  expect(seen.attempts).toEqual([0]);
  expect(seen.end).toBeUndefined();
});
