import { PassThrough } from "node:stream";
import { WriteStream } from "node:tty";
import { expect, test } from "vitest";
import { formatLogEvent } from "./log-format.ts";

/** A stream that is not a terminal, such as a pipe. */
const pipe = Object.assign(new PassThrough(), { isTTY: false }) as unknown as WriteStream;

const format = (message: string) =>
  formatLogEvent({ logGroupName: "/aws/lambda/processor", timestamp: 0, message }, pipe);

test.for([
  [
    "a field of a JSON line",
    { level: "INFO", message: { requestId: "\u009b2J\u009d0;owned\u0007" } },
  ],
  ["the text of a JSON line", { level: "INFO", message: "\u001b[2J\u009b2J" }],
  ["its level", { level: "\u001b[2J", message: "" }],
])("control codes are removed from %s", ([, line]) => {
  // oxlint-disable-next-line no-control-regex -- it looks for control characters
  expect(format(JSON.stringify(line))).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});

test("a stack trace keeps its lines", () => {
  expect(format("Error: no\n\tat a\r\n\tat b\u009b\n")).toBe(
    "00:00:00.000         processor  Error: no\n\tat a·\n\tat b·",
  );
});

const code = "/tmp/local-aws-1/hash/index.js";
const stackTrace = [
  "TypeError: no",
  "such member",
  `    at Object.run (${code}:1:2)`,
  "    at send (node_modules/@smithy/core/index.js:3:4)",
  "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
  `    at handler (${code}:5:6)`,
  "    at invoke (/tmp/local-aws-1/runtime.cjs:7:8)",
];
const error = { errorType: "TypeError", errorMessage: "no\nsuch member", stackTrace };
const described = [
  "TypeError: no",
  "such member",
  `    at Object.run (${code}:1:2)`,
  "    … 2 library frames",
  `    at handler (${code}:5:6)`,
  "    … 1 library frame",
].join("\n");
const logged = (line: object) => format(JSON.stringify({ level: "ERROR", ...line }));

test("an error has its type and message, then a line for each frame, with library frames folded", () => {
  expect(logged({ message: error })).toBe(`00:00:00.000  ERROR  processor  ${described}`);
});

test("other members of an error, and errors in an object, are also shown", () => {
  const message = { event: "reply not posted", error: { ...error, code: "E" } };
  expect(logged({ message })).toBe(
    `00:00:00.000  ERROR  processor  {"event":"reply not posted"}\nerror: ${described}`,
  );
  expect(logged({ message: { ...error, code: "E" } })).toBe(
    `00:00:00.000  ERROR  processor  ${described}\n{"code":"E"}`,
  );
});

test("an error follows the text that was logged with it", () => {
  expect(logged({ message: "failed:", ...error })).toBe(
    `00:00:00.000  ERROR  processor  failed:\n${described}`,
  );
});

test.for([{ errorType: 1 }, { errorType: "E", stackTrace: [1] }, { stackTrace: {} }, null, [[]]])(
  "JSON that is not an error is printed unchanged: %j",
  (message) => {
    expect(logged({ message })).toContain(JSON.stringify(message));
  },
);

test("the positions in a stack are mapped to the sources", () => {
  const event = {
    logGroupName: "f",
    timestamp: 0,
    message: JSON.stringify({ level: "ERROR", message: error }),
  };
  const mapStack = (text: string) => text.replaceAll(`${code}:1:2`, "source.ts:3:4");
  expect(formatLogEvent(event, pipe, { mapStack })).toContain("at Object.run (source.ts:3:4)\n");
});

test("other lines of Lambda are printed as a type, a status and an error", () => {
  const record = { status: "error", errorType: "Runtime.ExitError", requestId: "r" };
  expect(format(JSON.stringify({ time: "", type: "platform.runtimeDone", record }))).toBe(
    "00:00:00.000         processor  platform.runtimeDone error Runtime.ExitError",
  );
});
