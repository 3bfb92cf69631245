import { expect, test } from "vitest";
import { jsonLogs, useLambda, withoutTimes } from "../testing.ts";

const lambda = useLambda();

const REPORT =
  "REPORT RequestId: {id}\tDuration: {n} ms\tBilled Duration: {n} ms\tMemory Size: 256 MB\tMax Memory Used: {n} MB";
const CRASHED = "Status: error\tError Type: Runtime.ExitError\n";
const BUSY = "setInterval(() => {}, 1000);";

test.for<[string, string, string]>([
  ["process.exit(0)", "process.exit(0)", "Runtime exited without providing a reason"],
  ["process.exit(3)", "process.exit(3)", "Runtime exited with error: exit status 3"],
  ["process.abort()", "process.abort()", "Runtime exited with error: signal: aborted"],
  ["SIGKILL", "process.kill(process.pid, 'SIGKILL')", "Runtime exited with error: signal: killed"],
  [
    "SIGTERM",
    `${BUSY} process.kill(process.pid, 'SIGTERM'); await new Promise(() => {})`,
    "Runtime exited with error: signal: terminated",
  ],
])("%s ends the invocation with Runtime.ExitError", async ([title, body, message]) => {
  const name = title.replaceAll(/\W+/g, "-");
  lambda().define(name, `exports.handler = async () => { ${body}; };`);
  const { payload, headers, requestId } = await lambda().invoke(name);
  expect(headers["X-Amz-Function-Error"]).toBe("Unhandled");
  expect(payload).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: ${message}`,
  });
  const lines = lambda().messages(name).map(withoutTimes);
  expect(lines.slice(-2)).toEqual([
    "END RequestId: {id}\n",
    `${REPORT}\tInit Duration: {n} ms\t${CRASHED}`,
  ]);
});

test.for<[string, string, string, object]>([
  [
    "an unhandled rejection",
    "Promise.reject(new RangeError('late'))",
    "Unhandled Promise Rejection",
    { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "RangeError: late" },
  ],
  [
    "an error thrown by a timer",
    "setTimeout(() => { throw new RangeError('timer'); })",
    "Uncaught Exception",
    { errorType: "RangeError", errorMessage: "timer" },
  ],
])(
  "%s ends the process, and the invocation with its error",
  async ([title, body, logTitle, error]) => {
    const name = title.replaceAll(" ", "-");
    lambda().define(
      name,
      `exports.handler = async () => { ${body}; ${BUSY} await new Promise(() => {}); };`,
    );
    const { payload, headers } = await lambda().invoke(name);
    expect(headers["X-Amz-Function-Error"]).toBe("Unhandled");
    expect(payload).toMatchObject({
      ...error,
      trace: expect.arrayContaining([expect.any(String)]),
    });
    const [, start, logged, end, report] = lambda().messages(name).map(withoutTimes);
    expect(start).toMatch(/^START/);
    expect(logged).toContain(`{time}\t{id}\tERROR\t${logTitle} \t{"errorType":`);
    expect(end).toMatch(/^END/);
    expect(report).toBe(`${REPORT}\tInit Duration: {n} ms\t${CRASHED}`);
  },
);

test("an unhandled rejection is logged with its reason", async () => {
  lambda().define(
    "reason",
    `exports.handler = async () => { Promise.reject(new Error('why')); ${BUSY} await new Promise(() => {}); };`,
  );
  await lambda().invoke("reason");
  const logged = await lambda().logged("reason", /ERROR/);
  expect(JSON.parse(logged.slice(logged.indexOf("{")))).toEqual({
    errorType: "Runtime.UnhandledPromiseRejection",
    errorMessage: "Error: why",
    reason: { errorType: "Error", errorMessage: "why", stack: expect.any(Array) },
    promise: {},
    stack: expect.arrayContaining(["Runtime.UnhandledPromiseRejection: Error: why"]),
  });
});

test("an unhandled rejection does not change the response, but ends the process", async () => {
  lambda().define(
    "answered",
    "let count = 0; exports.handler = async () => { if (++count === 1) Promise.reject(new Error('lost')); return count; };",
  );
  const first = await lambda().invoke("answered");
  expect(first.headers).not.toHaveProperty("X-Amz-Function-Error");
  expect(first.payload).toBe(1);
  expect(first.tail).toContain(`\t${first.requestId}\tERROR\tUnhandled Promise Rejection \t`);
  expect(withoutTimes(lambda().messages("answered").at(-1) ?? "")).toBe(
    `${REPORT}\tInit Duration: {n} ms\t${CRASHED}`,
  );
  // The module is loaded again.
  expect((await lambda().invoke("answered")).payload).toBe(1);
});

test("after a crash, the next invocation starts a process as part of its duration, in the same log stream", async () => {
  lambda().define(
    "restarts",
    "console.log('loading'); exports.handler = async (event) => { if (event.exit) process.exit(1); return process.pid; };",
  );
  const { payload: before } = await lambda().invoke("restarts", {});
  await lambda().invoke("restarts", { exit: true });
  const third = await lambda().invoke("restarts", {});
  expect(third.payload).not.toBe(before);
  expect(withoutTimes(third.tail)).toBe(
    [
      "{time}\tundefined\tINFO\tloading\n",
      "START RequestId: {id} Version: $LATEST\n",
      "END RequestId: {id}\n",
      `${REPORT}\t\n`,
    ].join(""),
  );
  const streams = lambda()
    .eventsOf("restarts")
    .map(({ logStreamName }) => logStreamName);
  expect(new Set(streams)).toHaveLength(1);
  expect(streams[0]).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
});

test("in JSON format, a crash is an error in its report, even if only warnings are logged", async () => {
  const source = "exports.handler = async () => process.exit(1);";
  for (const level of ["DEBUG", "INFO", "WARN"] as const) {
    lambda().define(`exits-${level}`, source, jsonLogs(`exits-${level}`, level));
    await lambda().invoke(`exits-${level}`);
  }
  const typesOf = (name: string) =>
    lambda()
      .messages(name)
      .map((message): unknown => JSON.parse(message).type);
  const failed = ["platform.runtimeDone", "platform.report"];
  expect(typesOf("exits-WARN")).toEqual(failed);
  expect(typesOf("exits-INFO")).toEqual(["platform.initStart", "platform.start", ...failed]);
  expect(typesOf("exits-DEBUG")).toEqual([
    "platform.initStart",
    "platform.initRuntimeDone",
    "platform.initReport",
    "platform.start",
    ...failed,
  ]);
  expect(JSON.parse(lambda().messages("exits-WARN").at(-1) ?? "")).toMatchObject({
    record: { status: "error", errorType: "Runtime.ExitError" },
  });
});
