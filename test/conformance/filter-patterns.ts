import { expect } from "vitest";
import { refusalOf, uniqueName } from "./account.ts";
import type { Behavior, Target } from "./behavior.ts";
import { captured } from "./sources.ts";

/** Creates a log group with one event per message. */
async function logGroupWith(
  { account: { logs } }: Target,
  messages: readonly string[],
): Promise<string> {
  const logGroupName = uniqueName();
  const stream = { logGroupName, logStreamName: "only" };
  await logs.createLogGroup({ logGroupName });
  await logs.createLogStream(stream);
  const timestamp = Date.now();
  await logs.putLogEvents({
    ...stream,
    logEvents: messages.map((message) => ({ timestamp, message })),
  });
  return logGroupName;
}

/** Returns those of the messages that FilterLogEvents finds. */
async function matching(
  target: Target,
  filterPattern: string,
  messages: readonly string[],
): Promise<string[]> {
  const logGroupName = await logGroupWith(target, messages);
  const { events = [] } = await target.account.logs.filterLogEvents({
    logGroupName,
    filterPattern,
  });
  return events.map(({ message = "" }) => message);
}

/** Returns the values of `v` in a JSON object for which a condition is true. */
async function valuesWhere(target: Target, condition: string): Promise<string[]> {
  const values =
    'null true false 0 1 1.0 1e0 10 "1" "1.0" "" "null" "true" "Alpha" "Alphabet" "a*b" [] {} [1,"Alpha",null]';
  const messages = values.split(" ").map((value) => `{"v":${value}}`);
  const found = await matching(target, `{ $.v ${condition} }`, ["{}", '[{"v":1}]', ...messages]);
  return found.map((message) => /^\{"v":(.*)\}$/.exec(message)?.[1] ?? message);
}

const conditions: [condition: string, values: string][] = [
  ["= 1", '1 1.0 1e0 "1"'],
  ["= 1e+0", "1 1.0 1e0"],
  ['= "1"', '1 "1"'],
  ["!= 1", '0 10 "1.0" "" "null" "true" "Alpha" "Alphabet" "a*b"'],
  ["> 1", "10"],
  ["<= 1", "0 1 1.0 1e0"],
  ['= "Alpha*"', '"Alpha" "Alphabet"'],
  ["= %^Al.*%", '"Alpha" "Alphabet"'],
  ['!= "Alpha"', '0 1 1.0 1e0 10 "1" "1.0" "" "null" "true" "Alphabet" "a*b"'],
  ["= *", '0 1 1.0 1e0 10 "1" "1.0" "" "null" "true" "Alpha" "Alphabet" "a*b"'],
  ["= true", '"true"'],
  ["IS TRUE", "true"],
  ["IS NULL", 'null [1,"Alpha",null]'],
  ["NOT EXISTS", "{}"],
];

const requests = {
  ok: '127.0.0.4 - frank [10/Oct/2000:13:25:18 -0700] "GET /index.html HTTP/1.0" 200 100',
  missing: '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534',
  gone: '127.0.0.2 - jane [10/Oct/2000:13:25:16 -0700] "GET /index.html HTTP/1.0" 410 0',
  error: '127.0.0.3 - frank [10/Oct/2000:13:25:17 -0700] "POST /api HTTP/1.0" 500 2048',
  tabs: '127.0.0.6\t-\tfrank\t[10/Oct/2000:13:25:20 -0700]\t"GET /index.html HTTP/1.0"\t404\t1534',
};

const delimited: [pattern: string, found: (keyof typeof requests)[]][] = [
  ["[ip, id, user, time, request, status >= 400, bytes > 1000]", ["missing", "error", "tabs"]],
  ["[..., request = *.html*, status = 4*, bytes]", ["missing", "gone", "tabs"]],
  ["[..., status = 404 || status = 410, bytes]", ["missing", "gone", "tabs"]],
  [
    "[ip = %127\\.0\\.0\\.[1-3]%, id, user, time, request, status, bytes]",
    ["missing", "gone", "error"],
  ],
  ["[ip, ..., status, bytes]", ["ok", "missing", "gone", "error", "tabs"]],
  ["[]", ["ok", "missing", "gone", "error", "tabs"]],
];

/** A pattern, messages that it matches, and others. */
type MatchCase = [pattern: string, messages: string[], others: string[]];

