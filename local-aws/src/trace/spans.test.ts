import { expect, test } from "vitest";
import { lastTimeOf, spansOf } from "./spans.ts";
import type { Point } from "./types.ts";

const handler = { functionName: "handler", requestId: "h" };
const processor = { functionName: "processor", requestId: "p" };
/** The common members of all points of a run. */
const handling = { run: "1", invocation: handler };
const processing = { run: "2", invocation: processor };
const end = { duration: 1, memoryUsed: 1, environment: "e" };
const environment = { type: "environment", environment: "e" } as const;
const message = (points: Point[], settled = true) =>
  ({ eventType: "MESSAGE", points, settled }) as const;

const answered = message([
  { at: 0, type: "frame-in", text: "{}" },
  { at: 0.1, type: "route", routeKey: "$default" },
  { ...environment, ...handling, at: 0.2, start: "warm" },
  { ...handling, at: 0.3, type: "function-start" },
  { at: 2, run: "1", type: "invoke-start", functionName: "processor" },
  { at: 3, run: "1", type: "queued", invocation: processor },
  { at: 4, run: "1", type: "invoke-end", functionName: "processor", status: 202 },
  { ...handling, at: 5, type: "function-end", outcome: "success", ...end },
  { at: 6, type: "handled", status: 200 },
  { ...environment, ...processing, at: 3.1, start: "cold" },
  { ...processing, at: 57, type: "function-start" },
  { at: 60, run: "2", type: "post-start" },
  { at: 61, type: "frame-out", text: '{"action":"echo","status":"success","requestId":"1"}' },
  { at: 62, run: "2", type: "post-end", status: 200 },
  { ...processing, at: 63, type: "function-end", outcome: "success", ...end },
]);

test("each span of a message has a start and an end", () => {
  expect(spansOf(answered).map(({ kind, label, from, to }) => [kind, label, from, to])).toEqual([
    ["gateway", "$default", 0, 6],
    ["function", "handler", 0.3, 5],
    ["invoke", "Invoke 202", 2, 4],
    ["wait", "queue", 3, 3.1],
    ["cold", "cold start", 3.1, 57],
    ["function", "processor", 57, 63],
    ["post", "PostToConnection 200", 60, 62],
  ]);
});

test("two runs of one event have their own starts, calls and ends", () => {
  const again = { run: "3", invocation: processor };
  const spans = spansOf(
    message([
      { at: 0, type: "frame-in", text: "{}" },
      { at: 1, run: "1", type: "queued", invocation: processor },
      { ...environment, ...processing, at: 3, start: "cold" },
      { ...environment, ...again, at: 4, start: "warm" },
      { ...again, at: 4, type: "function-start" },
      { at: 5, run: "3", type: "post-start" },
      { ...processing, at: 6, type: "function-start" },
      { at: 7, run: "2", type: "post-start" },
      { at: 8, run: "3", type: "post-end", status: 200 },
      { ...again, at: 9, type: "function-end", outcome: "success", ...end },
      { at: 10, run: "2", type: "post-end", status: 410 },
      { ...processing, at: 11, type: "function-end", outcome: "crash", ...end },
    ]),
  );
  expect(spans.slice(1).map(({ kind, from, to, failed }) => [kind, from, to, failed])).toEqual([
    ["wait", 1, 3, false],
    ["cold", 3, 6, false],
    ["function", 4, 9, false],
    ["post", 5, 8, false],
    ["function", 6, 11, true],
    ["post", 7, 10, true],
  ]);
});

test("an event that could not run waits in the queue until then, and after that for a retry", () => {
  const spans = spansOf(
    message([
      { at: 0, type: "frame-in", text: "{}" },
      { at: 1, type: "queued", invocation: processor },
      { at: 4, type: "retry", invocation: processor, inMilliseconds: 1000, reason: "" },
      { ...environment, ...processing, at: 1004, start: "warm" },
    ]),
  );
  expect(spans.slice(1).map(({ kind, from, to }) => [kind, from, to])).toEqual([
    ["wait", 1, 4],
    ["retry", 4, 1004],
  ]);
});

test("spans in progress have no end, and failures are marked", () => {
  const spans = spansOf(
    message(
      [
        { at: 0, type: "frame-in", text: "{}" },
        { at: 1, type: "queued", invocation: processor },
        { ...environment, at: 3, invocation: processor, start: "warm" },
        { at: 3, type: "function-start", invocation: processor },
        { at: 4, type: "post-start" },
        { at: 5, type: "post-end", status: 500 },
        { at: 6, type: "function-end", invocation: processor, outcome: "timeout", ...end },
        { at: 7, type: "retry", invocation: processor, inMilliseconds: 60_000, reason: "" },
      ],
      false,
    ),
  );
  expect(spans.map(({ kind, to, failed }) => [kind, to, failed])).toEqual([
    ["gateway", undefined, false],
    ["wait", 3, false],
    ["function", 6, true],
    ["post", 5, true],
    ["retry", undefined, false],
  ]);
});

test("the progress frames of a run are a span from the first to the latest", () => {
  const frames = [4, 5, 9].map((at) => ({ at, text: `${at}` }));
  const points: Point[] = [
    { at: 0, type: "frame-in", text: "{}" },
    { ...processing, at: 3, type: "function-start" },
    { at: 4, run: "2", type: "progress", count: 5, frames },
    { at: 7, run: "3", type: "progress", count: 1, frames: [{ at: 7, text: "7" }] },
  ];
  const spans = spansOf(message(points, false)).filter(({ kind }) => kind === "progress");
  expect(spans).toMatchObject([
    { label: "5 progress frames", from: 4, to: 9, run: "2", progress: { count: 5, frames } },
    { label: "1 progress frame", from: 7, to: 7, run: "3" },
  ]);
  expect(lastTimeOf(points)).toBe(9);
});
