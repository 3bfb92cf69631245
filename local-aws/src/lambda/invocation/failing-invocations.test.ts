import { expect, test } from "vitest";
import { jsonLogs, useLambda, withoutTimes } from "../testing.ts";

const lambda = useLambda();

const REPORT =
  "REPORT RequestId: {id}\tDuration: {n} ms\tBilled Duration: {n} ms\tMemory Size: 256 MB\tMax Memory Used: {n} MB";
const COLD = "\tInit Duration: {n} ms";

test("a thrown error is logged and returned with its type, message and trace, and REPORT has no error", async () => {
  lambda().define("throws", "exports.handler = async () => { throw new TypeError('broken'); };");
  const response = await lambda().invoke("throws");
  expect(response.status).toBe(200);
  expect(response.headers["X-Amz-Function-Error"]).toBe("Unhandled");
  expect(Object.keys(response.payload as object)).toEqual(["errorType", "errorMessage", "trace"]);
  expect(response.payload).toMatchObject({ errorType: "TypeError", errorMessage: "broken" });
  expect(response.payload).toHaveProperty("trace[0]", "TypeError: broken");

  const [init, start, error, end, report] = lambda().messages("throws");
  expect(init).toMatch(/^INIT_START Runtime Version: nodejs:22\..+\tRuntime Version ARN: arn:aws:/);
  expect(start).toBe(`START RequestId: ${response.requestId} Version: $LATEST\n`);
  expect(error).toMatch(
    new RegExp(
      `^\\S+Z\t${response.requestId}\tERROR\tInvoke Error \t\\{"errorType":"TypeError","errorMessage":"broken","stack":\\["TypeError: broken","    at .+"\\]\\}\n$`,
    ),
  );
  expect(end).toBe(`END RequestId: ${response.requestId}\n`);
  expect(withoutTimes(report ?? "")).toBe(`${REPORT}${COLD}\t\n`);
  expect(response.tail).toBe([start, error, end, report].join(""));
});

test("in JSON format, a thrown error is logged with all its members, and its report is a success", async () => {
  lambda().define(
    "throws-json",
    "exports.handler = async () => { throw Object.assign(new RangeError('far'), { code: 'E_FAR' }); };",
    jsonLogs("throws-json"),
  );
  const { requestId } = await lambda().invoke("throws-json");
  const [init, start, error, report] = lambda()
    .messages("throws-json")
    .map((message): unknown => JSON.parse(message));
  expect(init).toMatchObject({ type: "platform.initStart", record: { phase: "init" } });
  expect(start).toMatchObject({ type: "platform.start", record: { requestId } });
  expect(error).toEqual({
    timestamp: expect.any(String),
    level: "ERROR",
    requestId,
    message: {
      errorType: "RangeError",
      errorMessage: "far",
      stackTrace: expect.arrayContaining(["RangeError: far"]),
      code: "E_FAR",
    },
  });
  expect(report).toMatchObject({ type: "platform.report", record: { status: "success" } });
  expect(report).not.toHaveProperty("record.errorType");
});

test.for<[string, string, unknown]>([
  ["a string", "throw 'text'", { errorType: "string", errorMessage: "text", trace: [] }],
  ["a number", "throw 42", { errorType: "number", errorMessage: "42", trace: [] }],
  [
    "an object",
    "throw { a: 1 }",
    { errorType: "object", errorMessage: "[object Object]", trace: [] },
  ],
  ["nothing", "throw undefined", { errorType: "string", errorMessage: "handled", trace: [] }],
  [
    "a symbol",
    "throw Symbol('s')",
    { errorType: "TypeError", errorMessage: "Cannot convert a Symbol value to a string" },
  ],
  [
    "an object without toString",
    "throw Object.create(null)",
    { errorType: "TypeError", errorMessage: "Cannot convert object to primitive value" },
  ],
  [
    "an error with the character DEL",
    "throw new Error('\\x7f')",
    { errorType: "Error", errorMessage: "%7F" },
  ],
  [
    "a BigInt as its result",
    "return 1n",
    { errorType: "Error", errorMessage: "Unable to stringify response body" },
  ],
  [
    "a cycle as its result",
    "const a = {}; a.a = a; return a",
    { errorType: "Error", errorMessage: "Unable to stringify response body" },
  ],
])("a handler that gives %s fails", async ([title, body, error]) => {
  const name = title.replaceAll(" ", "-");
  lambda().define(name, `exports.handler = async () => { ${body} };`);
  const response = await lambda().invoke(name);
  expect(response.headers["X-Amz-Function-Error"]).toBe("Unhandled");
  expect(response.payload).toMatchObject(error as object);
  expect(withoutTimes(lambda().messages(name).at(-1) ?? "")).toBe(`${REPORT}${COLD}\t\n`);
});

test.for([
  ["stack", "undefined", '{"errorType":"TypeError","errorMessage":"m"}'],
  ["message", "{ a: 1 }", '{"errorType":"TypeError","errorMessage":{"a":1},"stack":["s"]}'],
  ["name", "2", '{"errorType":2,"errorMessage":"m","stack":["s"]}'],
] as const)("an error whose %s is %s cannot be described", async ([member, value, logged]) => {
  const name = `not-a-string-${member}-${value.length}`;
  const code = `const error = new TypeError('m');
    for (const [key, value] of Object.entries({ stack: 's', ${member}: ${value} }))
      Object.defineProperty(error, key, { value, enumerable: false });
    throw error;`;
  lambda().define(name, `exports.handler = async () => { ${code} };`);
  const { payload } = await lambda().invoke(name);
  expect(payload).toEqual({
    errorType: "handled",
    errorMessage:
      "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
  });
  expect(lambda().messages(name)[2]).toContain(`\tInvoke Error \t${logged}\n`);
});

test("after a thrown error, the same process runs the next invocation", async () => {
  lambda().define(
    "recovers",
    "let count = 0; exports.handler = async () => { if (++count === 1) throw new Error('first'); return count; };",
  );
  expect((await lambda().invoke("recovers")).headers).toHaveProperty("X-Amz-Function-Error");
  expect((await lambda().invoke("recovers")).payload).toBe(2);
});

test("a response over 6 MB is replaced with an error, and the process keeps running", async () => {
  lambda().define("large", "exports.handler = async (length) => 'x'.repeat(length - 2);");
  const atLimit = await lambda().invoke("large", 6_291_556);
  expect(atLimit.headers).not.toHaveProperty("X-Amz-Function-Error");
  expect(atLimit.payload).toHaveLength(6_291_554);

  const over = await lambda().invoke("large", 6_291_557);
  expect(over.headers["X-Amz-Function-Error"]).toBe("Unhandled");
  expect(over.payload).toEqual({
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
  });
  expect(withoutTimes(lambda().messages("large").at(-1) ?? "")).toBe(`${REPORT}\t\n`);
  expect((await lambda().invoke("large", 3)).payload).toBe("x");
});
