/**
 * No line that a function prints stops `npm start`.
 *
 * @module-tag extended
 */
import { once } from "node:events";
import { join } from "node:path";
import * as fc from "fast-check";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { request } from "./conformance/signed-request.ts";
import { connect } from "./e2e/client.ts";
import { npmStart } from "./npm-start.ts";
import { jsonText } from "./property/json-text.ts";
import { logLine } from "./property/log-lines.ts";
import { type Attempt, lambda, logGroupOf, logs } from "./security/aws-requests.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** Writes lines to stdout, logs values, and throws an error with any name and message. */
const CODE = `
const special = { undefined: undefined, function: () => {}, symbol: Symbol("s"), bigint: 1n };
special.cycle = { special };
special.error = Object.assign(new Error("e"), { constructor: undefined, message: undefined, stack: 1 });
exports.handler = async ({ data }) => {
  const { lines = [], values = [], named = [], name } = data;
  for (const line of lines) process.stdout.write(line + "\\n");
  if (values.length > 0) console.log(...values);
  for (const each of named) console.log(...(each === "nothing" ? [] : [special[each]]));
  for (const each of named) console.error("two values", special[each]);
  // V8 creates the stack at the first read, from the name and the message.
  const error = new Error();
  void error.stack;
  if (name !== undefined) throw Object.assign(error, { name, message: name });
  return "done";
};`;

/** Starts `npm start -- --trace`, and replaces its processor by CODE. */
async function startPrinting(format: "JSON" | "Text") {
  const { child, line } = npmStart(join(import.meta.dirname, ".."), "--port", "0", "--trace");
  const [url = ""] = await line(/ws:\/\/\S+$/);
  const { host } = new URL(url);
  const endpoint = `http://${host}`;
  const send = async ({ send: attempt }: Attempt) => {
    const answer = await attempt(endpoint, credentials);
    expect(answer).toMatchObject({ status: 200 });
    return answer;
  };
  const zip = Buffer.from(zipSync({ "index.js": strToU8(CODE) })).toString("base64");
  const configuration = { Handler: "index.handler", LoggingConfig: { LogFormat: format } };
  await send(lambda("UpdateFunctionCode", "PUT", "processor", "/code", { ZipFile: zip }));
  await send(
    lambda("UpdateFunctionConfiguration", "PUT", "processor", "/configuration", configuration),
  );
  return {
    child,
    line,
    url,
    send,
    invoke: (data: object) => send(lambda("Invoke", "POST", "processor", "/invocations", { data })),
    /** Resolves when the local AWS has sent a response, and has printed all earlier output. */
    async isThere(marker: string) {
      await this.invoke({ lines: [marker] });
      await line(new RegExp(marker));
      expect(child.exitCode).toBe(null);
    },
  };
}

const named = fc.subarray([
  "nothing",
  "undefined",
  "function",
  "symbol",
  "bigint",
  "cycle",
  "error",
]);

test.for(["JSON", "Text"] as const)(
  "npm start prints any output of a function with %s logs",
  async (format) => {
    const started = await startPrinting(format);
    for (const lines of [
      ['{"level":"info","msg":"hi"}'],
      ['{"level":"x"}'],
      ['{"type":"platform.report"}'],
    ])
      await started.invoke({ lines });
    await started.invoke({ named: ["nothing", "undefined", "function"] });
    await started.isThere("after the known ones");

    const values = fc.array(
      jsonText.map((text): unknown => JSON.parse(text)),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(logLine, { maxLength: 5 }),
        values,
        named,
        async (lines, ...rest) => {
          await started.invoke({ lines, values: rest[0], named: rest[1] });
        },
      ),
      { numRuns: 60 },
    );
    await started.isThere("after any ones");
    expect(started.child.exitCode).toBe(null);
  },
);

test("npm start prints any line of PutLogEvents", async () => {
  const started = await startPrinting("JSON");
  const { send } = started;
  const group = logGroupOf("processor");
  await send(logs("CreateLogStream", group, "forged"));
  const put = (messages: string[]) =>
    send(
      logs("PutLogEvents", group, "forged", {
        logEvents: messages.map((message) => ({ timestamp: Date.now(), message })),
      }),
    );
  await put(['{"type":"platform.report"}', '{"level":"info","msg":"hi"}']);
  await fc.assert(
    fc.asyncProperty(fc.array(logLine, { minLength: 1, maxLength: 5 }), async (lines) => {
      await put(lines.map((line) => line || " "));
    }),
    { numRuns: 60 },
  );
  await started.isThere("after any events");
  expect(started.child.exitCode).toBe(null);
});

test("npm start prints an error whose name and message are not strings", async () => {
  const { child, line, url } = await startPrinting("JSON");
  const client = await connect(url);
  for (const name of [{ toString: 1, valueOf: 1 }, null, 5, [], "\u001b[2J", { deep: [{}] }]) {
    const reply = await client.ask({ action: "echo", data: { name } });
    expect(reply).toMatchObject({ error: { code: "PROCESSING_FAILED" } });
  }
  await line(/websocket-lambda-processor: error, ·\[2J/);
  expect(child.exitCode).toBe(null);
});

test("npm start keeps running when the reader of its output exits", async () => {
  const started = await startPrinting("JSON");
  started.child.stdout?.destroy();
  for (let count = 0; count < 3; count += 1) await started.invoke({ lines: ["unread"] });
  expect(started.child.exitCode).toBe(null);
  const { status } = await request({
    method: "GET",
    url: new URL("/_local/trace", started.url.replace(/^ws/, "http")).href,
  });
  expect(status).toBe(200);
  started.child.kill("SIGINT");
  const [code] = await once(started.child, "exit");
  expect(code).toBe(0);
});
