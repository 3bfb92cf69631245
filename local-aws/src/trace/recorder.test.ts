import { expect, test } from "vitest";
import { PROGRESS_LIMIT } from "./progress.ts";
import { LOG_LIMIT, POINT_LIMIT, TEXT_LIMIT } from "./message-record.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import type { TracedMessage } from "./types.ts";

const message = { eventType: "MESSAGE", connectionId: "c=", requestId: "r=" } as const;
const invocation = { functionName: "chat", requestId: "i" };

/** Creates a recorder with a manual clock. */
function startRecorder(limit = 500) {
  const time = { now: 10 };
  const recorder = createRecorder({ limit, now: () => time.now, wallClock: () => 1000 });
  const begin = (id: string, text = "{}") =>
    recorder.emit(`Root=${id}`, {
      type: "frame-in",
      text,
      context: { ...message, ...{ secret: "kept out" } },
    });
  return { time, recorder, begin, only: () => recorder.messages()[0] as TracedMessage };
}

function log(recorder: Recorder, event: { logStreamName: string; message: string }): void {
  const written = { author: "function", logGroupName: "group", region: "us-east-1" } as const;
  recorder.emit(undefined, { type: "log", ...written, ...event, timestamp: 0 });
}

test("points have the time since the start of their message, which is found by the root in their header", () => {
  const { time, recorder, begin, only } = startRecorder();
  begin("1-a");
  time.now = 10.25;
  recorder.emit("Root=1-a;Parent=b;Sampled=0", { type: "post-start" });
  expect(only()).toEqual({
    ...message,
    traceId: "1-a",
    startedAt: 1000,
    points: [
      { at: 0, type: "frame-in", text: "{}" },
      { at: 0.25, run: "b", type: "post-start" },
    ],
    droppedPoints: 0,
    settled: false,
    revision: recorder.revision,
  });
});

test("points that do not belong to a message are not recorded", () => {
  const { recorder, begin, only } = startRecorder();
  begin("1-a");
  recorder.emit(undefined, { type: "post-start" });
  recorder.emit("Root=1-b", { type: "post-start" });
  recorder.emit("Self=1-a", { type: "post-start" });
  log(recorder, { logStreamName: "unknown", message: "lost" });
  expect(only().points).toHaveLength(1);
});

test("the oldest message is dropped first, and later points of it are not kept", () => {
  const { recorder, begin } = startRecorder(2);
  for (const id of ["1-a", "1-b", "1-c"]) begin(id);
  recorder.emit("Root=1-a", { type: "post-start" });
  expect(recorder.messages().map(({ traceId }) => traceId)).toEqual(["1-b", "1-c"]);
});

test("a message has a maximum number of points, and counts those that were dropped", () => {
  const { recorder, begin, only } = startRecorder();
  begin("1-a");
  recorder.emit("Root=1-a", {
    type: "environment",
    invocation,
    environment: "stream",
    start: "warm",
  });
  for (let line = 0; line < LOG_LIMIT + 5; line += 1)
    log(recorder, { logStreamName: "stream", message: "line\n" });
  for (let post = 0; post < POINT_LIMIT; post += 1)
    recorder.emit("Root=1-a", { type: "post-start" });
  const logs = only().points.filter(({ type }) => type === "log");
  expect(logs).toHaveLength(LOG_LIMIT);
  expect(logs[0]).toMatchObject({ invocation, message: "line" });
  expect(only().points).toHaveLength(LOG_LIMIT + POINT_LIMIT);
  expect(only().droppedPoints).toBe(5 + 2);
});

test("a long text is cut, and its length is recorded", () => {
  const { begin, only } = startRecorder();
  begin("1-a", "é".repeat(5000));
  expect(only().points[0]).toMatchObject({ text: "é".repeat(TEXT_LIMIT), bytes: 10_000 });
});

test("log lines belong to the run in which they were written", () => {
  const { recorder, begin, only } = startRecorder();
  begin("1-a");
  for (const [run, environment] of ["b", "c"].entries())
    recorder.emit(`Root=1-a;Parent=${run}`, {
      type: "environment",
      invocation,
      environment,
      start: "warm",
    });
  for (const logStreamName of ["c", "b"]) log(recorder, { logStreamName, message: logStreamName });
  const logs = only().points.filter(({ type }) => type === "log");
  expect(logs).toMatchObject([
    { run: "1", message: "c" },
    { run: "0", message: "b" },
  ]);
});

