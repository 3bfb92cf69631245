import { beforeEach, expect, test, vi } from "vitest";
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

const log = vi.spyOn(console, "info").mockImplementation(() => {});
beforeEach(() => {
  calls.length = 0;
  log.mockClear();
  status = 200;
});

const job = { connectionId: "c=", requestId: "mine", subject: "ada", action: "uppercase" };
const line = { event: "reply posted", connectionId: "c=", requestId: "mine", subject: "ada" };

test("the result of a job is posted to its connection, and logged without the data", async () => {
  await handler({ ...job, data: { text: "hello" } });
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
  await handler({ ...job, data: {} });
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

test("a reply that is refused fails the invocation", async () => {
  status = 403;
  await expect(handler({ ...job, data: { text: "" } })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
  expect(log).not.toHaveBeenCalled();
});

test.for<[string, unknown]>([
  ["The event is not a job.", "secret"],
  ["The event is not a job: connectionId is missing or wrong.", { secret: "secret" }],
  ["The event is not a job: requestId is missing or wrong.", { ...job, requestId: { secret: 1 } }],
])("an event that is no job is refused without its data: %s", async ([message, event]) => {
  await expect(handler(event)).rejects.toThrow(new TypeError(message));
  expect(calls).toEqual([]);
});
