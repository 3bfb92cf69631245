/**
 * No way to stop `npm start` leaves a process or keeps the port.
 * @module-tag extended
 */
import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { descendantsOf, processes } from "./processes.ts";

const ROOT = join(import.meta.dirname, "..");

/** Milliseconds from the signal to the end of the last process. */
const LIMIT = 2000;

/** Starts a command, and waits until the stack is ready. */
async function start(command: string, ...args: string[]) {
  const child = spawn(command, args, { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => {
    for (const pid of descendantsOf(child.pid)) process.kill(pid, "SIGKILL");
    child.kill("SIGKILL");
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [, port] = /^ {2}URL +ws:\/\/localhost:(\d+)\//.exec(line) ?? [];
    if (port !== undefined) return { child, port: Number(port) };
  }
  throw new Error(`${command} ended.`);
}

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/** Stops a command, and waits until its processes have ended. */
async function expectNothingLeft(
  { child, port }: { child: ChildProcess; port: number },
  stop: () => void,
): Promise<void> {
  const pids = new Set([child.pid, ...descendantsOf(child.pid)]);
  // npm, Node.js, esbuild, and both functions.
  expect(pids.size).toBeGreaterThanOrEqual(4);
  const stopped = performance.now();
  stop();
  const left = () => processes().filter(({ pid }) => pids.has(pid));
  while (left().length > 0 && performance.now() - stopped < 5 * LIMIT) await setTimeout(20);
  expect(left()).toEqual([]);
  expect(await isListening(port)).toBe(false);
  expect(performance.now() - stopped).toBeLessThan(LIMIT);
}

const START = ["start", "--", "--port", "0"];

test.for(["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const)("%s to npm", async (signal) => {
  const started = await start("npm", ...START);
  await expectNothingLeft(started, () => started.child.kill(signal));
});

test.for(["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const)("%s to Node.js", async (signal) => {
  const started = await start("npm", ...START);
  const server = processes().find(
    ({ parent, command }) => parent === started.child.pid && command.includes("scripts/start"),
  );
  await expectNothingLeft(started, () => process.kill(server?.pid ?? 0, signal));
});

const withoutScript = process.platform !== "linux";

test.skipIf(withoutScript)(
  `the end of the terminal${withoutScript ? " (skipped: it needs the script of util-linux)" : ""}`,
  async () => {
    const command = ["npm", ...START].join(" ");
    const started = await start("script", "--quiet", "--flush", "--command", command, "/dev/null");
    await expectNothingLeft(started, () => started.child.kill("SIGKILL"));
  },
);
