import { expect, test } from "vitest";
import { parseFilterPattern } from "./filter-pattern.ts";

const isMatch = (pattern: string, message: string) =>
  parseFilterPattern(pattern)(message) !== undefined;

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
  '{ $.message.took = "12.5" }',
  "{ $.message.retry IS FALSE }",
  "{ $.message.cause IS NULL }",
  "{ $.nothing NOT EXISTS }",
  '{ $.tags[0].name = "first" }',
  '{ $.tags[*].name = "first" }',
  '{ $.*[0].name = "first" }',
  '{ $.tags[0].["name"] = first }',
  "{ $.['message'].took > 12 }",
  "{ $.level = %^ERR% && $.message.took = %^1[0-9]\\.5$% }",
  "%job.failed% -%[Ww]arn%",
  '{ $.level = "INFO" || ($.level = "ERROR" && $.message.event = "job*") }',
  '{ $.level = "ERROR" || $.level = "INFO" && $.level = "WARN" }',
  '{ ($.level = "INFO" || $.level = "ERROR") && $.message.event = * }',
];

test.each(matching)("the pattern %s matches the line of a failed job", (pattern) => {
  expect(isMatch(pattern, line)).toBe(true);
});

const notMatching = [
  "error",
  "ERROR WARN",
  '"failed job"',
  "-ERROR",
  "ERROR -failed",
  "?WARN ?INFO",
  "?ERROR WARN",
  "?ERROR -failed",
  "%^ERROR%",
  '{ $.level = "INFO" }',
  '{ $.nothing = "x" }',
  '{ $.nothing != "x" }',
  "{ $.message.took < 12 }",
  "{ $.message.retry IS TRUE }",
  "{ $.level IS NULL }",
  "{ $.level NOT EXISTS }",
  '{ $.level = "ERR" }',
  '{ $.constructor != "x" }',
  '{ ($.level = "ERROR" || $.level = "INFO") && $.level = "WARN" }',
];

test.each(notMatching)("the pattern %s does not match the line of a failed job", (pattern) => {
  expect(isMatch(pattern, line)).toBe(false);
});

test("a JSON pattern matches only a line that is a JSON object", () => {
  const lines = ["{}", " {}\n", "START RequestId: 1", '"text"', "[{}]", "{", "null"];
  expect(lines.filter((each) => isMatch("{ $.level NOT EXISTS }", each))).toEqual(["{}", " {}\n"]);
});

const request =
  '127.0.0.5  -  frank [10/Oct/2000:13:25:19 -0700] "GET /index.html HTTP/1.0" 404 1534 extra';

test.each([
  ["[ip, id, user, time, request, status, rest]", { $ip: "127.0.0.5", $rest: "1534 extra" }],
  ["[ip, rest]", { $rest: request.slice("127.0.0.5  ".length) }],
  ["[..., status, bytes, rest]", { $3: "frank", $status: "404", $rest: "extra" }],
  ["[ip, ..., rest]", { $2: "-", $4: "10/Oct/2000:13:25:19 -0700", $rest: "extra" }],
  ["[]", { $5: "GET /index.html HTTP/1.0", $8: "extra" }],
  ["[..., request = *.html*, status = 4*, bytes > 1000, rest]", { $bytes: "1534" }],
  ["[..., status = 404 || status = 410, bytes, rest]", { $status: "404" }],
  ["[ip = %^127\\.% && ip != 127.0.0.1, rest]", { $ip: "127.0.0.5" }],
])("the pattern %s extracts %j from a line of an access log", (pattern, extracted) => {
  expect(parseFilterPattern(pattern)(request)).toMatchObject(extracted);
});

test.each([
  "[a, b, c, d, e, f, g, h, i]",
  "[a, b, c, d, ..., e, f, g, h, i]",
  "[..., status != 4*, bytes, rest]",
  "[..., bytes < 1000, rest]",
  "[..., user = 0, status, bytes, rest]",
])("the pattern %s does not match a line of an access log", (pattern) => {
  expect(isMatch(pattern, request)).toBe(false);
});

test("a quote without an end quote is part of a field", () => {
  const values = parseFilterPattern("[first, ..., last]")('ERROR "two words\n');
  expect(values).toEqual({ $first: "ERROR", $2: '"two', $last: "words" });
});

test.each([
  ["?Status: timeout", "Invalid character(s) in term ':'"],
  ["r-1", "Invalid character(s) in term '-'"],
  ['{"level"}', "Invalid metric filter pattern"],
  ["- ERROR", "Invalid metric filter pattern"],
  ["%open", "Invalid character(s) in term '%open'"],
  ["{ $.level }", "Invalid metric filter pattern"],
  ['{ $.level = "ERROR"', "Invalid metric filter pattern"],
  ["{ $.level = }", "Invalid metric filter pattern"],
  ["[word = 1 && other = 2]", "Invalid metric filter pattern"],
  ["[word", "Invalid metric filter pattern"],
  ["{ $.level toString 1 }", "Invalid metric filter pattern"],
  ['{ $.level = "a" $.level = "b" }', "Invalid metric filter pattern"],
  ["{ }", "Invalid metric filter pattern"],
])("the pattern %s is refused: %s", (pattern, message) => {
  expect(() => parseFilterPattern(pattern)).toThrow(
    expect.objectContaining({ code: "InvalidParameterException", message }),
  );
});
