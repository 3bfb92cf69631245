import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { PATIENTLY, startLambda } from "../testing.ts";

/** Listing all processes takes CPU time. */
const SLOWLY = { ...PATIENTLY, interval: 50 };

/** Returns the function processes of the Lambda of this test, which it finds by their arguments. */
const processesOf = (workDirectory: string) =>
  execFileSync("ps", ["-A", "-ww", "-o", "pid=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(`${workDirectory}/runtime.cjs`))
    .map((line) => Number.parseInt(line, 10));

/** Returns whether a process waits for an event, and does not wait for a core. */
const isSleeping = (pid: number) =>
  execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).startsWith("S");

/** Returns the code of a function that logs and creates a file when it is loaded. */
const versioned = (version: string, mark: string) =>
  `require('node:fs').writeFileSync('${mark}', ''); console.log('loading');
   exports.handler = async () => ({ version: '${version}', pid: process.pid });`;

test("a process waits before the first invocation, and loads the function only then", async () => {
  await using lambda = await startLambda({ spareProcesses: true });
  const { workDirectory } = lambda;
  const mark = `${workDirectory}/mark`;
  const { configuration } = lambda.define("spare", versioned("one", mark));
  lambda.lambda.refresh(configuration.FunctionArn);
  await expect.poll(() => processesOf(workDirectory), SLOWLY).toHaveLength(1);
  const [waiting] = processesOf(workDirectory);
  expect(existsSync(mark)).toBe(false);
  expect(lambda.messages("spare")).toEqual([]);

  expect((await lambda.invoke("spare")).payload).toEqual({ version: "one", pid: waiting });
  expect(existsSync(mark)).toBe(true);
  expect(lambda.messages("spare")).toEqual([
    expect.stringMatching(/^INIT_START/),
    expect.stringMatching(/\tundefined\tINFO\tloading\n$/),
    expect.stringMatching(/^START/),
    expect.stringMatching(/^END/),
    expect.stringMatching(/\tInit Duration: [\d.]+ ms\t\n$/),
  ]);
});

/** Code of a function that returns whether Node.js had loaded a module before the function. */
const REPORTS_HTTPS = `const loaded = process.moduleLoadList.includes("NativeModule https");
   exports.handler = async () => loaded;`;

test("a waiting process has loaded the modules of Node.js that the AWS SDK needs", async () => {
  await using lambda = await startLambda({ spareProcesses: true });
  const { configuration } = lambda.define("prepared", REPORTS_HTTPS);
  lambda.lambda.refresh(configuration.FunctionArn);
  await expect.poll(() => processesOf(lambda.workDirectory), SLOWLY).toHaveLength(1);
  const [waiting = 0] = processesOf(lambda.workDirectory);
  let sleeping = 0;
  // At its start, a process sleeps for much less than the time between two of these looks.
  await expect
    .poll(() => (sleeping = isSleeping(waiting) ? sleeping + 1 : 0), SLOWLY)
    .toBeGreaterThan(2);
  expect((await lambda.invoke("prepared")).payload).toBe(true);
});

test("a process that starts for an invocation loads no other modules before the function", async () => {
  await using lambda = await startLambda({ spareProcesses: false });
  lambda.define("unprepared", REPORTS_HTTPS);
  expect((await lambda.invoke("unprepared")).payload).toBe(false);
});

test("a spare process ends when its code is replaced, and the next one has the new code", async () => {
  await using lambda = await startLambda({ spareProcesses: true });
  const { workDirectory } = lambda;
  const target = lambda.define("spare", versioned("old", `${workDirectory}/old`));
  lambda.lambda.refresh(target.configuration.FunctionArn);
  await expect.poll(() => processesOf(workDirectory), SLOWLY).toHaveLength(1);
  const old = processesOf(workDirectory);
  target.configuration = { ...target.configuration, Handler: "index.other" };
  lambda.lambda.refresh(target.configuration.FunctionArn);
  await expect.poll(() => processesOf(workDirectory), SLOWLY).toEqual([expect.not.toBeOneOf(old)]);
  expect((await lambda.invoke("spare")).payload).toMatchObject({
    errorMessage: "index.other is undefined or not exported",
  });
});

test("the invocation replaces a spare process that has exited", async () => {
  await using lambda = await startLambda({ spareProcesses: true });
  const { workDirectory } = lambda;
  const { configuration } = lambda.define("spare", versioned("one", `${workDirectory}/mark`));
  lambda.lambda.refresh(configuration.FunctionArn);
  await expect.poll(() => processesOf(workDirectory), SLOWLY).toHaveLength(1);
  const [waiting = 0] = processesOf(workDirectory);
  process.kill(waiting, "SIGKILL");
  await expect.poll(() => processesOf(workDirectory), SLOWLY).toEqual([]);
  expect((await lambda.invoke("spare")).payload).toEqual({
    version: "one",
    pid: expect.not.toBeOneOf([waiting]),
  });
});

test("no process is left after Lambda is closed", async () => {
  const lambda = await startLambda({ spareProcesses: true });
  const { workDirectory } = lambda;
  const { configuration } = lambda.define("spare", versioned("one", `${workDirectory}/mark`));
  lambda.lambda.refresh(configuration.FunctionArn);
  await expect.poll(() => processesOf(workDirectory), SLOWLY).toHaveLength(1);
  await lambda[Symbol.asyncDispose]();
  await expect.poll(() => processesOf(workDirectory), SLOWLY).toEqual([]);
});
