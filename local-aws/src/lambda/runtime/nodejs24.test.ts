/**
 * The runtime of Node.js 24. The expectations are from AWS's own runtime (aws-lambda-ric 4.0.2 on npm),
 * and from logs of functions on AWS.
 */
import { expect, test } from "vitest";
import type { FunctionConfiguration } from "../state.ts";
import { jsonLogs, useLambda, withoutTimes } from "../testing.ts";

const lambda = useLambda();

const NODE_24 = { Runtime: "nodejs24.x" };
const DEPRECATED =
  "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.";
const REPORT = /^REPORT .+\tStatus: error\tError Type: Runtime.ExitError\n$/;

/** Defines a function with a name made from the title, and invokes it. */
async function invoke(
  title: string,
  files: Record<string, string>,
  configuration: Partial<FunctionConfiguration> = {},
) {
  const name = title.replaceAll(/\W+/g, "-");
  lambda().define(name, files, { ...NODE_24, ...configuration });
  const response = await lambda().invoke(name, { value: 1 });
  return { ...response, failed: response.headers["X-Amz-Function-Error"], name };
}

const messagesOf = (name: string) => lambda().messages(name).map(withoutTimes);

test("a function runs on Node.js 24, and its log and its environment name the runtime", async () => {
  const { payload, name } = await invoke("version", {
    "index.js":
      "exports.handler = async () => [process.versions.node, process.env.AWS_EXECUTION_ENV];",
  });
  const [version, environment] = payload as string[];
  expect(version).toMatch(/^24\./);
  expect(environment).toBe("AWS_Lambda_nodejs24.x");
  expect(lambda().messages(name)[0]).toContain(
    `INIT_START Runtime Version: nodejs:24.local.${version}\tRuntime Version ARN: arn:aws:`,
  );
});

test.for<[string, Record<string, string>, unknown]>([
  ["returns a promise", { "index.js": "exports.handler = async (event) => event.value;" }, 1],
  ["returns a plain value", { "index.js": "exports.handler = () => 'plain';" }, "plain"],
  [
    "returns a thenable",
    { "index.js": "exports.handler = () => ({ then: (resolve) => resolve('then') });" },
    "then",
  ],
  ["returns nothing", { "index.js": "exports.handler = async () => {};" }, null],
  ["is in an ES module", { "index.mjs": "export const handler = async () => 'module';" }, "module"],
  ["is in a .cjs file", { "index.cjs": "exports.handler = async () => 'cjs';" }, "cjs"],
  [
    "is not a static export of CommonJS",
    { "index.js": "Object.assign(module.exports, { handler: async () => 'dynamic' });" },
    "dynamic",
  ],
  [
    "does not await all of its work",
    {
      "index.js":
        "exports.handler = async () => { setTimeout(console.log, 10_000); return 'now'; };",
    },
    "now",
  ],
])("a handler that %s", async ([title, files, result]) => {
  const { payload, failed } = await invoke(title, files);
  expect(failed).toBeUndefined();
  expect(payload).toEqual(result);
});

test.for<[string, string, object]>([
  ["throws at once", "() => { throw new RangeError('sync'); }", { errorType: "RangeError" }],
  [
    "throws null",
    "() => { throw null; }",
    { errorType: "object", errorMessage: "null", trace: [] },
  ],
  [
    "returns a value that JSON cannot express",
    "async () => 1n",
    {
      errorType: "Runtime.JSONStringifyError",
      errorMessage: "Unable to stringify response body",
    },
  ],
])("a handler that %s fails", async ([title, handler, error]) => {
  const { payload, failed } = await invoke(title, { "index.js": `exports.handler = ${handler};` });
  expect(failed).toBe("Unhandled");
  expect(payload).toMatchObject(error);
});

test("the context has no setting and no functions for callbacks", async () => {
  const { payload, requestId } = await invoke("context", {
    "index.js":
      "exports.handler = async (event, context) => ({ id: context.awsRequestId, members: Object.keys(context).toSorted() });",
  });
  expect(payload).toEqual({
    id: requestId,
    members: [
      "awsRequestId",
      "clientContext",
      "functionName",
      "functionVersion",
      "getRemainingTimeInMillis",
      "invokedFunctionArn",
      "logGroupName",
      "logStreamName",
      "memoryLimitInMB",
      "xRayTraceId",
    ],
  });
});

