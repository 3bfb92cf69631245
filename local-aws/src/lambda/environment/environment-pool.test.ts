import { expect, test } from "vitest";
import { systemClock } from "../../clock.ts";
import { createManualClock } from "../../manual-clock.ts";
import { noMiddleware } from "../middleware.ts";
import { EnvironmentPool } from "./environment-pool.ts";
import type { ExecutionEnvironment, InvocationResult } from "./execution-environment.ts";

/** Environments whose invocations the test ends. One works at a time, until one is blocked. */
function startPool() {
  const scheduling = createManualClock();
  const running: (() => void)[] = [];
  /** Of each invocation, the number of its environment. */
  const environments: number[] = [];
  let started = 0;
  const pool = new EnvironmentPool({
    clock: systemClock,
    scheduling: {
      capacity: 1,
      clock: scheduling,
      idleCores: { start() {}, measure: () => 0 },
    },
    middleware: noMiddleware,
    factory: {
      start(onEnd): ExecutionEnvironment {
        const number = started;
        started += 1;
        return {
          invoke: ({ requestId }, onDone) => {
            environments.push(number);
            const result: InvocationResult = { requestId, payload: Buffer.from("null"), log: [] };
            running.push(() => onDone(result));
          },
          isReady: () => true,
          freeze: () => {},
          crash: () => {},
          shutDown: onEnd,
        };
      },
      close() {},
    },
  });
  const run = (requestId: string) =>
    pool.run({ requestId, payload: Buffer.from("{}"), traceHeader: "" });
  return { pool, run, running, environments, scheduling, started: () => started };
}

test("an invocation that waits for a hanging one gets another environment", async () => {
  const { run, running, scheduling, started } = startPool();
  void run("hangs");
  const waiting = run("waits");
  expect(started()).toBe(1);
  scheduling.advance(600);
  expect(started()).toBe(2);
  running[1]?.();
  expect(await waiting).toMatchObject({ requestId: "waits" });
});

test("environments that were started because of a hanging invocation are idle after it has ended", async () => {
  const { run, running, scheduling, started } = startPool();
  const hanging = run("hangs");
  const second = run("waits");
  scheduling.advance(600);
  expect(running).toHaveLength(2);
  for (const end of running.splice(0)) end();
  await Promise.all([hanging, second]);
  void run("next");
  void run("after next");
  expect(running).toHaveLength(1);
  expect(started()).toBe(2);
});

test("an invocation that waits for short ones gets the next free environment", async () => {
  const { run, running, started } = startPool();
  const results = ["a", "b", "c"].map(run);
  for (const result of results) {
    running.shift()?.();
    await result;
  }
  expect(started()).toBe(1);
});

test("if the queue has space, adding an invocation does not wait", async () => {
  const { pool, run } = startPool();
  void run("first");
  void run("second");
  await expect(pool.room()).resolves.toBeUndefined();
});

test("if the queue is full, adding an invocation waits until it is shorter", async () => {
  const { pool, run, running } = startPool();
  for (let number = 0; number < 40; number += 1) void run(String(number));
  let entered = false;
  const room = pool.room().then(() => (entered = true));
  expect(entered).toBe(false);
  for (let number = 0; number < 10; number += 1) running.shift()?.();
  await room;
  expect(running).toHaveLength(1);
});

test("an invocation gets the oldest free environment", async () => {
  const { run, running, scheduling, started, environments } = startPool();
  const first = run("first");
  const second = run("second");
  scheduling.advance(600);
  for (const end of running.splice(0)) end();
  await Promise.all([first, second]);
  void run("third");
  expect(environments).toEqual([0, 1, 0]);
  expect(started()).toBe(2);
});