const selectors: MatchCase[] = [
  [`{ $.['cluster.name'] = "flat" }`, ['{"cluster.name":"flat"}'], ['{"cluster":{"name":"flat"}}']],
  ['{ $.arr[0] = "hit" }', ['{"arr":["hit"]}'], ['{"arr":{"0":"hit"}}', '{"arr":[["hit"]]}']],
  ['{ $.arr[*] = "hit" }', ['{"arr":["miss","hit"]}', '{"arr":{"0":"hit"}}'], ['{"arr":"hit"}']],
  [
    '{ $.* = "hit" }',
    ['{"other":"hit"}', '{"nested.value":"hit"}'],
    ['{"nested":{"value":"hit"}}'],
  ],
  [
    "{ $.nested.value NOT EXISTS }",
    ['{"nested":null}', '{"nested":[{"value":"hit"}]}', '{"nested.value":"hit"}'],
    ['{"nested":{"value":null}}'],
  ],
  [
    "{ $.a = 1 || $.b = 2 && $.c = 3 }",
    ['{"a":1,"b":0,"c":0}', '{"a":0,"b":2,"c":3}'],
    ['{"a":0,"b":2,"c":0}'],
  ],
  [
    "{ ($.a = 1 || $.b = 2) && $.c = 3 }",
    ['{"a":1,"b":2,"c":3}', '{"a":0,"b":2,"c":3}'],
    ['{"a":1,"b":0,"c":0}'],
  ],
];

const terms: MatchCase[] = [
  ["?ERROR ?ARGUMENTS", ["ERROR", "INFO ARGUMENTS"], ["INFO REQUEST"]],
  ["?ERROR ?ARGUMENTS REQUEST", ["INFO REQUEST"], ["ERROR ARGUMENTS"]],
  ["?ERROR ?ARGUMENTS -REQUEST", ["ERROR ARGUMENTS", "plain"], ["ERROR REQUEST"]],
  ["%^ERROR\\s[0-9]{3}$%", ["ERROR 500", "ERROR\n500"], ["ERROR 5000", "xERROR 500"]],
  ["%ERROR|WARN%", ["ERROR 50", "WARN 404"], ["error 500"]],
  ["%\\x21%", ["hello!"], ["hello("]],
];

const refused: [pattern: string, message: string][] = [
  ['"ERROR', `Invalid character(s) in term '"ERROR'`],
  ["ERR*", "Invalid character(s) in term '*'"],
  ["%^(ERROR|WARN)%", "Invalid character(s) in term '%^('"],
  ["%hello!%", "Invalid character(s) in term '%hello!'"],
  ["%café%", "Invalid character(s) in term '%café'"],
  ["%[abc%", "Failed to compile regular expression."],
  ["{ $.v = null }", "Invalid metric filter pattern"],
  ["{ $.v EXISTS }", "Invalid metric filter pattern"],
  ["{ $.v IS NOT NULL }", "Invalid character(s) in term 'NOT'"],
  ["{ $.v == 1 }", "Invalid metric filter pattern"],
  ["{ $.v > 0 AND $.v < 2 }", "Invalid metric filter pattern"],
  ['{ $.v > "Alpha" }', `Invalid character(s) in term '"Alpha"'`],
  ["{ !($.v = 1) }", "Invalid character(s) in term '!('"],
  ['{ "v": [1] }', "Invalid character(s) in term ':'"],
  ['{ $..value = "hit" }', "Invalid character(s) in term '$..'"],
  ['{ $.arr[-1] = "hit" }', "Invalid character(s) in term '[-'"],
  ['{ $.arr[0:2] = "hit" }', "Invalid character(s) in term '[0:'"],
  [
    "{ $.v = %Alpha% || $.v = %Beta% || $.v = %Gamma% }",
    "Your input has exceeded the maximum of 2 regular expressions per filter pattern.",
  ],
  [
    "{ $.items[*].* = 1 }",
    "Your filter pattern has a JSON path selector that exceeds the maximum of 1 wildcard allowed per json selector.",
  ],
  [
    '{ $.arr[*] = "hit" || $.items[*].a = 1 || $.* = "hit" || $.matrix[*][0] = 0 }',
    "Your input has exceeded the maximum of 3 JSON wildcard selectors allowed per filter pattern.",
  ],
  ["[..., status, ...]", "Duplicate field '...'"],
  ["[word, word]", "Duplicate field 'word'"],
];

const recorded = { basis: "capture", source: captured.filters } as const;

const conditionRow = ([condition, values]: [condition: string, values: string]): Behavior => ({
  ...recorded,
  behavior: `the condition $.v ${condition} is true for ${values}`,
  check: async (target) => {
    expect(await valuesWhere(target, condition)).toEqual(values.split(" "));
  },
});

