import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { createManualClock } from "../../manual-clock.ts";
import {
  addFunction,
  oneAtATime,
  PATIENTLY,
  startLambda,
  stateWithRole,
  zipOf,
} from "../testing.ts";

/** Returns whether a process has ended. It can stay in the process list as a zombie. */
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

const RETURNS = (value: string) =>
  `exports.handler = async () => ({ value: '${value}', pid: process.pid });`;

test("after a change, new invocations run the new code in a new log stream, and the old process ends", async () => {
  await using lambda = await startLambda();
  const target = lambda.define("changes", RETURNS("old"));
  const invoke = async () =>
    (await lambda.invoke("changes")).payload as { value: string; pid: number };
  const old = await invoke();
  target.zipFile = zipOf({ "index.js": RETURNS("new") });
  lambda.lambda.refresh(target.configuration.FunctionArn);
  const changed = await invoke();
  expect(changed.value).toBe("new");
  expect(changed.pid).not.toBe(old.pid);
  await expect.poll(() => isAlive(old.pid), PATIENTLY).toBe(false);
  const streams = lambda.eventsOf("changes").map(({ logStreamName }) => logStreamName);
  expect(new Set(streams)).toHaveLength(2);
});

test("an invocation that runs during a change finishes with the old code, and a waiting one uses the new code", async () => {
  await using lambda = await startLambda({ scheduling: oneAtATime() });
  const until = `${lambda.workDirectory}/until`;
  const target = lambda.define(
    "runs",
    `const { existsSync } = require('node:fs');
     exports.handler = async () => {
       console.log('running');
       while (!existsSync('${until}')) await new Promise((resolve) => setTimeout(resolve, 5));
       return process.env.VERSION; };`,
    { Environment: { Variables: { VERSION: "old" } } },
  );
  const running = lambda.invoke("runs");
  await lambda.logged("runs", /running/);
  const waiting = lambda.invoke("runs");
  target.configuration = {
    ...target.configuration,
    Environment: { Variables: { VERSION: "new" } },
  };
  lambda.lambda.refresh(target.configuration.FunctionArn);
  writeFileSync(until, "");
  expect((await running).payload).toBe("old");
  expect((await waiting).payload).toBe("new");
});

test("a deleted function cannot be invoked any more, and its processes end", async () => {
  await using lambda = await startLambda();
  lambda.define("deleted", RETURNS("alive"));
  const { payload } = await lambda.invoke("deleted");
  const path = "/2015-03-31/functions/deleted";
  await lambda.lambda.service({ ...lambda.request("deleted", undefined), method: "DELETE", path });
  expect((await lambda.invoke("deleted")).status).toBe(404);
  await expect.poll(() => isAlive((payload as { pid: number }).pid), PATIENTLY).toBe(false);
});

test("when a function is deleted, a waiting invocation gets 404, and a running one gets its result", async () => {
  await using lambda = await startLambda({ scheduling: oneAtATime() });
  const until = `${lambda.workDirectory}/until`;
  lambda.define(
    "leaves",
    `const { existsSync } = require('node:fs');
     exports.handler = async () => {
       console.log('running');
       while (!existsSync('${until}')) await new Promise((resolve) => setTimeout(resolve, 5));
       return 'done'; };`,
  );
  const running = lambda.invoke("leaves");
  await lambda.logged("leaves", /running/);
  const waiting = lambda.invoke("leaves");
  const path = "/2015-03-31/functions/leaves";
  await lambda.lambda.service({ ...lambda.request("leaves", undefined), method: "DELETE", path });
  expect(await waiting).toMatchObject({
    status: 404,
    payload: {
      Message: "Function not found: arn:aws:lambda:us-east-1:000000000000:function:leaves",
    },
  });
  writeFileSync(until, "");
  expect((await running).payload).toBe("done");
});

test("an idle environment is ended after a while, and the most recently used ones are kept", async () => {
  const clock = createManualClock();
  await using lambda = await startLambda({ clock });
  lambda.define("idle", RETURNS("idle"));
  const invoke = async () => ((await lambda.invoke("idle")).payload as { pid: number }).pid;
  const [first, second] = await Promise.all([invoke(), invoke()]);
  expect(first).not.toBe(second);
  clock.advance(9 * 60_000);
  const used = await invoke();
  clock.advance(60_000);
  const unused = used === first ? second : first;
  await expect.poll(() => isAlive(unused), PATIENTLY).toBe(false);
  expect(isAlive(used)).toBe(true);
  clock.advance(9 * 60_000);
  await expect.poll(() => isAlive(used), PATIENTLY).toBe(false);
  expect(await invoke()).not.toBe(used);
});