test("log lines belong to the message that their environment is processing", () => {
  const { recorder, begin } = startRecorder();
  for (const id of ["1-a", "1-b"]) {
    begin(id);
    const environment = { environment: "stream", start: "warm" } as const;
    recorder.emit(`Root=${id}`, { type: "environment", invocation, ...environment });
    log(recorder, { logStreamName: "stream", message: `of ${id}` });
  }
  expect(
    recorder.messages().map(({ points }) => points.find(({ type }) => type === "log")),
  ).toMatchObject([{ message: "of 1-a" }, { message: "of 1-b" }]);
});

test("a message is settled when API Gateway, the queue and the functions are done with it", () => {
  const { recorder, begin, only } = startRecorder();
  const settledAfter = (detail: Parameters<typeof recorder.emit>[1], run = "b") => {
    recorder.emit(`Root=1-a;Parent=${run}`, detail);
    return only().settled;
  };
  const start = {
    type: "environment",
    invocation,
    environment: "stream",
    start: "warm",
  } as const;
  const end = {
    type: "function-end",
    invocation,
    environment: "stream",
    outcome: "crash",
    duration: 1,
    memoryUsed: 1,
  } as const;
  begin("1-a");
  expect(only().settled).toBe(false);
  expect(settledAfter({ type: "queued", invocation })).toBe(false);
  expect(settledAfter({ type: "handled", status: 200 })).toBe(false);
  // Lambda can run an event twice.
  expect(settledAfter(start, "c")).toBe(false);
  expect(settledAfter(start, "d")).toBe(false);
  expect(settledAfter(end, "c")).toBe(false);
  expect(settledAfter(end, "d")).toBe(true);
  expect(settledAfter({ type: "retry", invocation, inMilliseconds: 1, reason: "" })).toBe(false);
  expect(settledAfter({ type: "given-up", invocation, condition: "EventAgeExceeded" })).toBe(true);
});

test("a reader that requests changes gets no change twice, also after a restart", () => {
  const { recorder, begin } = startRecorder();
  begin("1-a");
  const { revision } = recorder;
  begin("1-b");
  expect(recorder.messages(revision).map(({ traceId }) => traceId)).toEqual(["1-b"]);
  expect(recorder.messages(recorder.revision)).toEqual([]);
  expect(createRecorder({ wallClock: () => 2000 }).revision).toBeGreaterThan(recorder.revision);
});

test("a frame with the members of an error frame is marked, also if its text is cut", () => {
  const recorder = createRecorder({ errorFrame: { status: "error" } });
  const context = { eventType: "MESSAGE", connectionId: "c", requestId: "r" } as const;
  recorder.emit("Root=1-a", { type: "frame-in", text: '{"status":"error"}', context });
  const long = "x".repeat(2 * TEXT_LIMIT);
  for (const status of ["error", "success"])
    recorder.emit("Root=1-a", { type: "frame-out", text: JSON.stringify({ long, status }) });
  const [message] = recorder.messages();
  expect(message?.points.map((point) => "isError" in point)).toEqual([false, true, false]);
});

const PROGRESS = '{"status":"progress"}';

/** Creates a recorder with a pattern for progress frames, and starts a message. */
function startStream() {
  const time = { now: 0 };
  const patterns = { errorFrame: { status: "error" }, progressFrame: { status: "progress" } };
  const recorder = createRecorder({ ...patterns, now: () => time.now });
  recorder.emit("Root=1-a", { type: "frame-in", text: "{}", context: message });
  const post = (text: string, { run = "b", status = 200, isSent = true } = {}) => {
    const header = `Root=1-a;Parent=${run}`;
    time.now += 1;
    recorder.emit(header, { type: "post-start" });
    if (isSent) recorder.emit(header, { type: "frame-out", text });
    time.now += 1;
    recorder.emit(header, { type: "post-end", status });
  };
  const only = () => recorder.messages()[0] as TracedMessage;
  const types = () => only().points.map(({ type }) => type);
  return { recorder, post, only, types };
}

test("the progress frames of a run are one point, and the reply is another", () => {
  const { post, only, types } = startStream();
  for (const left of [2, 1]) post(`{"status":"progress","left":${left}}`);
  post('{"status":"success"}');
  expect(types()).toEqual(["frame-in", "progress", "post-start", "frame-out", "post-end"]);
  expect(only().points[1]).toEqual({
    at: 1,
    run: "b",
    type: "progress",
    count: 2,
    frames: [
      { at: 1, text: '{"status":"progress","left":2}' },
      { at: 3, text: '{"status":"progress","left":1}' },
    ],
  });
});

