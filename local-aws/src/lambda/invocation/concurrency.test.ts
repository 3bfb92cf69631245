import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { oneAtATime, PATIENTLY, startLambda, type TestLambda } from "../testing.ts";

/** Logs that it runs, and waits until a file exists. */
const HOLDS = `const { existsSync } = require('node:fs');
  exports.handler = async ({ until }) => {
    console.log('holding');
    while (until && !existsSync(until)) await new Promise((resolve) => setTimeout(resolve, 5));
    return process.pid; };`;

const REJECTED =
  '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}';

/** Starts an invocation that runs until it is released. */
async function hold(lambda: TestLambda, name: string) {
  const until = `${lambda.workDirectory}/${name}`;
  const response = lambda.invoke(name, { until });
  await lambda.logged(name, /holding/);
  return { response, release: () => writeFileSync(until, "") };
}

test("Invoke is refused with 429 at the reserved concurrency of a function, and succeeds below it", async () => {
  await using lambda = await startLambda();
  lambda.define("one", HOLDS).reservedConcurrentExecutions = 1;
  const { response, release } = await hold(lambda, "one");

  const refused = await lambda.lambda.service(lambda.request("one", {}));
  expect(refused.status).toBe(429);
  expect(refused.headers).toEqual({
    "Content-Type": "application/json",
    "X-Amzn-ErrorType": "TooManyRequestsException",
    "Retry-After": "1",
  });
  expect(refused.body).toBe(REJECTED);
  const dryRun = lambda.request("one", {}, { "x-amz-invocation-type": "DryRun" });
  expect(await lambda.send(dryRun)).toMatchObject({ status: 204 });

  release();
  expect((await response).status).toBe(200);
  expect((await lambda.invoke("one", {})).status).toBe(200);
});

test("a function without a reservation can use the unreserved concurrency of the account", async () => {
  await using lambda = await startLambda({ accountConcurrency: 3 });
  lambda.define("reserves", HOLDS).reservedConcurrentExecutions = 2;
  lambda.define("shares", HOLDS);
  const { response, release } = await hold(lambda, "shares");
  expect(await lambda.invoke("shares", {})).toMatchObject({
    status: 429,
    payload: { Reason: "ConcurrentInvocationLimitExceeded", message: "Rate Exceeded." },
  });
  expect((await lambda.invoke("reserves", {})).status).toBe(200);
  release();
  expect((await response).status).toBe(200);
});

test("an invocation that waits for a process counts as concurrent", async () => {
  await using lambda = await startLambda({ scheduling: oneAtATime() });
  lambda.define("waits", HOLDS).reservedConcurrentExecutions = 2;
  const { response, release } = await hold(lambda, "waits");
  const waiting = lambda.invoke("waits", {});
  expect((await lambda.invoke("waits", {})).status).toBe(429);
  release();
  const responses = await Promise.all([response, waiting]);
  expect(responses.map(({ status }) => status)).toEqual([200, 200]);
  // The same process ran both.
  expect(new Set(responses.map(({ payload }) => payload))).toHaveLength(1);
});

test("with a reserved concurrency of zero, every synchronous invocation is refused", async () => {
  await using lambda = await startLambda();
  lambda.define("none", HOLDS).reservedConcurrentExecutions = 0;
  const refused = await lambda.lambda.service(lambda.request("none", {}));
  expect(refused.status).toBe(429);
  expect(refused.body).toBe(REJECTED);
});

test("another service is refused like a client", async () => {
  await using lambda = await startLambda();
  const target = lambda.define("called", HOLDS);
  const { FunctionArn } = target.configuration;
  target.reservedConcurrentExecutions = 0;
  target.policy["api"] = {
    Sid: "api",
    Effect: "Allow",
    Principal: { Service: "apigateway.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: FunctionArn,
  };
  const invokeAs = (service: string) =>
    lambda.lambda.invokeAs({ service, sourceArn: "arn:aws:x" }, FunctionArn, "{}");
  await expect(invokeAs("apigateway.amazonaws.com")).rejects.toMatchObject({
    status: 429,
    code: "TooManyRequestsException",
  });
  await expect(invokeAs("events.amazonaws.com")).rejects.toMatchObject({ status: 403 });
});

test("each concurrent invocation has its own process and log stream", async () => {
  await using lambda = await startLambda({ scheduling: { capacity: 3 } });
  lambda.define("several", HOLDS);
  const until = `${lambda.workDirectory}/all`;
  const responses = [1, 2, 3].map(() => lambda.invoke("several", { until }));
  await expect
    .poll(
      () => lambda.messages("several").filter((line) => line.includes("holding")).length,
      PATIENTLY,
    )
    .toBe(3);
  writeFileSync(until, "");
  const pids = (await Promise.all(responses)).map(({ payload }) => payload);
  expect(new Set(pids)).toHaveLength(3);
  const streams = lambda.eventsOf("several").map(({ logStreamName }) => logStreamName);
  expect(new Set(streams)).toHaveLength(3);
});
