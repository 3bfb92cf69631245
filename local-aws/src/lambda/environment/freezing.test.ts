import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { PATIENTLY, useLambda } from "../testing.ts";

const lambda = useLambda();

/** Returns the state of a process on Linux. `T` means stopped. */
const stateOf = (pid: number) => /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];

const isAlive = (pid: number) => {
  try {
    return stateOf(pid) !== "Z";
  } catch {
    return false;
  }
};

describe.runIf(process.platform === "linux")("between invocations", () => {
  test("a process is stopped, and its timers run only during the next invocation", async () => {
    lambda().define(
      "ticks",
      `let ticks = 0; let timer;
       exports.handler = async () => {
         timer ??= setInterval(() => console.log('tick ' + ticks++), 1);
         const before = ticks;
         while (ticks < before + 5) await new Promise((resolve) => setTimeout(resolve, 1));
         return { pid: process.pid, before }; };`,
    );
    const invoke = async () =>
      (await lambda().invoke("ticks")).payload as Record<"pid" | "before", number>;
    const { pid } = await invoke();
    await expect.poll(() => stateOf(pid), PATIENTLY).toBe("T");
    // The output before the stop is read.
    await setImmediate();
    await setImmediate();
    const ticks = lambda()
      .messages("ticks")
      .filter((message) => message.includes("tick")).length;
    const second = await invoke();
    expect(second.pid).toBe(pid);
    // The timer that was due when the process was stopped can run first.
    expect(second.before - ticks).toBeOneOf([0, 1]);
    await expect.poll(() => stateOf(pid), PATIENTLY).toBe("T");
  });

  const PLANTS_A_REJECTION = `exports.handler = async ({ plant }) => {
    if (plant === undefined) return await new Promise((resolve) => setTimeout(resolve, 5000));
    setTimeout(() => Promise.reject(new Error('planted')), plant);
    return process.pid; };`;

  test("a rejection is delayed, and ends the invocation during which it happens", async () => {
    lambda().define("late", PLANTS_A_REJECTION);
    const { payload: pid } = await lambda().invoke("late", { plant: 1000 });
    await expect.poll(() => stateOf(Number(pid)), PATIENTLY).toBe("T");
    const next = await lambda().invoke("late", {});
    expect(next.headers["X-Amz-Function-Error"]).toBe("Unhandled");
    expect(next.payload).toMatchObject({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: "Error: planted",
    });
    expect(next.tail).toContain("Error Type: Runtime.ExitError\n");
  });

  test("an overdue rejection ends the process before it gets the next invocation", async () => {
    lambda().define("overdue", PLANTS_A_REJECTION);
    const first = await lambda().invoke("overdue", { plant: 100 });
    const due = performance.now() + 100;
    await expect.poll(() => stateOf(Number(first.payload)), PATIENTLY).toBe("T");
    await expect.poll(() => performance.now(), PATIENTLY).toBeGreaterThan(due);
    const next = await lambda().invoke("overdue", {});
    expect(next.payload).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${next.requestId} Error: Runtime exited with error: exit status 128`,
    });
    expect(next.tail).toContain(`\t${first.requestId}\tERROR\tUnhandled Promise Rejection \t`);
  });

  test("a child process of the function is stopped and ended with it", async () => {
    lambda().define(
      "parent",
      `const { spawn } = require('node:child_process');
       exports.handler = async (event) => {
         if (event.exit) process.exit(1);
         return spawn('sleep', ['1000'], { stdio: 'inherit' }).pid; };`,
    );
    const { payload } = await lambda().invoke("parent", {});
    const pid = Number(payload);
    await expect.poll(() => stateOf(pid), PATIENTLY).toBe("T");
    await lambda().invoke("parent", { exit: true });
    await expect.poll(() => isAlive(pid), PATIENTLY).toBe(false);
  });
});