test("close ends every process, frozen or running, and fails running and waiting invocations", async () => {
  const lambda = await startLambda({ scheduling: oneAtATime() });
  lambda.define("frozen", RETURNS("frozen"));
  lambda.define("busy", "exports.handler = async () => { console.log(process.pid); for (;;); };");
  const { payload } = await lambda.invoke("frozen");
  const running = lambda.invoke("busy");
  const busy = Number(/INFO\t(\d+)/.exec(await lambda.logged("busy", /INFO/))?.[1]);
  const waiting = lambda.invoke("busy");
  await lambda.lambda.close();
  expect(isAlive((payload as { pid: number }).pid)).toBe(false);
  expect(isAlive(busy)).toBe(false);
  expect((await running).payload).toMatchObject({ errorType: "Runtime.ExitError" });
  expect(await waiting).toMatchObject({ status: 503 });
  expect(await lambda.invoke("frozen")).toMatchObject({ status: 503 });
  await lambda[Symbol.asyncDispose]();
});

test("close waits for a start, and a failed start is not repeated", async () => {
  const lambda = await startLambda();
  lambda.define("starts", "console.log(process.pid); for (;;);");
  const invocation = lambda.invoke("starts");
  const pid = Number(/INFO\t(\d+)/.exec(await lambda.logged("starts", /INFO/))?.[1]);
  await lambda[Symbol.asyncDispose]();
  expect(isAlive(pid)).toBe(false);
  expect((await invocation).payload).toMatchObject({ errorType: "Runtime.ExitError" });
  expect(lambda.messages("starts").filter((line) => line.includes("INFO"))).toHaveLength(1);
});

test("close succeeds if no function was invoked", async () => {
  const lambda = await startLambda();
  await lambda[Symbol.asyncDispose]();
  expect(existsSync(lambda.workDirectory)).toBe(false);
});

test("if the local AWS is killed, its functions and their child processes end, and its files are removed", async () => {
  const state = stateWithRole();
  addFunction(
    state,
    "frozen",
    `const child = require("node:child_process").spawn("sleep", ["600"]);
     exports.handler = async () => console.log(process.pid + " " + child.pid);`,
  );
  addFunction(
    state,
    "running",
    "exports.handler = async () => { console.log(process.pid); for (;;); };",
  );
  const temporary = await mkdtemp(join(tmpdir(), "killed-"));
  const local = spawn(process.execPath, ["--input-type=module", "--eval", VICTIM], {
    env: { ...process.env, STATE: JSON.stringify(state), TMPDIR: temporary },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    local.kill("SIGKILL");
    await rm(temporary, { recursive: true });
  });
  const lines = await firstLines(local.stdout, 2);
  const pids = lines.join(" ").split(" ").map(Number);
  expect(pids).toHaveLength(3);
  expect(pids.filter(isAlive)).toEqual(pids);
  expect(await readdir(temporary)).toHaveLength(1);
  local.kill("SIGKILL");
  await once(local, "exit");
  await expect.poll(() => pids.filter(isAlive), PATIENTLY).toEqual([]);
  await expect.poll(() => readdir(temporary), PATIENTLY).toEqual([]);
});

/** Starts a local AWS that invokes `frozen` and then `running`, and prints their logs. */
const VICTIM = `
  import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
  import { createTestLocalAws } from "${pathToFileURL(join(import.meta.dirname, "..", "..", "testing.ts")).href}";
  const aws = createTestLocalAws({ state: JSON.parse(process.env.STATE) });
  await aws.listen();
  aws.subscribe({
    log({ message }) {
      if (message.includes("INFO")) console.log(message.trim().split("\\t").at(-1));
    },
  });
  const client = new LambdaClient({
    endpoint: aws.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  await client.send(new InvokeCommand({ FunctionName: "frozen" }));
  await client.send(new InvokeCommand({ FunctionName: "running" }));
`;

async function firstLines(stream: NodeJS.ReadableStream, count: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface(stream)) if (lines.push(line) === count) break;
  return lines;
}
