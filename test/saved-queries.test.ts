import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleProcessorWith } from "./extra-actions.ts";
import { fieldsOf, type Row, rowOf, runQuery } from "./insights-query.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

/** The log events of a run, by log group. */
const events = new Map<string, Row[]>();
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  stack.replaceCode(
    "processor",
    await bundleProcessorWith(join(import.meta.dirname, "failing-actions.ts")),
  );
  stack.subscribe({
    log({ logGroupName, timestamp, message }) {
      const row = rowOf(message, { timestamp, log: `${stack.accountId}:${logGroupName}` });
      events.set(logGroupName, [...(events.get(logGroupName) ?? []), row]);
    },
  });
  const client = await stack.connect();
  for (const message of [
    { action: "uppercase", data: { text: "hello" }, requestId: "first" },
    { action: "uppercase", data: { text: "hello" } },
    { action: "echo" },
    { action: "uppercase", data: {}, requestId: "wrong data" },
    { action: "secret", requestId: "unknown" },
    "not JSON",
    { action: "throws", requestId: "broken" },
  ])
    await client.ask(message);
  client.socket.close();
  // A function logs after it has sent the reply, so the last lines of any message can come later.
  await stack.logs.line(() => isDeepStrictEqual(countEvents(), EVENTS));
});
afterAll(() => stack.close());

/** How often each event is logged for the messages above. */
const EVENTS = {
  connected: 1,
  "processor invoked": 6,
  "reply posted": 5,
  "message rejected": 1,
  "processing failed": 1,
  disconnected: 1,
};

/** Returns how often the functions have logged each event. */
function countEvents(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { content } of stack.logs.lines)
    if (typeof content["event"] === "string")
      counts[content["event"]] = (counts[content["event"]] ?? 0) + 1;
  return counts;
}

const definitions = () =>
  Object.values(stack.state.regions["us-east-1"]?.logs.queryDefinitions ?? {});

/** Runs a query of terraform/ on the events of its log groups. */
function run(name: string, change = (query: string) => query): Row[] {
  const found = definitions().find((definition) => definition.name === `websocket-lambda/${name}`);
  if (found === undefined) throw new Error(`Terraform saves no query ${name}.`);
  const rows = found.logGroupNames.flatMap((group) => events.get(group) ?? []);
  return runQuery(change(found.queryString), rows);
}

test("each field of each saved query is in a log line of its log groups", () => {
  expect(definitions()).toHaveLength(4);
  for (const { queryString, logGroupNames } of definitions()) {
    const rows = logGroupNames.flatMap((group) => events.get(group) ?? []);
    const fields = fieldsOf(queryString);
    expect(fields.length).toBeGreaterThan(1);
    const missing = fields.filter((field) => rows.every((row) => row[field] === undefined));
    expect(missing).toEqual([]);
  }
});

/** Milliseconds. */
const duration: unknown = expect.toSatisfy((value) => typeof value === "number" && value >= 0);

test("latency-by-action has a row for each known action", () => {
  const latency = { p50: duration, p95: duration, slowest: duration };
  const rows = run("latency-by-action");
  expect(rows).toEqual(
    expect.arrayContaining([
      { "message.action": "uppercase", replies: 3, ...latency },
      { "message.action": "echo", replies: 1, ...latency },
    ]),
  );
  expect(rows).toHaveLength(2);
  for (const { p50, p95, slowest } of rows) {
    expect(Number(p50)).toBeLessThanOrEqual(Number(p95));
    expect(Number(p95)).toBeLessThanOrEqual(Number(slowest));
  }
});

test("errors-by-code counts each error that a client got, and no code of a disconnect", () => {
  const codes = ["INVALID_DATA", "UNKNOWN_ACTION", "INVALID_JSON", "PROCESSING_FAILED"];
  expect(run("errors-by-code").toSorted(byCode)).toEqual(
    codes.map((code) => ({ "message.code": code, errors: 1 })).toSorted(byCode),
  );
});
const byCode = (a: Row, b: Row) =>
  String(a["message.code"]).localeCompare(String(b["message.code"]));

test("slowest-requests has every reply, the slowest first", () => {
  const rows = run("slowest-requests");
  expect(rows).toHaveLength(5);
  const durations = rows.map((row) => Number(row["message.durationMs"]));
  expect(durations).toEqual(durations.toSorted((a, b) => b - a));
  expect(rows).toContainEqual({
    "@timestamp": expect.any(Number),
    "message.durationMs": duration,
    "message.action": "uppercase",
    "message.outcome": "delivered",
    "message.requestId": "first",
    "message.connectionId": expect.any(String),
  });
});

test.for<[string, string[]]>([
  ["first", ["processor invoked", "reply posted"]],
  ["broken", ["processor invoked", "processing failed"]],
])("one-message shows the message %s in both functions", ([requestId, path]) => {
  const rows = run("one-message", (query) => query.replace("REQUEST_ID", requestId));
  // A failure of the processor can be logged before "processor invoked", so the order varies.
  expect(rows).toHaveLength(path.length);
  expect(new Set(rows.map((row) => row["message.event"]))).toEqual(new Set(path));
});
