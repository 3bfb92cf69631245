/**
 * After any way to stop `npm start`, no process is left and the port is free.
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

/** Milliseconds from the signal to the exit of the last process. */
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

/** Stops a command, and waits until its processes have exited. */
async function stopped(
  { child, port }: { child: ChildProcess; port: number },
  stop: () => void,
): Promise<unknown> {
  // npm, Node.js, esbuild, and both functions.
  const pids = new Set([child.pid, ...descendantsOf(child.pid)]);
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  stop();
  const left = () => processes().filter(({ pid }) => pids.has(pid));
  while (left().length > 0 && elapsed() < 5 * LIMIT) await setTimeout(20);
  return {
    ran: pids.size >= 4,
    left: left(),
    listens: await isListening(port),
    inTime: elapsed() < LIMIT,
  };
}

const NOTHING_LEFT = { ran: true, left: [], listens: false, inTime: true };

const START = ["start", "--", "--port", "0"];

test.for(["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const)("%s to npm", async (signal) => {
  const started = await start("npm", ...START);
  expect(await stopped(started, () => started.child.kill(signal))).toEqual(NOTHING_LEFT);
});

test.for(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s to Node.js", async (signal) => {
  const started = await start("npm", ...START);
  const server = processes().find(
    ({ parent, command }) => parent === started.child.pid && command.includes("scripts/start"),
  );
  const { pid = Number.NaN } = server ?? {};
  expect(await stopped(started, () => process.kill(pid, signal))).toEqual(NOTHING_LEFT);
});

const withoutScript = process.platform !== "linux";

test.skipIf(withoutScript)(
  `the end of the terminal${withoutScript ? " (skipped: it needs the script of util-linux)" : ""}`,
  async () => {
    const command = ["npm", ...START].join(" ");
    const started = await start("script", "--quiet", "--flush", "--command", command, "/dev/null");
    expect(await stopped(started, () => started.child.kill("SIGKILL"))).toEqual(NOTHING_LEFT);
  },
);
