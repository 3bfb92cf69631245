import { expect, test, vi } from "vitest";
import type {
  ExecutionEnvironment,
  InvocationResult,
} from "../lambda/environment/execution-environment.ts";
import type { NewEvent } from "../lambda/invocation/async-event.ts";
import { createManualClock } from "../manual-clock.ts";
import { createFaults, type FaultRates } from "./faults.ts";
import { faultyLambda } from "./faulty-lambda.ts";

const event: NewEvent = { requestId: "r-1", payload: Buffer.from("{}") };

function enqueue(rates: FaultRates) {
  const clock = createManualClock();
  const next = vi.fn<(event: NewEvent) => void>();
  faultyLambda(createFaults(rates), clock).enqueue(event, next);
  return { clock, next };
}

test("without faults, an event is queued once and immediately", () => {
  expect(enqueue({}).next.mock.calls).toEqual([[event]]);
});

test("a duplicate event is queued twice", () => {
  expect(enqueue({ "duplicate-event": 1 }).next.mock.calls).toEqual([[event], [event]]);
});

test("a delayed event is queued within a second", () => {
  const { clock, next } = enqueue({ "delay-event": 1 });
  expect(next).not.toHaveBeenCalled();
  clock.advance(1000);
  expect(next.mock.calls).toEqual([[event]]);
});

/** Invokes a function in an environment that ends the invocation when its process crashes. */
function invoke(rates: FaultRates) {
  const result: InvocationResult = { requestId: "r-1", payload: Buffer.from("null"), log: [] };
  const { promise, resolve } = Promise.withResolvers<InvocationResult>();
  let finish = () => {};
  const crash = vi.fn<() => void>(() => finish());
  const environment: ExecutionEnvironment = {
    isReady: () => true,
    invoke: (_, onDone) => void (finish = () => onDone(result)),
    freeze: () => {},
    crash,
    shutDown: () => {},
  };
  const { invoke } = faultyLambda(createFaults(rates), createManualClock());
  invoke(environment, { ...event, traceHeader: "" }, resolve);
  return { crash, result, done: promise, finish: () => finish() };
}

test("the process crashes, and the invocation has its result", async () => {
  const { crash, done, result } = invoke({ "crash-function": 1 });
  expect(await done).toBe(result);
  expect(crash).toHaveBeenCalledTimes(1);
});

test("a process does not crash after its invocation", async () => {
  vi.useFakeTimers();
  try {
    const { crash, done, finish } = invoke({ "crash-function": 1 });
    finish();
    await done;
    vi.advanceTimersByTime(1000);
    expect(crash).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});
