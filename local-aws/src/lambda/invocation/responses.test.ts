import { expect, test } from "vitest";
import { useLambda } from "../testing.ts";

const lambda = useLambda();

/** An interval keeps the event loop from becoming empty. */
const BUSY = "setInterval(() => {}, 1000);";

test.for<[string, string, unknown]>([
  ["returns a promise", "async (event) => event.value", 1],
  ["returns a thenable", "() => ({ then: (resolve) => resolve('then') })", "then"],
  ["returns nothing", "async () => {}", null],
  ["returns a function", "async () => () => 1", null],
  ["calls back", "(event, context, callback) => callback(null, event.value)", 1],
  ["calls back later", "(e, c, callback) => { setTimeout(callback, 5, null, 'later'); }", "later"],
  ["calls back twice", "(e, c, callback) => { callback(null, 1); callback(null, 2); }", 1],
  ["calls back, and returns a promise", "async (e, c, callback) => { callback(null, 1); }", 1],
  ["succeeds through its context", "(event, context) => context.succeed('context')", "context"],
  ["is done through its context", "(event, context) => context.done(null, 'done')", "done"],
  ["returns a plain value, which is ignored", "() => 'ignored'", null],
  ["throws null, which is not an error", "() => { throw null; }", null],
  ["is not async, and whose promise never settles", "() => new Promise(() => {})", null],
])("a handler that %s", async ([title, handler, result]) => {
  const name = title.replaceAll(/\W+/g, "-");
  lambda().define(name, `exports.handler = ${handler};`);
  const response = await lambda().invoke(name, { value: 1 });
  expect(response.headers).not.toHaveProperty("X-Amz-Function-Error");
  expect(response.payload).toEqual(result);
});

test.for<[string, string, object]>([
  [
    "calls back with an error",
    "(e, c, callback) => callback(new RangeError('far'))",
    { errorType: "RangeError", errorMessage: "far" },
  ],
  [
    "calls back with a text as its error",
    "(e, c, callback) => callback('no')",
    { errorType: "string", errorMessage: "no", trace: [] },
  ],
  [
    "fails through its context",
    "(event, context) => context.fail()",
    { errorType: "string", errorMessage: "handled", trace: [] },
  ],
  ["throws at once", "() => { throw new Error('sync'); }", { errorMessage: "sync" }],
])("a handler that %s fails", async ([title, handler, error]) => {
  const name = title.replaceAll(/\W+/g, "-");
  lambda().define(name, `exports.handler = ${handler};`);
  const response = await lambda().invoke(name);
  expect(response.headers["X-Amz-Function-Error"]).toBe("Unhandled");
  expect(response.payload).toMatchObject(error);
});

test("an async handler whose promise can no longer settle fails, and its process keeps running", async () => {
  lambda().define(
    "unsettled",
    "let count = 0; exports.handler = async () => { if (++count === 1) await new Promise(() => {}); return count; };",
  );
  const response = await lambda().invoke("unsettled");
  expect(response.headers["X-Amz-Function-Error"]).toBe("Unhandled");
  expect(response.payload).toMatchObject({
    errorType: "Runtime.NodeJsExit",
    errorMessage: expect.stringContaining("a Promise that was never settled"),
  });
  expect((await lambda().invoke("unsettled")).payload).toBe(2);
});

test("the response to a callback is sent only when the event loop is empty", async () => {
  lambda().define(
    "waits",
    "exports.handler = (e, c, callback) => { callback(null, 'answer'); setTimeout(() => console.log('worked on'), 20); };",
  );
  expect((await lambda().invoke("waits")).payload).toBe("answer");
  const [, , , worked, end] = lambda().messages("waits");
  expect(worked).toMatch(/INFO\tworked on\n$/);
  expect(end).toMatch(/^END /);
});

test.for<[string, string, Record<string, string>, string[]]>([
  [
    "a handler with a callback is a warning",
    "(event, context, callback) => callback(null, 1)",
    {},
    [
      expect.stringMatching(
        /\tundefined\tWARN\tAWS Lambda plans to remove support for callback-based function handlers starting with Node\.js 24\. /,
      ),
    ],
  ],
  [
    "an async handler with a callback is not a warning",
    "async (event, context, callback) => 1",
    {},
    [],
  ],
  [
    "the variable of Lambda switches the warning off",
    "(event, context, callback) => callback(null, 1)",
    { AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING: "1" },
    [],
  ],
])("%s", async ([title, handler, Variables, warnings]) => {
  const name = title.replaceAll(/\W+/g, "-");
  lambda().define(name, `exports.handler = ${handler};`, { Environment: { Variables } });
  expect((await lambda().invoke(name)).payload).toBe(1);
  const logged = lambda().messages(name);
  expect(logged.filter((message) => message.includes("\tWARN\t"))).toEqual(warnings);
});

test("with callbackWaitsForEmptyEventLoop = false, the response to a callback is sent at once", async () => {
  lambda().define(
    "hurries",
    `exports.handler = (e, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; ${BUSY} callback(null, 'answer'); };`,
  );
  expect((await lambda().invoke("hurries")).payload).toBe("answer");
});

test("the context describes the function, and has its remaining time", async () => {
  const { configuration } = lambda().define(
    "knows",
    `exports.handler = async (event, context) => ({ ...context, remaining: context.getRemainingTimeInMillis(),
      trace: process.env._X_AMZN_TRACE_ID, region: process.env.AWS_REGION });`,
    { Timeout: 7, MemorySize: 192 },
  );
  const { payload, requestId } = await lambda().invoke("knows");
  const [event] = lambda().eventsOf("knows");
  expect(payload).toEqual({
    callbackWaitsForEmptyEventLoop: true,
    functionName: "knows",
    functionVersion: "$LATEST",
    invokedFunctionArn: configuration.FunctionArn,
    memoryLimitInMB: "192",
    awsRequestId: requestId,
    logGroupName: "/aws/lambda/knows",
    logStreamName: event?.logStreamName,
    remaining: expect.any(Number),
    trace: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    region: "us-east-1",
  });
  const { remaining } = payload as { remaining: number };
  expect(remaining).toBeGreaterThan(6000);
  expect(remaining).toBeLessThanOrEqual(7000);
});
