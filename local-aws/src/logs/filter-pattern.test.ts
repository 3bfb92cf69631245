import { expect, test } from "vitest";
import { parseFilterPattern } from "./filter-pattern.ts";

const line = JSON.stringify({
  timestamp: "2026-01-01T00:00:00.000Z",
  level: "ERROR",
  requestId: "6f1c",
  message: { event: "job failed", requestId: "r-1", took: 12.5, retry: false, cause: null },
  tags: [{ name: "first" }],
});

const matching = [
  "",
  "ERROR",
  "ERROR failed",
  '"job failed"',
  '"\\"level\\":\\"ERROR\\""',
  "ERROR -WARN",
  "?WARN ?ERROR",
  "ail",
  '{ $.level = "ERROR" }',
  "{ $.level = ERROR }",
  '{$.message.requestId="r-1"}',
  '{ $.message.requestId = "r-*" }',
  '{ $.level != "INFO" }',
  "{ $.message.took > 12 && $.message.took <= 12.5 }",
  "{ $.message.took = 1.25e1 }",
  "{ $.message.took = 12* }",
  "{ $.message.retry IS FALSE }",
  "{ $.message.cause IS NULL }",
  "{ $.nothing NOT EXISTS }",
  '{ $.tags[0].name = "first" }',
  '{ $.level = "INFO" || ($.level = "ERROR" && $.message.event = "job*") }',
  '{ $.level = "ERROR" || $.level = "INFO" && $.level = "WARN" }',
  '{ ($.level = "INFO" || $.level = "ERROR") && $.message.event = * }',
];

test.each(matching)("the pattern %s matches the line of a failed job", (pattern) => {
  expect(parseFilterPattern(pattern)(line)).toBe(true);
});

const notMatching = [
  "error",
  "ERROR WARN",
  '"failed job"',
  "-ERROR",
  "ERROR -failed",
  "?WARN ?INFO",
  // Beside a required term, ?terms count for nothing.
  "?ERROR WARN",
  '{ $.level = "INFO" }',
  '{ $.nothing = "x" }',
  '{ $.nothing != "x" }',
  '{ $.message.took = "12.5" }',
  "{ $.message.took < 12 }",
  "{ $.message.retry IS TRUE }",
  "{ $.level IS NULL }",
  "{ $.level NOT EXISTS }",
  '{ $.level = "ERR" }',
  '{ $.constructor != "x" }',
  '{ ($.level = "ERROR" || $.level = "INFO") && $.level = "WARN" }',
];

test.each(notMatching)("the pattern %s doesn't match the line of a failed job", (pattern) => {
  expect(parseFilterPattern(pattern)(line)).toBe(false);
});

test("a JSON pattern doesn't match a line that isn't JSON, nor one that is only a string", () => {
  const matches = parseFilterPattern("{ $.level NOT EXISTS }");
  expect([matches("START RequestId: 1"), matches('"text"'), matches("{}")]).toEqual([
    false,
    false,
    true,
  ]);
});

test("beside ?terms an excluded term is one more alternative", () => {
  const matches = parseFilterPattern('?DELETE -"Pending"');
  expect(["DELETE Pending", "POST", "POST Pending"].map(matches)).toEqual([true, true, false]);
});

test.each([
  ["?Status: timeout", "Invalid character(s) in term ':'"],
  ["r-1", "Invalid character(s) in term '-'"],
  ['{"level"}', "Invalid metric filter pattern"],
  ['"open', "Invalid metric filter pattern"],
  ["{ $.level }", "Invalid metric filter pattern"],
  ['{ $.level = "ERROR"', "Invalid metric filter pattern"],
  ["{ $.level > high }", "Invalid metric filter pattern"],
  ["{ $.level toString 1 }", "Invalid metric filter pattern"],
  ['{ $.level = "a" $.level = "b" }', "Invalid metric filter pattern"],
  ["{ }", "Invalid metric filter pattern"],
])("the pattern %s is refused: %s", (pattern, message) => {
  expect(() => parseFilterPattern(pattern)).toThrow(
    expect.objectContaining({ code: "InvalidParameterException", message }),
  );
});

test.each(["%ERR.R%", "{ $.level = %ERR% }", "[ip, user]", "{ $.*.x = 1 }", "{ $.a[*] = 1 }"])(
  "the pattern %s is valid on AWS and not implemented here",
  (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow(expect.objectContaining({ status: 501 }));
  },
);