test("each progress frame is a change, so that readers get it at once", () => {
  const { recorder, post } = startStream();
  const header = "Root=1-a;Parent=b";
  post(PROGRESS);
  recorder.emit(header, { type: "post-start" });
  const { revision } = recorder;
  recorder.emit(header, { type: "frame-out", text: PROGRESS });
  expect(recorder.messages(revision)).toHaveLength(1);
});

test("a second attempt has its own point", () => {
  const { post, only } = startStream();
  for (const run of ["b", "b", "c"]) post(PROGRESS, { run });
  expect(only().points.slice(1)).toMatchObject([
    { type: "progress", run: "b", count: 2 },
    { type: "progress", run: "c", count: 1 },
  ]);
});

test("a post of a progress frame that fails is kept", () => {
  const { post, only, types } = startStream();
  post(PROGRESS);
  post(PROGRESS, { status: 410, isSent: false });
  post(PROGRESS, { status: 500 });
  const failed = ["post-start", "post-end"];
  expect(types()).toEqual(["frame-in", "progress", ...failed, ...failed]);
  expect(only().points[1]).toMatchObject({ count: 2 });
});

test("the first and the latest of thousands of progress frames are kept, and all are counted", () => {
  const { post, only, types } = startStream();
  for (let number = 0; number < 5000; number += 1)
    post(JSON.stringify({ status: "progress", number }));
  post('{"status":"error"}');
  expect(types()).toEqual(["frame-in", "progress", "post-start", "frame-out", "post-end"]);
  const [, progress, , reply] = only().points;
  if (progress?.type !== "progress") throw new Error("There is no progress.");
  const numbers = progress.frames.map(({ text }) => Number(/\d+/.exec(text)?.[0]));
  const half = Array.from({ length: PROGRESS_LIMIT / 2 }, (_, index) => index);
  expect(progress.count).toBe(5000);
  expect(numbers).toEqual([...half, ...half.map((each) => 5000 - PROGRESS_LIMIT / 2 + each)]);
  expect(reply).toMatchObject({ isError: true });
  expect(only().droppedPoints).toBe(0);
});

test("the text of a long progress frame is cut", () => {
  const { post, only } = startStream();
  const text = JSON.stringify({ long: "x".repeat(2 * TEXT_LIMIT), status: "progress" });
  post(text);
  const frame = { at: 1, text: text.slice(0, TEXT_LIMIT), bytes: text.length };
  expect(only().points[1]).toMatchObject({ frames: [frame] });
});

test("a message with the maximum number of points counts the dropped progress frames", () => {
  const { recorder, post, only, types } = startStream();
  for (let route = 1; route < POINT_LIMIT; route += 1)
    recorder.emit("Root=1-a", { type: "route", routeKey: null });
  for (let frame = 0; frame < 3; frame += 1) post(PROGRESS);
  expect(types()).not.toContain("progress");
  // The count includes the start of each post.
  expect(only().droppedPoints).toBe(6);
});

test("without a pattern, every frame is a reply", () => {
  const recorder = createRecorder();
  recorder.emit("Root=1-a", { type: "frame-in", text: "{}", context: message });
  recorder.emit("Root=1-a", { type: "frame-out", text: PROGRESS });
  expect(recorder.messages()[0]?.points.map(({ type }) => type)).toEqual(["frame-in", "frame-out"]);
});

test("stacks and log lines have the positions that the application maps them to", () => {
  const mapStack = (text: string) => text.replaceAll("index.js:1:2", "source.ts:3:4");
  const recorder = createRecorder({ mapStack });
  const header = "Root=1-a;Parent=b";
  const environment = "stream";
  recorder.emit(header, { type: "frame-in", text: "{}", context: message });
  recorder.emit(header, { type: "environment", invocation, environment, start: "warm" });
  log(recorder, { logStreamName: environment, message: "at run (index.js:1:2)" });
  recorder.emit(header, {
    type: "function-end",
    invocation,
    environment,
    outcome: "error",
    errorType: "Error",
    errorMessage: "no",
    stackTrace: ["Error: no", ...Array.from({ length: 50 }, () => "    at run (index.js:1:2)")],
    duration: 1,
    memoryUsed: 1,
  });
  const [line, end] = (recorder.messages()[0]?.points ?? []).slice(-2);
  expect(line).toMatchObject({ message: "at run (source.ts:3:4)" });
  expect(end).toMatchObject({
    errorMessage: "no",
    stackTrace: Array.from({ length: 10 }, () => "at run (source.ts:3:4)"),
  });
});
