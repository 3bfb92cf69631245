import { expect, test } from "vitest";
import { firstProgressOf } from "./progress.ts";
import {
  durationOf,
  failureOf,
  gatewayErrorOf,
  isRetried,
  statusText,
  statusOf,
} from "./message-status.ts";
import type { Point } from "./types.ts";

const handler = { functionName: "handler", requestId: "h" };
const processor = { functionName: "processor", requestId: "p" };
const end = { duration: 1, memoryUsed: 1, environment: "e" };
const message = (points: Point[], settled = true) =>
  ({ eventType: "MESSAGE", points, settled }) as const;

test("a message lasts until its reply, or until it is settled", () => {
  const points: Point[] = [
    { at: 0, type: "frame-in", text: "{}" },
    { at: 6, type: "handled", status: 200 },
    { at: 7, type: "log", author: "function", invocation: processor, message: "" },
  ];
  expect(durationOf(message(points, false))).toBeUndefined();
  expect(durationOf(message(points))).toBe(6);
  const reply: Point = { at: 61, type: "frame-out", text: "{}" };
  expect(durationOf(message([...points, reply, { at: 62, type: "post-end", status: 200 }]))).toBe(
    61,
  );
});

test("a stream is in progress until its reply, and lasts until then", () => {
  const frames = [
    { at: 40, text: "" },
    { at: 50, text: "" },
  ];
  const points: Point[] = [
    { at: 0, type: "frame-in", text: "{}" },
    { at: 40, type: "progress", count: 2, frames },
  ];
  expect(statusOf(message(points, false))).toBe("in progress");
  expect(durationOf(message(points, false))).toBeUndefined();
  expect(firstProgressOf(points)).toBe(40);
  points.push({ at: 61, type: "frame-out", text: "{}" });
  expect(statusOf(message(points))).toBe("succeeded");
  expect(durationOf(message(points))).toBe(61);
  expect(firstProgressOf(points.slice(0, 1))).toBeUndefined();
});

test.for<[string, boolean, ...Point[]]>([
  ["succeeded", true],
  ["in progress", false],
  ["refused", true, { at: 1, type: "throttled" }],
  ["refused", true, { at: 1, type: "authorizer-end", error: "Unauthorized" }],
  ["failed", false, { at: 1, type: "function-end", invocation: handler, outcome: "crash", ...end }],
  ["failed", true, { at: 1, type: "handled", status: 504, error: "Endpoint request timed out" }],
  ["rejected", true, { at: 1, type: "frame-out", text: "no", isError: true }],
  ["succeeded", true, { at: 1, type: "frame-out", text: "yes" }],
  ["client gone", true, { at: 1, type: "post-end", status: 410 }],
  ["in progress", false, { at: 1, type: "post-end", status: 410 }],
])("a message is %s", ([status, settled, ...points]) => {
  expect(statusOf(message(points, settled))).toBe(status);
});

test.for<[string, Point]>([
  ["refused", { at: 1, type: "handled", status: 403 }],
  ["failed", { at: 1, type: "handled", status: 500 }],
  ["failed", { at: 1, type: "handled", status: 502, error: "Internal server error" }],
])("a client that cannot connect is %s", ([status, point]) => {
  expect(statusOf({ eventType: "CONNECT", points: [point], settled: true })).toBe(status);
});

test("the last attempt of an event decides its status", () => {
  const attempt = { invocation: processor, type: "function-end", ...end } as const;
  const points: Point[] = [{ ...attempt, at: 1, outcome: "crash" }];
  const after = (settled: boolean, point: Point) => {
    points.push(point);
    return statusOf(message(points, settled));
  };
  const retry = {
    at: 1,
    type: "retry",
    invocation: processor,
    inMilliseconds: 60_000,
    reason: "The function failed.",
  } as const;
  expect(isRetried({ points })).toBe(false);
  expect(statusText(message(points))).toBe("failed");
  expect(after(false, retry)).toBe("in progress");
  expect(isRetried({ points })).toBe(true);
  expect(after(true, { ...attempt, at: 2, outcome: "success" })).toBe("succeeded");
  expect(statusText(message(points))).toBe("succeeded after a retry");
  const givenUp = {
    type: "given-up",
    invocation: processor,
    condition: "EventAgeExceeded",
  } as const;
  expect(after(true, { ...givenUp, at: 3 })).toBe("failed");
});

const threw = { ...end, type: "function-end", invocation: processor, outcome: "error" } as const;

test("a message that failed has the error of the last run that failed", () => {
  const frames = ["at run (source.ts:3:4)"];
  const first: Point = { at: 1, ...threw, errorType: "Error", errorMessage: "first" };
  const last: Point = { at: 2, ...threw, errorType: "RangeError", errorMessage: "last" };
  expect(failureOf(message([first, { ...last, stackTrace: frames }]))).toEqual({
    functionName: "processor",
    title: "RangeError: last",
    frames,
  });
  expect(failureOf(message([first, { ...last, outcome: "success" }]))).toBeUndefined();
});

test("Lambda's own error message is shown without the request ID", () => {
  const errorMessage = "RequestId: i Error: Task timed out after 3.00 seconds";
  const timeout: Point = {
    at: 1,
    ...threw,
    outcome: "timeout",
    errorType: "Sandbox.Timedout",
    errorMessage,
  };
  expect(failureOf(message([timeout]))?.title).toBe(
    "Sandbox.Timedout: Task timed out after 3.00 seconds",
  );
  expect(failureOf(message([{ at: 1, ...threw, outcome: "crash" }]))?.title).toBe("crash");
});

test("a refused connect has API Gateway's status and message", () => {
  const handled: Point = { at: 1, type: "handled", status: 401, error: "Unauthorized" };
  expect(gatewayErrorOf(message([handled]))).toBe("401 Unauthorized");
  expect(gatewayErrorOf(message([{ at: 1, type: "handled", status: 200 }]))).toBeUndefined();
});
