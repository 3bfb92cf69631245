import { expect, test } from "vitest";
import { parseFilterPattern, parseSearchPattern } from "./filter-pattern.ts";

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

test.each(notMatching)("the pattern %s doesn't match the line of a failed job", (pattern) => {
  expect(isMatch(pattern, line)).toBe(false);
});

test("a JSON pattern matches only a line that is a JSON object", () => {
  const lines = ["{}", " {}\n", "START RequestId: 1", '"text"', "[{}]", "{", "null"];
  expect(lines.filter((each) => isMatch("{ $.level NOT EXISTS }", each))).toEqual(["{}", " {}\n"]);
});

test("a number is compared by its value, and with a text as it is written in the message", () => {
  const written = ["1", "1.0", "1e0", '"1"', '"1.0"'];
  const equal = (operand: string) =>
    written.filter((value) => isMatch(`{ $.v = ${operand} }`, `{"v":${value}}`));
  expect(equal("1")).toEqual(["1", "1.0", "1e0", '"1"']);
  expect(equal("1e+0")).toEqual(["1", "1.0", "1e0"]);
  expect(equal('"1"')).toEqual(["1", '"1"']);
  expect(equal("1.*")).toEqual(["1.0", '"1.0"']);
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
])("the pattern %s doesn't match a line of an access log", (pattern) => {
  expect(isMatch(pattern, request)).toBe(false);
});

test("a quote without its end is part of a field", () => {
  const values = parseFilterPattern("[first, ..., last]")('ERROR "two words\n');
  expect(values).toEqual({ $first: "ERROR", $2: '"two', $last: "words" });
});

test.each([
  ["?Status: timeout", "Invalid character(s) in term ':'"],
  ["r-1", "Invalid character(s) in term '-'"],
  ['{"level"}', "Invalid metric filter pattern"],
  ['"open', `Invalid character(s) in term '"open'`],
  ["ERR*", "Invalid character(s) in term '*'"],
  ["- ERROR", "Invalid metric filter pattern"],
  ["%^(ERROR|WARN)%", "Invalid character(s) in term '%^('"],
  ["%café%", "Invalid character(s) in term '%café'"],
  ["%open", "Invalid character(s) in term '%open'"],
  ["%[abc%", "Failed to compile regular expression."],
  ["{ $.level }", "Invalid metric filter pattern"],
  ['{ $.level = "ERROR"', "Invalid metric filter pattern"],
  ['{ $.level > "high" }', `Invalid character(s) in term '"high"'`],
  ["{ $.level IS NOT NULL }", "Invalid character(s) in term 'NOT'"],
  ["{ $.level EXISTS }", "Invalid metric filter pattern"],
  ["{ $.level == 1 }", "Invalid metric filter pattern"],
  ["{ $.level = null }", "Invalid metric filter pattern"],
  ["{ $.level = }", "Invalid metric filter pattern"],
  ["{ $.level > 0 AND $.level < 2 }", "Invalid metric filter pattern"],
  ["{ !($.level = 1) }", "Invalid character(s) in term '!('"],
  ['{ "level": [1] }', "Invalid character(s) in term ':'"],
  ["{ $..level = 1 }", "Invalid character(s) in term '$..'"],
  ["{ $.tags[-1] = 1 }", "Invalid character(s) in term '[-'"],
  ["{ $.tags[0:2] = 1 }", "Invalid character(s) in term '[0:'"],
  ["{ $.level = %(A|B)% }", "Invalid character(s) in term '%('"],
  [
    "{ $.a = %A% || $.a = %B% || $.a = %C% }",
    "Your input has exceeded the maximum of 2 regular expressions per filter pattern.",
  ],
  [
    "{ $.tags[*].* = 1 }",
    "Your filter pattern has a JSON path selector that exceeds the maximum of 1 wildcard allowed per json selector.",
  ],
  [
    "{ $.a[*] = 1 || $.b[*] = 1 || $.* = 1 || $.c[*] = 1 }",
    "Your input has exceeded the maximum of 3 JSON wildcard selectors allowed per filter pattern.",
  ],
  ["[..., status, ...]", "Duplicate field '...'"],
  ["[word, word]", "Duplicate field 'word'"],
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

test("FilterLogEvents has its own message for tokens in an order that no pattern has", () => {
  const message = "Invalid filter pattern";
  for (const pattern of ["{ $.v == 1 }", "{ $.v IS NOT NULL }"])
    expect(() => parseSearchPattern(pattern)).toThrow(expect.objectContaining({ message }));
  expect(() => parseSearchPattern('"open')).toThrow(`Invalid character(s) in term '"open'`);
});
