import { PassThrough } from "node:stream";
import type { WriteStream } from "node:tty";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatLogEvent, formatMessage } from "@websocket-lambda/local-aws";
import { createRecorder, readLogLine } from "@websocket-lambda/local-aws/testing";
import { logLine } from "./log-lines.ts";

/** A stream that is not a terminal. */
const pipe = Object.assign(new PassThrough(), { isTTY: false }) as unknown as WriteStream;

const author = fc.constantFrom("platform", "function", "access-log", "client");

// oxlint-disable-next-line no-control-regex -- this finds control characters
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

test("the terminal formatter accepts any line of any author", () => {
  fc.assert(
    fc.property(logLine, fc.option(author, { nil: undefined }), (message, by) => {
      const event = { logGroupName: "/aws/lambda/processor", timestamp: 0, message };
      const text = formatLogEvent(by === undefined ? event : { ...event, author: by }, pipe);
      expect(text).toMatch(/^00:00:00\.000 {2}[A-Z ]{5} {2}processor {2}/);
      expect(CONTROL.test(text)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test("a line of a function that looks like Lambda's own is shown unchanged", () => {
  const report =
    '{"type":"platform.report","record":{"metrics":{"durationMs":1,"billedDurationMs":1,"memorySizeMB":1,"maxMemoryUsedMB":1},"status":"success"}}';
  const textBy = (by: "platform" | "function" | "client") =>
    formatLogEvent({ logGroupName: "g", timestamp: 0, message: report, author: by }, pipe);
  expect(textBy("platform")).toMatch(/ {2}REPORT 1\.0 ms, billed 1 ms, 1 of 1 MB$/);
  expect(textBy("function")).toContain(report);
  expect(textBy("client")).toContain(report);
  expect(readLogLine(report, "platform").level).toBe("platform");
  expect(readLogLine(report, "function")).toEqual({ level: "", text: report });
});

test("the console accepts any line of any author, and returns a text", () => {
  fc.assert(
    fc.property(logLine, author, (message, by) => {
      const { level, text } = readLogLine(message, by);
      expect([typeof level, typeof text]).toEqual(["string", "string"]);
    }),
    { numRuns: 500 },
  );
});

test("the recorder accepts any line of any author, and truncates it between characters", () => {
  fc.assert(
    fc.property(logLine, author, (message, by) => {
      const recorder = createRecorder();
      const invocation = { functionName: "f", requestId: "r" };
      const ids = { eventType: "MESSAGE", connectionId: "c", requestId: "r" } as const;
      recorder.emit("Root=1-a", { type: "frame-in", text: message, context: ids });
      recorder.emit("Root=1-a", {
        type: "environment",
        invocation,
        environment: "stream",
        start: "warm",
      });
      recorder.emit(undefined, {
        type: "log",
        author: by,
        logGroupName: "group",
        logStreamName: "stream",
        message,
        region: "us-east-1",
        timestamp: 0,
      });
      const [recorded] = recorder.messages();
      if (recorded === undefined) throw new Error("Nothing is recorded.");
      const log = recorded.points.find((point) => point.type === "log");
      // The truncation must not split a surrogate pair.
      const wasWellFormed = message.isWellFormed() && !message.includes("\ufffd");
      expect(wasWellFormed && log?.message.includes("\ufffd")).toBe(false);
      expect(JSON.parse(JSON.stringify(recorded))).toEqual(recorded);
      expect(CONTROL.test(formatMessage(recorded, pipe).replaceAll("\n", ""))).toBe(false);
    }),
    { numRuns: 500 },
  );
});
