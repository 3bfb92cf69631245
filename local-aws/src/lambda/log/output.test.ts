import { expect, test } from "vitest";
import { jsonLogs, PATIENTLY, useLambda, withoutTimes } from "../testing.ts";

const lambda = useLambda();

/** Returns the log of a function, without the lines of Lambda itself. */
const printed = (name: string) =>
  lambda()
    .messages(name)
    .filter((message) => !/^(INIT_START|START|END|REPORT) /.test(message))
    .map(withoutTimes);

test("console lines have the time, the request ID and the level, and keep line ends in their text", async () => {
  lambda().define(
    "levels",
    `exports.handler = async () => {
      console.trace('t'); console.debug('d'); console.log('%s is %d', 'one', 1); console.info({ a: [1] });
      console.warn('two\\nlines'); console.error(); };`,
  );
  await lambda().invoke("levels");
  expect(printed("levels")).toEqual([
    "{time}\t{id}\tTRACE\tt\n",
    "{time}\t{id}\tDEBUG\td\n",
    "{time}\t{id}\tINFO\tone is 1\n",
    "{time}\t{id}\tINFO\t{ a: [ 1 ] }\n",
    "{time}\t{id}\tWARN\ttwo\nlines\n",
    "{time}\t{id}\tERROR\tundefined\n",
  ]);
});

test("output while loading has no request ID, and is in the log tail of the first invocation", async () => {
  lambda().define("loads", "console.log('loading'); exports.handler = async () => {};");
  const first = await lambda().invoke("loads");
  expect(withoutTimes(first.tail)).toMatch(/^\{time\}\tundefined\tINFO\tloading\nSTART /);
  expect((await lambda().invoke("loads")).tail).not.toContain("loading");
});

test("each line written to stdout or stderr is an event, and an incomplete line is one at the end of the invocation", async () => {
  lambda().define(
    "raw",
    `exports.handler = async () => {
      process.stdout.write('one\\ntw'); process.stdout.write('o\\n'); process.stderr.write(Buffer.from('three')); };`,
  );
  await lambda().invoke("raw");
  expect(lambda().messages("raw").slice(2, -2)).toEqual(["one\n", "two\n", "three"]);
  await lambda().invoke("raw");
  expect(lambda().messages("raw").slice(-5, -2)).toEqual(["one\n", "two\n", "three"]);
});

test("output of child processes to the function's stdout and stderr is logged", async () => {
  lambda().define(
    "child",
    `const { spawnSync } = require('node:child_process');
     exports.handler = async () => { spawnSync('sh', ['-c', 'echo out; echo err >&2'], { stdio: 'inherit' }); };`,
  );
  await lambda().invoke("child");
  await expect
    .poll(() => lambda().messages("child"), PATIENTLY)
    .toEqual(expect.arrayContaining(["out\n", "err\n"]));
});

test("a JSON line keeps a single value, and formats several values as a text and the error among them", async () => {
  lambda().define(
    "json",
    `const error = Object.assign(new RangeError('far'), { limit: 1 });
     console.log('loading');
     exports.handler = async () => {
      console.debug('left out'); console.info({ event: 'done', at: null }); console.info('text'); console.info(error);
      console.warn('failed:', error); const cycle = {}; cycle.self = cycle; console.info(cycle); console.info(1n); };`,
    jsonLogs("json", "WARN"),
  );
  const { requestId } = await lambda().invoke("json");
  const described = {
    errorType: "RangeError",
    errorMessage: "far",
    stackTrace: expect.arrayContaining(["RangeError: far"]),
  };
  const line = (level: string, message: unknown, more = {}) => ({
    timestamp: expect.stringMatching(/Z$/),
    level,
    requestId,
    message,
    ...more,
  });
  const [loading, ...messages] = lambda().messages("json");
  expect(JSON.parse(loading ?? "")).toEqual({
    timestamp: expect.any(String),
    level: "INFO",
    message: "loading",
  });
  expect(messages.map((message): unknown => JSON.parse(message))).toEqual([
    line("INFO", { event: "done", at: null }),
    line("INFO", "text"),
    line("INFO", { ...described, limit: 1 }),
    line("WARN", expect.stringMatching(/^failed: RangeError: far/), described),
    line("INFO", "<ref *1> { self: [Circular *1] }"),
    line("INFO", "1n"),
  ]);
  expect(messages.every((message) => !message.endsWith("\n"))).toBe(true);
});

test("in JSON format, a value that JSON cannot express is a line without a message", async () => {
  lambda().define(
    "valueless",
    `exports.handler = async () => {
      console.log(); console.log(undefined); console.log(() => {}); console.log(Symbol("s"));
      console.log(null); console.log(undefined, () => {}); };`,
    jsonLogs("valueless", "WARN"),
  );
  const { requestId } = await lambda().invoke("valueless");
  const line = { timestamp: expect.any(String), level: "INFO", requestId };
  const lines = lambda().messages("valueless");
  expect(lines.map((message): unknown => JSON.parse(message))).toEqual([
    line,
    line,
    line,
    line,
    { ...line, message: null },
    { ...line, message: "undefined [Function (anonymous)]" },
  ]);
});

test("in JSON format, an error whose members are not strings is logged as far as possible", async () => {
  lambda().define(
    "odd",
    `const error = Object.assign(new Error("e"), { constructor: undefined, message: 1, stack: {} });
     exports.handler = async () => { console.error(error); console.error("odd", error); };`,
    jsonLogs("odd", "WARN"),
  );
  expect((await lambda().invoke("odd")).payload).toBe(null);
  const [one, two] = lambda()
    .messages("odd")
    .map((message): unknown => JSON.parse(message));
  expect(one).toMatchObject({ message: { errorMessage: 1, stackTrace: {} } });
  expect(two).toMatchObject({
    message: expect.stringMatching(/^odd/),
    errorType: "UnknownError",
    errorMessage: 1,
    stackTrace: [],
  });
});

test("an incomplete character is logged at the end of the invocation", async () => {
  lambda().define(
    "part",
    "exports.handler = async () => void process.stdout.write(Buffer.from([97, 0xe2]));",
  );
  await lambda().invoke("part");
  expect(lambda().messages("part")).toContain("a\ufffd");
});

test("thousands of lines are logged completely, in order, and before the end of the invocation", async () => {
  lambda().define(
    "many",
    "exports.handler = async () => { for (let i = 0; i < 3000; i++) console.log(String(i).padEnd(200, '.')); };",
  );
  await lambda().invoke("many");
  const numbers = printed("many").map((message) => Number(/INFO\t(\d+)\./.exec(message)?.[1]));
  expect(numbers).toEqual(Array.from({ length: 3000 }, (_, number) => number));
});

test("without the permission to write logs, the log is empty and the function runs", async () => {
  lambda().allow(["sqs:*"]);
  try {
    lambda().define("silent", "exports.handler = async () => 'ran';");
    expect((await lambda().invoke("silent")).payload).toBe("ran");
    expect(lambda().messages("silent")).toEqual([]);
  } finally {
    lambda().allow(["logs:*", "sqs:*", "lambda:*"]);
  }
});
