import { PassThrough } from "node:stream";
import { WriteStream } from "node:tty";
import { expect, test } from "vitest";
import { formatMessage } from "./trace-format.ts";
import type { TracedMessage } from "../trace/types.ts";

const invocation = { functionName: "handler", requestId: "h" };
const message: TracedMessage = {
  traceId: "1-a",
  eventType: "MESSAGE",
  connectionId: "c=",
  requestId: "r=",
  startedAt: 0,
  droppedPoints: 0,
  settled: true,
  revision: 1,
  points: [
    { at: 0, type: "frame-in", text: '{"a":"\u001b[2J\n\u009b"}' },
    { at: 0, type: "route", routeKey: "$default" },
    { at: 0.75, type: "queued", invocation },
    { at: 1, type: "environment", invocation, environment: "e", start: "cold" },
    { at: 6, type: "function-start", invocation },
    {
      at: 8,
      type: "function-end",
      invocation,
      outcome: "crash",
      errorType: "Runtime.ExitError",
      duration: 2,
      memoryUsed: 1,
      environment: "e",
    },
    { at: 9, type: "frame-out", text: '{"message": "Internal server error"}' },
    { at: 10, type: "handled", status: 502, error: "Internal server error" },
  ],
};

/** A stream that is not a terminal, such as a pipe. */
const pipe = Object.assign(new PassThrough(), { isTTY: false }) as unknown as WriteStream;

test("a message is printed as a header, a bar for each span, and its outcome", () => {
  expect(formatMessage(message, pipe).split("\n")).toEqual([
    '00:00:00.000  failed     9.0 ms  {"a":"·[2J ·"}  1-a',
    "      $default                            ████████████████████████    10.0 ms  failed",
    "      queue                               ·█······················    0.25 ms",
    "      cold start                          ··████████████··········     5.0 ms",
    "    handler                               ··············█████·····     2.0 ms  failed",
    "    handler: crash, Runtime.ExitError",
    '    → {"message": "Internal server error"}',
    "    502 Internal server error",
  ]);
});

test("100 progress frames are printed as one bar and one line", () => {
  const frames = Array.from({ length: 100 }, (_, index) => ({ at: 10 + index, text: "piece" }));
  const points: TracedMessage["points"] = [
    { at: 0, type: "frame-in", text: "{}" },
    { at: 10, type: "progress", count: 100, frames },
    { at: 218, type: "frame-out", text: "reply" },
    { at: 218, type: "handled", status: 200 },
  ];
  expect(formatMessage({ ...message, points }, pipe).split("\n")).toEqual([
    "00:00:00.000  succeeded   218.0 ms  {}  1-a",
    "      message                             ████████████████████████   218.0 ms",
    "      100 progress frames                 ·███████████············    99.0 ms",
    "    → 100 progress frames, the first after 10.0 ms",
    "    → reply",
  ]);
});

test("a stream that is not a terminal gets no colors", () => {
  // oxlint-disable-next-line no-control-regex -- it looks for control characters
  expect(formatMessage(message, pipe)).not.toMatch(/\u001b/);
});