const matchRow = ([pattern, messages, others]: MatchCase): Behavior => ({
  ...recorded,
  behavior: `the pattern ${pattern} matches ${JSON.stringify(messages)}`,
  check: async (target) => {
    expect(await matching(target, pattern, [...messages, ...others])).toEqual(messages);
  },
});

const delimitedRow = ([pattern, found]: (typeof delimited)[number]): Behavior => ({
  ...recorded,
  behavior: `the pattern ${pattern} matches lines of an access log`,
  check: async (target) => {
    const lines = Object.values(requests);
    expect(await matching(target, pattern, lines)).toEqual(found.map((name) => requests[name]));
  },
});

const refusedRow = ([filterPattern, message]: [pattern: string, message: string]): Behavior => ({
  ...recorded,
  behavior: `the pattern ${filterPattern} is refused`,
  check: async ({ account: { logs } }) => {
    const call = logs.testMetricFilter({ filterPattern, logEventMessages: ["{}"] });
    const name = "InvalidParameterException";
    expect(await refusalOf(call)).toEqual({ name, message, status: 400 });
  },
});

/** The log events that a filter pattern matches. */
export const filterPatterns: Behavior[] = [
  {
    ...recorded,
    behavior: "a term matches a part of a word, with its case",
    check: async (target) => {
      const messages = ["TERROR REQUEST", "ERROR_ARGUMENTS", "error arguments request"];
      expect(await matching(target, "ERROR", messages)).toEqual(messages.slice(0, 2));
    },
  },
  ...conditions.map(conditionRow),
  ...[...terms, ...selectors].map(matchRow),
  ...delimited.map(delimitedRow),
  ...refused.map(refusedRow),
  {
    ...recorded,
    behavior: "FilterLogEvents has a different message if no token of the pattern is wrong",
    check: async (target) => {
      const { logs } = target.account;
      const logGroupName = await logGroupWith(target, ["{}"]);
      for (const filterPattern of ["{ $.v == 1 }", "{ $.v EXISTS }", "{ $.v IS NOT NULL }"]) {
        const { message } = await refusalOf(logs.filterLogEvents({ logGroupName, filterPattern }));
        expect(message).toBe("Invalid filter pattern");
      }
      const call = logs.filterLogEvents({ logGroupName, filterPattern: '"ERROR' });
      expect((await refusalOf(call)).message).toBe(`Invalid character(s) in term '"ERROR'`);
    },
  },
  {
    ...recorded,
    behavior: "the first page of FilterLogEvents has a token; the page after it is empty",
    check: async (target) => {
      const { logs } = target.account;
      const logGroupName = await logGroupWith(target, ["one"]);
      const { events, nextToken } = await logs.filterLogEvents({ logGroupName });
      expect(events).toMatchObject([{ message: "one" }]);
      const last = await logs.filterLogEvents({ logGroupName, nextToken });
      expect([last.events, last.nextToken]).toEqual([[], undefined]);
    },
  },
  {
    ...recorded,
    behavior: "TestMetricFilter counts messages from 1 and extracts fields between spaces",
    check: async ({ account: { logs } }) => {
      const logEventMessages = ["WARNING request", 'ERROR "two words"', "ERROR request failed"];
      const filterPattern = "[w1=ERROR, w2]";
      const { matches } = await logs.testMetricFilter({ filterPattern, logEventMessages });
      expect(matches).toEqual([
        {
          eventNumber: 2,
          eventMessage: 'ERROR "two words"',
          extractedValues: { $w1: "ERROR", $w2: "two words" },
        },
        {
          eventNumber: 3,
          eventMessage: "ERROR request failed",
          extractedValues: { $w1: "ERROR", $w2: "request failed" },
        },
      ]);
    },
  },
  {
    ...recorded,
    behavior: "a field covered by ... is extracted by its position",
    check: async ({ account: { logs } }) => {
      const logEventMessages = [requests.missing, 'ERROR "unterminated words'];
      const filterPattern = "[ip, ..., status, bytes]";
      const { matches = [] } = await logs.testMetricFilter({ filterPattern, logEventMessages });
      expect(matches.map(({ extractedValues }) => extractedValues)).toEqual([
        {
          $ip: "127.0.0.1",
          $2: "-",
          $3: "frank",
          $4: "10/Oct/2000:13:25:15 -0700",
          $5: "GET /index.html HTTP/1.0",
          $status: "404",
          $bytes: "1534",
        },
        { $ip: "ERROR", $status: '"unterminated', $bytes: "words" },
      ]);
    },
  },
];
