import { inspect } from "node:util";
import { beforeEach, expect, test, vi } from "vitest";
import { startRecordingServer } from "../../shared/testing.ts";

/** A fake Lambda and API Gateway on one port, so that the handler uses its real SDK clients. */
let invokeStatus = 202;
let postStatus = 200;
const { endpoint, calls } = await startRecordingServer((path, response) => {
  response.writeHead(path.includes("/invocations") ? invokeStatus : postStatus).end();
});

vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
vi.stubEnv("AWS_REGION", "us-east-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
vi.stubEnv("MANAGEMENT_ENDPOINT", `${endpoint}/stage`);
vi.stubEnv("PROCESSOR_FUNCTION_NAME", "the-processor");
vi.stubEnv("ALLOWED_ORIGINS", "https://example.com, https://example.org");
const { handler } = await import("./index.ts");

/** The lines that the handler has logged, each with its level. */
const lines: { level: string; [member: string]: unknown }[] = [];
for (const level of ["error", "warn", "info"] as const)
  vi.spyOn(console, level).mockImplementation((line: object) => lines.push({ level, ...line }));

beforeEach(() => {
  calls.length = 0;
  lines.length = 0;
  invokeStatus = 202;
  postStatus = 200;
});

const requestContext = { connectionId: "c=", requestId: "gateway" };
type Event = Parameters<typeof handler>[0];
const context = {} as Parameters<typeof handler>[1];
const receive = (body: string, authorizer?: Record<string, string>) => {
  const ofMessage = { ...requestContext, routeKey: "$default", ...(authorizer && { authorizer }) };
  const event: unknown = { requestContext: ofMessage, body, isBase64Encoded: false };
  return handler(event as Event, context);
};
const open = (multiValueHeaders: Record<string, string[]>) => {
  const event: unknown = {
    requestContext: { ...requestContext, routeKey: "$connect" },
    multiValueHeaders,
  };
  return handler(event as Event, context);
};

test("the processor gets the request with its connection id, and no other key of the message", async () => {
  await receive('{"action":"echo","data":[1],"requestId":"mine","connectionId":"stolen","x":1}');
  expect(calls).toEqual([
    {
      method: "POST",
      path: "/2015-03-31/functions/the-processor/invocations",
      body: '{"connectionId":"c=","requestId":"mine","action":"echo","data":[1]}',
    },
  ]);
  expect(lines).toEqual([
    { level: "info", event: "processor invoked", connectionId: "c=", requestId: "mine" },
  ]);
});

test("the processor gets the subject and the claims of the token", async () => {
  const claims = JSON.stringify({ scope: "read", groups: ["a", "b"] });
  const exp = String(Math.floor(Date.now() / 1000) + 60);
  await receive('{"action":"echo","requestId":"mine"}', { principalId: "ada", exp, claims });
  expect(calls.map(({ body }) => body)).toEqual([
    '{"connectionId":"c=","requestId":"mine","subject":"ada","claims":{"scope":"read","groups":["a","b"]},"action":"echo"}',
  ]);
});

test("a ping gets a reply without the processor, and is not logged", async () => {
  expect(await receive('{"action":"ping","data":1,"requestId":"mine"}')).toEqual({
    statusCode: 200,
  });
  expect(calls).toEqual([
    {
      method: "POST",
      path: "/stage/@connections/c=",
      body: '{"action":"ping","status":"success","requestId":"mine"}',
    },
  ]);
  expect(lines).toEqual([]);
});

test.for<[string, string | null, string]>([
  ["a request", "echo", '{"action":"echo","requestId":"mine"}'],
  ["a ping", "ping", '{"action":"ping","requestId":"mine"}'],
  ["a message without an action", null, '{"requestId":"mine"}'],
])("%s with an expired token gets TOKEN_EXPIRED, and is disconnected", async ([, action, body]) => {
  const exp = String(Math.floor(Date.now() / 1000) - 6);
  expect(await receive(body, { principalId: "ada", exp })).toEqual({ statusCode: 200 });
  expect(calls).toEqual([
    {
      method: "POST",
      path: "/stage/@connections/c=",
      body: JSON.stringify({
        action,
        status: "error",
        error: {
          code: "TOKEN_EXPIRED",
          message: "The token has expired. Connect again with a new one.",
        },
        requestId: "mine",
      }),
    },
    { method: "DELETE", path: "/stage/@connections/c=", body: "" },
  ]);
  const ids = { connectionId: "c=", requestId: "mine" };
  const code = "TOKEN_EXPIRED";
  expect(lines).toEqual([
    { level: "info", event: "message rejected", ...ids, code, outcome: "delivered" },
  ]);
});

test("an expired token is no error if the client has already disconnected", async () => {
  postStatus = 410;
  const authorizer = { principalId: "ada", exp: "1" };
  expect(await receive('{"action":"echo"}', authorizer)).toEqual({ statusCode: 200 });
  expect(calls.map(({ method }) => method)).toEqual(["POST", "DELETE"]);
});

test("a clock difference of five seconds is tolerated", async () => {
  const exp = String(Math.floor(Date.now() / 1000) - 3);
  await receive('{"action":"echo"}', { principalId: "ada", exp });
  expect(calls.map(({ path }) => path)).toEqual([
    "/2015-03-31/functions/the-processor/invocations",
  ]);
});

test("a message without a requestId gets API Gateway's own", async () => {
  expect(await receive('{"action":"echo"}')).toEqual({ statusCode: 200 });
  await receive("{}");
  expect(calls.map(({ body }) => JSON.parse(body))).toEqual([
    { connectionId: "c=", requestId: "gateway", action: "echo" },
    {
      action: null,
      status: "error",
      error: { code: "INVALID_REQUEST", message: "action is required" },
      requestId: "gateway",
    },
  ]);
});

test.for<[string, string, string]>([
  ["INVALID_JSON", "The message is not valid JSON.", '{"secret"'],
  ["INVALID_REQUEST", "the message must be an object", '"secret"'],
  ["INVALID_REQUEST", 'The key "__proto__" is not allowed.', '{"__proto__":{"secret":1}}'],
])(
  "a rejected message gets %s (%s), and its content is not logged",
  async ([code, message, body]) => {
    expect(await receive(body)).toEqual({ statusCode: 200 });
    expect(calls.map(({ body }) => JSON.parse(body).error)).toEqual([{ code, message }]);
    const ids = { connectionId: "c=", requestId: "gateway" };
    expect(lines).toEqual([
      { level: "info", event: "message rejected", ...ids, code, outcome: "delivered" },
    ]);
  },
);

test("the start and the end of a connection are logged with only the subject and the close code", async () => {
  const authorizer = { principalId: "ada" };
  const context = { connectionId: "c=", requestId: "gateway", authorizer };
  const handle = (requestContext: object) => {
    const event: unknown = { requestContext: { ...context, ...requestContext } };
    return handler(event as Event, {} as Parameters<typeof handler>[1]);
  };
  expect(await handle({ routeKey: "$connect" })).toEqual({ statusCode: 200 });
  const closing = { disconnectStatusCode: 1001, disconnectReason: "secret" };
  expect(await handle({ routeKey: "$disconnect", ...closing })).toEqual({ statusCode: 200 });
  const ids = { connectionId: "c=", requestId: "gateway" };
  expect(lines).toEqual([
    { level: "info", event: "connected", ...ids, subject: "ada" },
    { level: "info", event: "disconnected", ...ids, code: 1001 },
  ]);
});

test("if the Invoke fails, the client gets UNAVAILABLE and the cause is logged", async () => {
  invokeStatus = 500;
  await receive('{"action":"echo","requestId":"mine"}');
  expect(calls.map(({ path }) => path)).toEqual([
    ...Array.from({ length: 3 }, () => "/2015-03-31/functions/the-processor/invocations"),
    "/stage/@connections/c=",
  ]);
  expect(JSON.parse(calls.at(-1)?.body ?? "")).toEqual({
    action: "echo",
    status: "error",
    error: {
      code: "UNAVAILABLE",
      message: "The processor is unavailable. Try again later.",
    },
    requestId: "mine",
  });
  expect(lines).toEqual([
    {
      level: "error",
      event: "message rejected",
      connectionId: "c=",
      requestId: "mine",
      code: "UNAVAILABLE",
      outcome: "delivered",
      error: expect.objectContaining({
        $metadata: expect.objectContaining({ httpStatusCode: 500 }),
      }),
    },
  ]);
});

test("if an error frame can't be posted, the function fails", async () => {
  postStatus = 403;
  await expect(receive("nonsense")).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
});

test("the error of a failed rejection contains nothing of the message", async () => {
  postStatus = 403;
  const messages = ["secret", '{"secret":1}', '{"__proto__":{"secret":1}}', '{"action":"secret'];
  for (const message of messages) {
    const error: unknown = await receive(message).catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain("secret");
  }
});

test("data of 999 levels reaches the processor unchanged", async () => {
  const data = "[".repeat(999) + "]".repeat(999);
  await receive(`{"action":"echo","data":${data}}`);
  expect(calls[0]?.body).toContain(`"data":${data}`);
});

test("an error frame for a client that has disconnected is not a failure", async () => {
  postStatus = 410;
  await expect(receive("nonsense")).resolves.toEqual({ statusCode: 200 });
});

test("a failure record makes the handler post PROCESSING_FAILED to the job's connection", async () => {
  const record = {
    requestContext: { requestId: "i", condition: "RetriesExhausted", approximateInvokeCount: 1 },
    requestPayload: { connectionId: "c=", requestId: "mine", action: "echo" },
  } as const;
  await handler(record, {} as Parameters<typeof handler>[1]);
  expect(calls).toEqual([
    {
      method: "POST",
      path: "/stage/@connections/c=",
      body: '{"action":"echo","status":"error","error":{"code":"PROCESSING_FAILED","message":"The request could not be processed."},"requestId":"mine"}',
    },
  ]);
  expect(lines).toEqual([
    {
      level: "warn",
      event: "processing failed",
      connectionId: "c=",
      requestId: "mine",
      code: "PROCESSING_FAILED",
      outcome: "delivered",
      invocationId: "i",
      condition: "RetriesExhausted",
      approximateInvokeCount: 1,
    },
  ]);
});

test.for<[object | null | undefined, string]>([
  [{ errorType: "TimedOut", errorMessage: "The action was stopped." }, "TIMED_OUT"],
  [{ errorType: "Sandbox.Timedout", errorMessage: "Task timed out." }, "PROCESSING_FAILED"],
  [{ errorMessage: "Task timed out." }, "PROCESSING_FAILED"],
  [null, "PROCESSING_FAILED"],
])("a failure record with the response %j becomes %s", async ([responsePayload, code]) => {
  const record = {
    requestContext: { requestId: "i", condition: "RetriesExhausted", approximateInvokeCount: 1 },
    requestPayload: { connectionId: "c=", requestId: "mine", action: "echo" },
    responsePayload,
  } as Event;
  await handler(record, context);
  expect(calls.map(({ body }) => JSON.parse(body))).toEqual([
    expect.objectContaining({ error: expect.objectContaining({ code }), requestId: "mine" }),
  ]);
});

test("a failure record without a job is logged, and no frame is posted", async () => {
  const record = {
    requestContext: { requestId: "i", condition: "RetriesExhausted", approximateInvokeCount: 1 },
    requestPayload: "by hand",
  } as const;
  await handler(record, {} as Parameters<typeof handler>[1]);
  expect(calls).toEqual([]);
  expect(lines).toEqual([
    {
      level: "error",
      event: "failure record without a job",
      invocationId: "i",
      condition: "RetriesExhausted",
      approximateInvokeCount: 1,
    },
  ]);
});

test("browsers may connect only from an allowed origin, and other clients always", async () => {
  expect(await open({ Origin: ["https://example.org"] })).toMatchObject({ statusCode: 200 });
  expect(await open({})).toMatchObject({ statusCode: 200 });
  expect(await open({ Origin: ["https://evil.example"] })).toMatchObject({ statusCode: 403 });
  lines.length = 0;
  expect(await open({ Origin: ["https://example.com.evil.example"] })).toEqual({
    statusCode: 403,
    body: '{"message":"Origin not allowed"}',
  });
  expect(lines).toEqual([
    {
      level: "warn",
      event: "connection refused",
      connectionId: "c=",
      requestId: "gateway",
      reason: "OriginNotAllowed",
    },
  ]);
});

test("the job has the subject that the authorizer returned, and not one from the message", async () => {
  await receive('{"action":"echo","requestId":"mine","subject":"eve"}', { principalId: "ada" });
  expect(calls.map(({ body }) => body)).toEqual([
    '{"connectionId":"c=","requestId":"mine","subject":"ada","action":"echo"}',
  ]);
});

test("the handler selects websocket-lambda, and no other subprotocol that a client offers", async () => {
  const protocols = (...offered: string[]) => open({ "Sec-WebSocket-Protocol": offered });
  const ours = { statusCode: 200, headers: { "Sec-WebSocket-Protocol": "websocket-lambda" } };
  expect(await protocols("websocket-lambda, a.b.c")).toEqual(ours);
  expect(await protocols("a.b.c", "websocket-lambda")).toEqual(ours);
  expect(await protocols("a.b.c")).toEqual({ statusCode: 200 });
});

test("the payload of a job contains no character that SQS rejects, and its value is unchanged", async () => {
  // The commas separate surrogates, which would otherwise form pairs.
  const all = Array.from({ length: 0x10000 }, (_, code) => `${String.fromCharCode(code)},`);
  const samples = [all.slice(0, 5000), all.slice(-12_000)].map((list) => list.join(""));
  for (const data of samples) await receive(JSON.stringify({ action: "echo", data }));
  for (const { body } of calls)
    expect(body).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u);
  expect(calls.map(({ body }) => JSON.parse(body).data)).toEqual(samples);
});

test("a job that is too large for the dead-letter queue is rejected even if the message was small", async () => {
  const numbers = `[${Array.from({ length: 25_000 }, () => "1e20").join(",")}]`;
  await receive(`{"action":"echo","requestId":"mine","data":${numbers}}`);
  expect(calls.map(({ path }) => path)).toEqual(["/stage/@connections/c="]);
  expect(JSON.parse(calls[0]?.body ?? "")).toMatchObject({
    action: "echo",
    requestId: "mine",
    error: {
      code: "INVALID_REQUEST",
      message: "The message is over 256,000 bytes after the server has encoded it as JSON again.",
    },
  });
});
