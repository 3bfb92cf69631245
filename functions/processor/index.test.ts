import { setTimeout } from "node:timers/promises";
import * as v from "valibot";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { isReplyNotPosted } from "../../shared/reply-not-posted.ts";
import { startRecordingServer } from "../../shared/testing.ts";
import { type Action, defineAction } from "./action.ts";

/** A fake API Gateway, so that the handler uses its real SDK client. */
let status = 200;
/** The number of requests that succeed before the server responds with `status`. */
let successes = 0;
const { endpoint, calls } = await startRecordingServer((_path, response) => {
  response.writeHead(calls.length <= successes ? 200 : status).end();
});

vi.stubEnv("AWS_REGION", "us-east-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
vi.stubEnv("MANAGEMENT_ENDPOINT", `${endpoint}/stage`);
const { actions } = await import("./actions/index.ts");
const { handler } = await import("./index.ts");

/** The function's timeout in milliseconds. */
let time = 30_000;
const run = (event: unknown) => {
  const end = Date.now() + time;
  const getRemainingTimeInMillis = () => end - Date.now();
  const context = { awsRequestId: "invocation", getRemainingTimeInMillis };
  return handler(event, context as Parameters<typeof handler>[1]);
};

const log = vi.spyOn(console, "info").mockImplementation(() => {});
const logError = vi.spyOn(console, "error").mockImplementation(() => {});
beforeEach(() => {
  calls.length = 0;
  log.mockClear();
  logError.mockClear();
  status = 200;
  successes = 0;
  time = 30_000;
});

/** Adds an action for one test. */
function addAction(run: Action["run"]): void {
  Object.assign(actions, { added: defineAction({ input: v.unknown(), run }) });
  onTestFinished(() => {
    delete (actions as Partial<Record<string, Action>>)["added"];
  });
}

const job = { connectionId: "c=", requestId: "mine", subject: "ada", action: "uppercase" };

/** Milliseconds with at most one decimal. */
const duration: unknown = expect.toSatisfy(
  (value: unknown) => typeof value === "number" && value >= 0 && /^\d+(\.\d)?$/.test(`${value}`),
);
const line = {
  event: "reply posted",
  connectionId: "c=",
  requestId: "mine",
  subject: "ada",
  action: "uppercase",
  durationMs: duration,
  code: undefined,
  progress: undefined,
};

test("the result of a job is posted to its connection, and logged without the data", async () => {
  await run({ ...job, data: { text: "hello" } });
  expect(calls).toEqual([
    {
      method: "POST",
      path: "/stage/@connections/c=",
      body: '{"action":"uppercase","status":"success","result":"HELLO","requestId":"mine"}',
    },
  ]);
  expect(log.mock.calls).toEqual([[{ ...line, outcome: "delivered" }]]);
});

test("a job with invalid data gets an error frame, and its code is logged", async () => {
  status = 410;
  await run({ ...job, data: {} });
  expect(calls.map(({ body }) => JSON.parse(body))).toEqual([
    {
      action: "uppercase",
      status: "error",
      error: { code: "INVALID_DATA", message: "data.text is required" },
      requestId: "mine",
    },
  ]);
  expect(log.mock.calls).toEqual([[{ ...line, outcome: "gone", code: "INVALID_DATA" }]]);
});

test("a client that has disconnected does not fail the job", async () => {
  status = 410;
  await run({ ...job, data: { text: "hello" } });
  expect(calls).toHaveLength(1);
  expect(log.mock.calls).toEqual([[{ ...line, outcome: "gone" }]]);
  expect(logError).not.toHaveBeenCalled();
});

test("the keys of a line are in the order in which docs/operations.md lists them", async () => {
  addAction(async function* count() {
    yield 1;
  });
  await run({ ...job, action: "added" });
  const [logged]: unknown[] = log.mock.calls[0] ?? [];
  const text = JSON.stringify(logged);
  expect(Object.keys(JSON.parse(text))).toEqual([
    "event",
    "connectionId",
    "requestId",
    "subject",
    "action",
    "durationMs",
    "outcome",
    "progress",
  ]);
});

test("the duration in the log is the time until the reply is posted", async () => {
  addAction(async () => await setTimeout(50, "done"));
  const start = performance.now();
  await run({ ...job, action: "added" });
  const [logged] = log.mock.calls[0] ?? [];
  expect(logged.durationMs).toBeGreaterThanOrEqual(49);
  expect(logged.durationMs).toBeLessThanOrEqual(performance.now() - start + 0.1);
});

test("the name of an unknown action, which is client data, is not logged", async () => {
  await run({ ...job, action: "secret" });
  const unknown = { ...line, action: undefined, code: "UNKNOWN_ACTION" };
  expect(log.mock.calls).toEqual([[{ ...unknown, outcome: "delivered" }]]);
});

test("a result that is too large for its client is logged with the code that the client got", async () => {
  status = 413;
  await run({ ...job, data: { text: "hello" } });
  expect(log.mock.calls).toEqual([[{ ...line, outcome: "too large", code: "RESULT_TOO_LARGE" }]]);
});

test.for([403, 500])(
  "if API Gateway refuses a reply with %i, the job fails with ReplyNotPosted, and the error is logged",
  async (postStatus) => {
    status = postStatus;
    const thrown: unknown = await run({ ...job, data: { text: "secret" } }).catch(
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject({
      name: "ReplyNotPosted",
      message: expect.toSatisfy(isReplyNotPosted),
      cause: { $metadata: { httpStatusCode: postStatus } },
    });
    const { cause } = thrown as Error;
    const ids = { connectionId: "c=", requestId: "mine", action: "uppercase" };
    expect(logError.mock.calls).toEqual([
      [{ event: "reply not posted", ...ids, code: undefined, error: cause }],
    ]);
    expect(log).not.toHaveBeenCalled();
  },
);

test("if an error frame can't be posted, the job fails but may run again", async () => {
  status = 403;
  const thrown: unknown = await run({ ...job, action: "nonsense" }).catch(
    (error: unknown) => error,
  );
  expect(thrown).toMatchObject({
    $metadata: { httpStatusCode: 403 },
    message: expect.not.toSatisfy(isReplyNotPosted),
  });
  const ids = { connectionId: "c=", requestId: "mine", action: undefined };
  expect(logError.mock.calls).toEqual([
    [{ event: "reply not posted", ...ids, code: "UNKNOWN_ACTION", error: thrown }],
  ]);
});

test.for<[string, unknown]>([
  ["The event is not a job.", "secret"],
  ["The event is not a job: connectionId is missing or not valid.", { secret: "secret" }],
  [
    "The event is not a job: requestId is missing or not valid.",
    { ...job, requestId: { secret: 1 } },
  ],
])(
  "an event that is not a job is refused with a message without its data: %s",
  async ([message, event]) => {
    await expect(run(event)).rejects.toThrow(new TypeError(message));
    expect(calls).toEqual([]);
  },
);

const streaming = { ...job, action: "added" };
const addedLine = { ...line, action: "added" };

test("the values that an action yields are posted before the result, numbered and in order", async () => {
  addAction(async function* count() {
    yield { left: 1 };
    yield undefined;
    return "done";
  });
  await run(streaming);
  expect(calls.map(({ body }) => body)).toEqual([
    '{"action":"added","status":"progress","progress":{"left":1},"sequence":0,"requestId":"mine"}',
    '{"action":"added","status":"progress","sequence":1,"requestId":"mine"}',
    '{"action":"added","status":"success","result":"done","requestId":"mine"}',
  ]);
  expect(log.mock.calls).toEqual([[{ ...addedLine, outcome: "delivered", progress: 2 }]]);
});

test("an action is stopped when its client disconnects, and the outcome is gone", async () => {
  const ends: string[] = [];
  addAction(async function* count(_data, { signal }) {
    try {
      for (let left = 100; left > 0; left -= 1) yield { left };
      ends.push("all");
    } finally {
      ends.push(String(signal.reason));
    }
  });
  successes = 3;
  status = 410;
  await run(streaming);
  expect(calls).toHaveLength(4);
  expect(ends).toEqual(["ClientGone: The client has disconnected."]);
  expect(log.mock.calls).toEqual([[{ ...addedLine, outcome: "gone", progress: 3 }]]);
  expect(logError).not.toHaveBeenCalled();
});

test("the signal of a waiting action aborts as soon as a post finds that the client is gone", async () => {
  addAction(async function* wait(_data, { signal }) {
    yield 1;
    yield 2;
    await setTimeout(20_000, undefined, { signal });
  });
  successes = 1;
  status = 410;
  await run(streaming);
  expect(calls).toHaveLength(2);
  expect(log.mock.calls).toEqual([[{ ...addedLine, outcome: "gone", progress: 1 }]]);
});

test("an action that yields nothing for a while is also stopped when its client has disconnected", async () => {
  addAction(async (_data, { signal }) => await setTimeout(20_000, undefined, { signal }));
  status = 410;
  await run(streaming);
  expect(calls).toEqual([{ method: "GET", path: "/stage/@connections/c=", body: "" }]);
  expect(log.mock.calls).toEqual([[{ ...addedLine, outcome: "gone" }]]);
});

test("a failed check of the connection does not stop the action", async () => {
  addAction(async (_data, { signal }) => await setTimeout(5500, "done", { signal }));
  status = 403;
  const running = run(streaming);
  await expect.poll(() => calls.length).toBe(1);
  status = 200;
  await running;
  expect(calls.map(({ method }) => method)).toEqual(["GET", "POST"]);
  expect(log.mock.calls).toEqual([[{ ...addedLine, outcome: "delivered" }]]);
});

test("a value over 128 KB ends the request with RESULT_TOO_LARGE, after the action has ended", async () => {
  let hasEnded = false;
  addAction(async function* large() {
    try {
      yield "small";
      yield "large";
      yield "never posted";
    } finally {
      hasEnded = true;
    }
  });
  successes = 1;
  status = 413;
  await run(streaming);
  expect(hasEnded).toBe(true);
  expect(JSON.parse(calls.at(-1)?.body ?? "")).toMatchObject({
    error: { code: "RESULT_TOO_LARGE" },
  });
});

test("an action that stops when its signal aborts at the time limit fails with TimedOut", async () => {
  time = 200;
  addAction(async (_data, { signal }) => await setTimeout(20_000, undefined, { signal }));
  const thrown: unknown = await run(streaming).catch((error: unknown) => error);
  expect(thrown).toMatchObject({
    name: "TimedOut",
    message: "The action was stopped shortly before the function's timeout.",
    cause: { name: "AbortError" },
  });
  expect(calls).toEqual([]);
});

test("the result of an action that returns after the abort at the time limit is posted", async () => {
  time = 200;
  addAction(async (_data, { signal }) => {
    await setTimeout(20_000, undefined, { signal }).catch(() => {});
    return "half";
  });
  await run(streaming);
  expect(calls.map(({ body }) => JSON.parse(body))).toMatchObject([{ result: "half" }]);
});

test("an action that yields forever is stopped at the time limit", async () => {
  time = 200;
  addAction(async function* forever() {
    for (;;) yield await setTimeout(5);
  });
  await expect(run(streaming)).rejects.toMatchObject({ name: "TimedOut" });
});

test("a failed post stops the action and fails the job, which may run again", async () => {
  let hasEnded = false;
  addAction(async function* count() {
    try {
      yield 1;
      yield 2;
    } finally {
      hasEnded = true;
    }
  });
  status = 403;
  const thrown: unknown = await run(streaming).catch((error: unknown) => error);
  expect(thrown).toMatchObject({
    $metadata: { httpStatusCode: 403 },
    message: expect.not.toSatisfy(isReplyNotPosted),
  });
  expect(hasEnded).toBe(true);
});

test("the signal of a waiting action aborts as soon as a post fails", async () => {
  addAction(async function* wait(_data, { signal }) {
    yield 1n;
    await setTimeout(20_000, undefined, { signal });
  });
  await expect(run(streaming)).rejects.toThrow(/serialize a BigInt/);
  expect(calls).toEqual([]);
});

test("an error after some values fails the job, and no further frame is posted", async () => {
  addAction(async function* broken() {
    yield 1;
    throw new RangeError("planted");
  });
  await expect(run(streaming)).rejects.toThrow(RangeError);
  expect(calls.map(({ body }) => JSON.parse(body))).toMatchObject([{ sequence: 0 }]);
});