test.for<[string, string]>([
  ["not async", "(event, context, callback) => callback(null, 1)"],
  ["async", "async (event, context, callback) => 1"],
])("a handler with a callback that is %s does not load", async ([title, handler]) => {
  const { payload, failed, name } = await invoke(title, {
    "index.js": `exports.handler = ${handler};`,
  });
  expect(failed).toBe("Unhandled");
  expect(payload).toEqual({
    errorType: "Runtime.CallbackHandlerDeprecated",
    errorMessage: DEPRECATED,
    trace: expect.arrayContaining([`Runtime.CallbackHandlerDeprecated: ${DEPRECATED}`]),
  });
  const messages = messagesOf(name);
  const logged = messages.find((message) => message.includes("ERROR\tInit Error \t")) ?? "";
  expect(logged).toMatch(/^\{time\}\t-\tERROR\tInit Error \t/);
  expect(JSON.parse(logged.slice(logged.indexOf("{", 1)))).toMatchObject({
    errorType: "Runtime.CallbackHandlerDeprecated",
    errorMessage: DEPRECATED,
    name: "Runtime.CallbackHandlerDeprecated",
  });
  expect(messages).toContain(
    "INIT_REPORT Init Duration: {n} ms\tPhase: init\tStatus: error\tError Type: Runtime.CallbackHandlerDeprecated\n",
  );
});

test.for<[string, string]>([
  ["is async", "async () => { await new Promise(() => {}); }"],
  ["is not async", "() => new Promise(() => {})"],
])("a promise that never settles ends the process if the handler %s", async ([title, handler]) => {
  const { payload, failed, name, requestId } = await invoke(`unsettled ${title}`, {
    "index.js": `exports.handler = ${handler};`,
  });
  expect(failed).toBe("Unhandled");
  expect(payload).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: Runtime exited without providing a reason`,
  });
  expect(messagesOf(name).at(-1)).toMatch(REPORT);
});

test.for<[string, string]>([
  ["an error thrown by a timer", "setTimeout(() => { throw new RangeError('lost'); })"],
  ["an unhandled rejection", "Promise.reject(new RangeError('lost'))"],
])("%s ends the process, which prints the error as Node.js does", async ([title, body]) => {
  const { payload, name, requestId } = await invoke(title, {
    "index.js": `exports.handler = async () => { ${body}; await new Promise((resolve) => setTimeout(resolve, 5_000)); };`,
  });
  expect(payload).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status 1`,
  });
  const messages = messagesOf(name);
  expect(messages).toContain("RangeError: lost\n");
  expect(messages.filter((message) => message.includes("\tERROR\t"))).toEqual([]);
  expect(messages.at(-1)).toMatch(REPORT);
});

test("an unhandled rejection ends the process before it sends its response", async () => {
  const { payload } = await invoke("before the response", {
    "index.js": "exports.handler = async () => { Promise.reject(new Error('lost')); return 1; };",
  });
  expect(payload).toMatchObject({ errorType: "Runtime.ExitError" });
});

test.for<[string, Record<string, string>, string, string]>([
  ["no module", { "other.js": "" }, "Runtime.ImportModuleError", "Cannot find module 'index'"],
  [
    "a syntax error",
    { "index.js": "exports.handler = async () => {" },
    "Runtime.UserCodeSyntaxError",
    "Unexpected end of input",
  ],
  [
    "the syntax of an ES module in CommonJS",
    { "index.js": "import 'node:fs'; export const handler = async () => 1;" },
    "Runtime.UserCodeSyntaxError",
    "Cannot use import statement outside a module",
  ],
  ["no handler", { "index.js": "" }, "Runtime.HandlerNotFound", "undefined or not exported"],
  [
    "an error while loading",
    { "index.js": "throw new TypeError('at load');" },
    "TypeError",
    "load",
  ],
])("a function with %s does not load", async ([title, files, errorType, message]) => {
  const { payload } = await invoke(title, files);
  expect(payload).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) });
});

test("a top-level await that never settles ends the process with status 0", async () => {
  const { payload } = await invoke("top-level", { "index.mjs": "await new Promise(() => {});" });
  expect(payload).toHaveProperty(
    "errorMessage",
    expect.stringMatching(/Runtime exited without providing a reason$/),
  );
});

test("in JSON format, lines that are logged while loading have the request ID -", async () => {
  const { name } = await invoke(
    "json",
    { "index.js": "console.log('loading'); exports.handler = async () => console.log('ran');" },
    jsonLogs("json"),
  );
  const lines = lambda()
    .messages(name)
    .map((message): unknown => JSON.parse(message));
  expect(lines).toContainEqual(expect.objectContaining({ message: "loading", requestId: "-" }));
  expect(lines).toContainEqual(
    expect.objectContaining({
      message: "ran",
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    }),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({
      type: "platform.initStart",
      record: expect.objectContaining({
        runtimeVersion: expect.stringMatching(/^nodejs:24\.local\.24\./),
      }),
    }),
  );
});
