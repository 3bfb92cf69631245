import { expect, test } from "vitest";
import { jsonLogs, startLambda, useLambda, withoutTimes } from "../testing.ts";

const lambda = useLambda();

const REPORT =
  "REPORT RequestId: {id}\tDuration: {n} ms\tBilled Duration: {n} ms\tMemory Size: 256 MB\tMax Memory Used: {n} MB";

test.for<[string, Record<string, string>, string, string, string]>([
  [
    "no module",
    { "other.js": "" },
    "Runtime.ImportModuleError",
    "Error: Cannot find module 'index'\nRequire stack:\n- /var/runtime/index.mjs",
    "Runtime.ImportModuleError",
  ],
  [
    "a missing dependency",
    { "index.js": "require('not-there');" },
    "Runtime.ImportModuleError",
    "Error: Cannot find module 'not-there'",
    "Runtime.ImportModuleError",
  ],
  [
    "a syntax error",
    { "index.js": "exports.handler = async () => {" },
    "Runtime.UserCodeSyntaxError",
    "SyntaxError: Unexpected end of input",
    "Runtime.UserCodeSyntaxError",
  ],
  [
    "a syntax error in an ES module",
    { "index.mjs": "export const handler = ;" },
    "Runtime.UserCodeSyntaxError",
    "SyntaxError: Unexpected token ';'",
    "Runtime.UserCodeSyntaxError",
  ],
  [
    "no handler",
    { "index.js": "exports.main = async () => {};" },
    "Runtime.HandlerNotFound",
    "index.handler is undefined or not exported",
    "Runtime.HandlerNotFound",
  ],
  [
    "a handler that is not a function",
    { "index.js": "exports.handler = 1;" },
    "Runtime.HandlerNotFound",
    "index.handler is not a function",
    "Runtime.HandlerNotFound",
  ],
  [
    "an error while loading",
    { "index.mjs": "throw new TypeError('at load');" },
    "TypeError",
    "at load",
    "Runtime.Unknown",
  ],
  [
    "a rejection while loading",
    {
      "index.mjs":
        "Promise.reject(new Error('at load')); await new Promise((r) => setTimeout(r, 1000));",
    },
    "Runtime.UnhandledPromiseRejection",
    "Error: at load",
    "Runtime.UnhandledPromiseRejection",
  ],
])(
  "a function with %s fails to start twice, and its invocation fails with the error",
  async (example) => {
    const [title, files, errorType, errorMessage, loggedType] = example;
    const name = title.replaceAll(/\W+/g, "-");
    lambda().define(name, files);
    const { payload, headers, requestId } = await lambda().invoke(name);
    expect(headers["X-Amz-Function-Error"]).toBe("Unhandled");
    expect(payload).toMatchObject({ errorType, trace: expect.any(Array) });
    expect(payload).toHaveProperty("errorMessage", expect.stringContaining(errorMessage));

    const messages = lambda().messages(name).map(withoutTimes);
    const reported = `\tStatus: error\tError Type: ${loggedType}\n`;
    const logged = expect.stringMatching(
      /^\{time\}\tundefined\tERROR\t.+ \t\{"errorType":".+\}\n$/,
    );
    expect(messages).toEqual([
      expect.stringMatching(/^INIT_START/),
      logged,
      `INIT_REPORT Init Duration: {n} ms\tPhase: init${reported}`,
      logged,
      `INIT_REPORT Init Duration: {n} ms\tPhase: invoke${reported}`,
      `START RequestId: {id} Version: $LATEST\n`,
      `END RequestId: {id}\n`,
      `${REPORT}${reported}`,
    ]);
    expect(lambda().messages(name).at(-1)).toContain(requestId);
  },
);

test.for<[string, string, string]>([
  ["Bad handler", "handler", "Runtime.MalformedHandlerName"],
  [
    "'../index.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names.",
    "../index.handler",
    "Runtime.MalformedHandlerName",
  ],
])("the error is %s for the handler %s", async ([errorMessage, Handler, errorType]) => {
  const name = `malformed-${Handler.length}`;
  lambda().define(name, "exports.handler = () => {};", { Handler });
  expect((await lambda().invoke(name)).payload).toMatchObject({ errorType, errorMessage });
});

test.for<[string, Record<string, string>, string]>([
  [
    "src/app.handler",
    { "src/app.js": "exports.handler = async () => 'nested-folder';" },
    "nested-folder",
  ],
  [
    "index.api.main",
    { "index.js": "exports.api = { main: async () => 'nested-export' };" },
    "nested-export",
  ],
  ["index.handler", { "index.cjs": "exports.handler = async () => 'cjs';" }, "cjs"],
  [
    "index.handler",
    {
      "index.js": "export const handler = async () => 'module';",
      "package.json": '{"type":"module"}',
    },
    "module",
  ],
  [
    "index.handler",
    {
      index: "exports.handler = async () => 'no-extension-is-commonjs';",
      "package.json": '{"type":"module"}',
    },
    "no-extension-is-commonjs",
  ],
  [
    "index.handler",
    {
      "index.js": "module.exports = undefined;",
      "index.mjs": "export const handler = async () => 'mjs-after-an-empty-js';",
      "index.cjs": "exports.handler = async () => '.cjs';",
    },
    "mjs-after-an-empty-js",
  ],
  [
    "index.handler",
    { "index/index.js": "exports.handler = async () => 'index-of-a-folder';" },
    "index-of-a-folder",
  ],
  [
    "lib/chat.handler",
    { "node_modules/chat/index.js": "exports.handler = async () => 'package';" },
    "package",
  ],
  [
    "src/index.handler",
    {
      "src/index.js": "export const handler = async () => 'package-json-of-a-parent';",
      "package.json": '{"type":"module"}',
    },
    "package-json-of-a-parent",
  ],
])("the handler %s is found", async ([Handler, files, result]) => {
  lambda().define(result, files, { Handler });
  expect((await lambda().invoke(result)).payload).toBe(result);
});

test("an ES module cannot be required, as on Lambda, unless the function enables it", async () => {
  const files = {
    "index.js": "exports.handler = async () => require('./module.mjs').value;",
    "module.mjs": "export const value = 1;",
  };
  lambda().define("requires", files);
  lambda().define("requires-by-option", files, {
    Environment: { Variables: { NODE_OPTIONS: "--experimental-require-module" } },
  });
  expect((await lambda().invoke("requires")).payload).toHaveProperty("errorMessage");
  expect((await lambda().invoke("requires-by-option")).payload).toBe(1);
});

test.for<[string, Record<string, string>, number]>([
  ["exits", { "index.js": "process.exit(3);" }, 3],
  ["waits-in-vain", { "index.mjs": "await new Promise(() => {});" }, 13],
])("a process that %s while loading is Runtime.ExitError", async ([name, files, status]) => {
  lambda().define(name, files);
  const { payload, requestId } = await lambda().invoke(name);
  expect(payload).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status ${status}`,
  });
  const reports = lambda()
    .messages(name)
    .filter((message) => /REPORT/.test(message));
  expect(reports).toHaveLength(3);
  for (const report of reports)
    expect(report).toMatch(/\tStatus: error\tError Type: Runtime.ExitError\n$/);
});

test("the second start can succeed, and is then a part of the invocation", async () => {
  lambda().define(
    "second",
    `const { existsSync, writeFileSync } = require('node:fs');
     if (!existsSync(process.env.MARK)) { writeFileSync(process.env.MARK, ''); throw new Error('first'); }
     exports.handler = async () => 'loaded';`,
    { Environment: { Variables: { MARK: `${lambda().workDirectory}/mark` } } },
  );
  expect((await lambda().invoke("second")).payload).toBe("loaded");
  const [report] = lambda().messages("second").slice(-1);
  expect(withoutTimes(report ?? "")).toBe(`${REPORT}\t\n`);
});

test("the next invocation starts a function again that failed to start", async () => {
  lambda().define("again", "throw new Error('at load');");
  await lambda().invoke("again");
  const { payload, tail } = await lambda().invoke("again");
  expect(payload).toMatchObject({ errorMessage: "at load" });
  expect(withoutTimes(tail)).toMatch(
    /^\{time\}\tundefined\tERROR\tUncaught Exception \t.+\nINIT_REPORT .+\tPhase: invoke\t.+\nSTART .+\nEND .+\nREPORT .+\n$/,
  );
  const streams = lambda()
    .eventsOf("again")
    .map(({ logStreamName }) => logStreamName);
  expect(new Set(streams)).toHaveLength(1);
});

test("in JSON format, failed starts are warnings", async () => {
  lambda().define("fails-json", "throw new Error('at load');", jsonLogs("fails-json", "WARN"));
  await lambda().invoke("fails-json");
  const ending = { status: "error", errorType: "Runtime.Unknown" };
  const failure = (phase: string) => [
    { level: "ERROR", message: { errorType: "Error", errorMessage: "at load" } },
    { type: "platform.initRuntimeDone", record: { phase, ...ending } },
    { type: "platform.initReport", record: { phase, ...ending, metrics: {} } },
  ];
  expect(
    lambda()
      .messages("fails-json")
      .map((message): unknown => JSON.parse(message)),
  ).toMatchObject([
    ...failure("init"),
    ...failure("invoke"),
    { type: "platform.runtimeDone", record: ending },
    { type: "platform.report", record: ending },
  ]);
});

test("a start over its time limit is ended, and repeated within the timeout of the invocation", async () => {
  await using limited = await startLambda({ initTimeout: 300 });
  // Its second start has a second.
  const slow = (milliseconds: number) =>
    `const until = Date.now() + ${milliseconds}; while (Date.now() < until); exports.handler = async () => 'loaded';`;
  limited.define("slow", slow(600), { Timeout: 5 });
  limited.define("too-slow", slow(60_000), { Timeout: 1 });
  const [loaded, never] = await Promise.all([limited.invoke("slow"), limited.invoke("too-slow")]);

  expect(loaded.payload).toBe("loaded");
  expect(limited.messages("slow").map(withoutTimes)).toEqual([
    expect.stringMatching(/^INIT_START/),
    "INIT_REPORT Init Duration: {n} ms\tPhase: init\tStatus: timeout\n",
    "START RequestId: {id} Version: $LATEST\n",
    "END RequestId: {id}\n",
    `${REPORT}\t\n`,
  ]);
  expect(
    Number(/Duration: ([\d.]+)/.exec(limited.messages("slow").at(-1) ?? "")?.[1]),
  ).toBeGreaterThan(600);

  expect(never.payload).toMatchObject({ errorType: "Sandbox.Timedout" });
  expect(limited.messages("too-slow").map(withoutTimes)).toEqual([
    expect.stringMatching(/^INIT_START/),
    "INIT_REPORT Init Duration: {n} ms\tPhase: init\tStatus: timeout\n",
    "INIT_REPORT Init Duration: {n} ms\tPhase: invoke\tStatus: timeout\n",
    "START RequestId: {id} Version: $LATEST\n",
    "END RequestId: {id}\n",
    `${REPORT}\tStatus: timeout\n`,
  ]);
});
