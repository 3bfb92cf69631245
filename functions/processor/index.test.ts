import { beforeEach, expect, test, vi } from "vitest";
import { isReplyNotPosted } from "../../shared/reply-not-posted.ts";
import { startRecordingServer } from "../../shared/testing.ts";

/** Stands for API Gateway, so that the handler's real SDK client is used. */
let status = 200;
const { endpoint, calls } = await startRecordingServer((_path, response) => {
  response.writeHead(status).end();
});

vi.stubEnv("AWS_REGION", "us-east-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
vi.stubEnv("MANAGEMENT_ENDPOINT", `${endpoint}/stage`);
const { handler } = await import("./index.ts");

const context = {
  awsRequestId: "invocation",
  getRemainingTimeInMillis: () => 30_000,
} as Parameters<typeof handler>[1];
const run = (event: unknown) => handler(event, context);

const log = vi.spyOn(console, "info").mockImplementation(() => {});
const logError = vi.spyOn(console, "error").mockImplementation(() => {});
beforeEach(() => {
  calls.length = 0;
  log.mockClear();
  logError.mockClear();
  status = 200;
});

const job = { connectionId: "c=", requestId: "mine", subject: "ada", action: "uppercase" };
const line = { event: "reply posted", connectionId: "c=", requestId: "mine", subject: "ada" };

test("the result of a job is posted to its connection, and logged without the data", async () => {
  await run({ ...job, data: { text: "hello" } });
  expect(calls).toEqual([
    {
      path: "/stage/@connections/c=",
      body: '{"action":"uppercase","status":"success","result":"HELLO","requestId":"mine"}',
    },
  ]);
  expect(log.mock.calls).toEqual([[{ ...line, outcome: "delivered", code: undefined }]]);
});

test("a job with wrong data is answered with an error frame, and its code is logged", async () => {
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
  expect(log.mock.calls).toEqual([[{ ...line, outcome: "gone", code: undefined }]]);
  expect(logError).not.toHaveBeenCalled();
});

test.for([403, 500])(
  "a job whose reply is refused with %i fails as one that ran, and is logged as such",
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

test("a job whose action did not run may run again, although its error frame was not posted", async () => {
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
])("an event that is no job is refused without its data: %s", async ([message, event]) => {
  await expect(run(event)).rejects.toThrow(new TypeError(message));
  expect(calls).toEqual([]);
});
