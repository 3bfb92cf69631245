import { expect } from "vitest";
import type { Behavior } from "./behavior.ts";
import { startOwnProbe } from "./probe.ts";
import { captured, documented, modelled, reported, snapshots } from "./sources.ts";

const EVENT = { "X-Amz-Invocation-Type": "Event" };
const TAIL = { "X-Amz-Log-Type": "Tail" };
const OTHER_CODE = "local: the deployed functions don't do this";

/** An event that the deployed websocket-handler handles as a connect, without any effect. */
const CONNECT = {
  requestContext: { routeKey: "$connect", connectionId: "none", requestId: "none" },
};
const EVENT_LIMIT = 1_048_576;
const REQUEST_LIMIT = 6_291_456;
const RESPONSE_LIMIT = 6_291_556;

/** Returns JSON of this number of bytes. */
const payloadOf = (length: number) => `{"a":"${"x".repeat(length - 8)}"}`;

const tailOf = (headers: Headers) =>
  Buffer.from(headers.get("x-amz-log-result") ?? "", "base64").toString();

const errorTypeOf = (headers: Headers) => headers.get("x-amzn-errortype");

/** A failure of a function with an error message of Lambda. */
const failing = (row: {
  what: string;
  run: string;
  source: string;
  basis: Behavior["basis"];
  functionName?: "processor";
  payload: (requestId: string) => object;
}): Behavior => ({
  behavior: row.what,
  basis: row.basis,
  source: row.source,
  only: OTHER_CODE,
  check: async ({ probe }) => {
    const { functionName = "websocket-handler" } = row;
    const { status, headers, body } = await probe.run(row.run, { functionName });
    expect(status).toBe(200);
    expect(headers.get("x-amz-function-error")).toBe("Unhandled");
    expect(JSON.parse(body)).toEqual(row.payload(headers.get("x-amzn-requestid") ?? ""));
  },
});

const refusesInvalidJson = (type: string): Behavior => ({
  behavior: `an Invoke of the type ${type} whose payload is not JSON gets 400`,
  basis: "capture",
  source: captured.eventEdges,
  check: async ({ stack }) => {
    const headers = { "X-Amz-Invocation-Type": type };
    const response = await stack.invoke("websocket-handler", "{no JSON", headers);
    expect(response.status).toBe(400);
    expect(errorTypeOf(response.headers)).toBe("InvalidRequestContentException");
    expect(JSON.parse(response.body)).toMatchObject({
      Type: "User",
      message: expect.stringMatching(
        /^Could not parse request body into json: Could not parse payload into json: /,
      ),
    });
  },
});

/** Requests to Invoke and their responses, as they are sent. */
export const invoking: Behavior[] = [
  {
    behavior: "a synchronous Invoke gets 200 with the result and the version that ran",
    basis: "documentation",
    source: documented.invoke,
    check: async ({ stack }) => {
      const { status, headers, body } = await stack.invoke("websocket-handler", CONNECT);
      expect(status).toBe(200);
      expect(body).toBe('{"statusCode":200}');
      expect(headers.get("content-type")).toBe("application/json");
      expect(headers.get("x-amz-executed-version")).toBe("$LATEST");
      expect(headers.get("x-amz-function-error")).toBeNull();
      expect(headers.get("x-amz-log-result")).toBeNull();
    },
  },
  {
    behavior: "the ID of a synchronous Invoke is the one in the function's log",
    basis: "capture",
    source: captured.logs,
    check: async ({ stack }) => {
      const { headers } = await stack.invoke("websocket-handler", CONNECT);
      const requestId = headers.get("x-amzn-requestid") ?? "";
      const [line] = await stack.logged(
        "websocket-handler",
        `{ $.record.requestId = "${requestId}" }`,
      );
      expect(JSON.parse(line?.message ?? "")).toMatchObject({ record: { requestId } });
    },
  },
  {
    behavior: "a function that returns nothing has the result null",
    basis: "model",
    source: modelled.runtimeExit,
    only: OTHER_CODE,
    check: async ({ probe }) => {
      expect(await probe.run("return undefined")).toMatchObject({ status: 200, body: "null" });
    },
  },
  {
    behavior: "an asynchronous Invoke gets 202 with an empty body",
    basis: "capture",
    source: captured.events,
    check: async ({ stack }) => {
      const { status, headers, body } = await stack.invoke("websocket-handler", CONNECT, EVENT);
      expect({ status, body }).toEqual({ status: 202, body: "" });
      expect(headers.get("content-length")).toBe("0");
      expect(headers.get("x-amz-executed-version")).toBeNull();
    },
  },
  {
    behavior: "the ID of an asynchronous Invoke is the one in the function's log",
    basis: "capture",
    source: captured.events,
    check: async ({ stack }) => {
      const { headers } = await stack.invoke("websocket-handler", CONNECT, EVENT);
      const requestId = headers.get("x-amzn-requestid") ?? "";
      const lines = await stack.logged(
        "websocket-handler",
        `{ $.record.requestId = "${requestId}" }`,
      );
      expect(lines.length).toBeGreaterThan(0);
    },
  },
  {
    behavior: "a dry run gets 204 and runs nothing",
    basis: "documentation",
    source: documented.invoke,
    check: async ({ stack }) => {
      const headers = { "X-Amz-Invocation-Type": "DryRun" };
      const response = await stack.invoke("websocket-handler", { no: "event" }, headers);
      expect(response).toMatchObject({ status: 204, body: "" });
      expect(response.headers.get("x-amz-function-error")).toBeNull();
    },
  },
  {
    behavior: "an error of the function gets 200 with its name, its message and its stack",
    basis: "model",
    source: modelled.runtimeErrors,
    check: async ({ stack }) => {
      const { status, headers, body } = await stack.invoke("processor", { no: "job" });
      expect(status).toBe(200);
      expect(headers.get("x-amz-function-error")).toBe("Unhandled");
      expect(headers.get("x-amz-executed-version")).toBe("$LATEST");
      const payload = JSON.parse(body);
      expect(Object.keys(payload)).toEqual(["errorType", "errorMessage", "trace"]);
      expect(payload).toMatchObject({ errorType: "TypeError" });
      expect(payload.trace[0]).toBe(`TypeError: ${payload.errorMessage}`);
      expect(payload.trace[1]).toMatch(/^ {4}at /);
    },
  },
  failing({
    what: "a thrown value that is not an error has its type, its text and no stack",
    run: `throw "no"`,
    basis: "model",
    source: modelled.runtimeErrors,
    payload: () => ({ errorType: "string", errorMessage: "no", trace: [] }),
  }),
  failing({
    what: "a function that times out fails with its timeout in the message",
    run: "await new Promise((resolve) => setTimeout(resolve, 60_000))",
    functionName: "processor",
    basis: "model",
    source: modelled.emulator,
    payload: (requestId) => ({
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`,
    }),
  }),
  failing({
    what: "a killed function fails with the signal in the message",
    run: `process.kill(process.pid, "SIGKILL"); await new Promise(() => setInterval(() => {}, 1000))`,
    basis: "report",
    source: reported.killedRuntime,
    payload: (requestId) => ({
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
    }),
  }),
  failing({
    what: "a function whose promise can no longer settle fails with Runtime.NodeJsExit",
    run: "await new Promise(() => {})",
    basis: "model",
    source: modelled.runtimeErrors,
    payload: () =>
      expect.objectContaining({ errorType: "Runtime.NodeJsExit", trace: expect.any(Array) }),
  }),
  failing({
    what: "an unhandled rejection fails with Runtime.UnhandledPromiseRejection",
    run: `Promise.reject(new Error("lost")); await new Promise(() => setInterval(() => {}, 1000))`,
    basis: "model",
    source: modelled.runtimeErrors,
    payload: () =>
      expect.objectContaining({
        errorType: "Runtime.UnhandledPromiseRejection",
        errorMessage: "Error: lost",
      }),
  }),
  failing({
    what: "a result over the limit fails with the limit in the message",
    run: `return "x".repeat(${RESPONSE_LIMIT})`,
    basis: "snapshot",
    source: snapshots.lambda,
    payload: () => ({
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT} bytes).`,
    }),
  }),
  {
    behavior: "the response for an unknown function is 404, with the ARN of its version",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ stack }) => {
      const { status, headers, body } = await stack.invoke("no-such-function", {});
      expect(status).toBe(404);
      expect(errorTypeOf(headers)).toBe("ResourceNotFoundException");
      expect(JSON.parse(body)).toMatchObject({
        Type: "User",
        Message: expect.stringMatching(
          /^Function not found: arn:aws:lambda:[\w-]+:\d{12}:function:[\w-]+no-such-function:\$LATEST$/,
        ),
      });
    },
  },
  ...["RequestResponse", "Event"].map(refusesInvalidJson),
  {
    behavior: "an event of 1 MB is accepted",
    basis: "documentation",
    source: documented.lambdaQuotas,
    only: "local: a large event is not a job, so it would leave a dead letter",
    check: async ({ probe }) => {
      const payload = payloadOf(EVENT_LIMIT);
      const response = await probe.access.invoke("websocket-handler", payload, EVENT);
      expect(response).toMatchObject({ status: 202 });
    },
  },
  {
    behavior: "a larger event gets 413 with its size and the limit",
    basis: "report",
    source: reported.largeEvent,
    check: async ({ stack }) => {
      const payload = payloadOf(EVENT_LIMIT + 1);
      const { status, headers, body } = await stack.invoke("websocket-handler", payload, EVENT);
      expect(status).toBe(413);
      expect(errorTypeOf(headers)).toBe("RequestEntityTooLargeException");
      expect(JSON.parse(body)).toMatchObject({
        message: `${EVENT_LIMIT + 1} byte payload is too large for the Event invocation type (limit ${EVENT_LIMIT} bytes)`,
      });
    },
  },
  {
    behavior: "a synchronous request of 6 MB is accepted",
    basis: "documentation",
    source: documented.lambdaQuotas,
    only: OTHER_CODE,
    check: async ({ probe }) => {
      const response = await probe.access.invoke("websocket-handler", payloadOf(REQUEST_LIMIT));
      expect(response).toMatchObject({ status: 200, body: '{"statusCode":200}' });
    },
  },
  {
    behavior: "a larger synchronous request gets 413 with the limit",
    basis: "report",
    source: reported.largeRequest,
    check: async ({ stack }) => {
      const payload = payloadOf(REQUEST_LIMIT + 1);
      const { status, headers, body } = await stack.invoke("websocket-handler", payload);
      expect(status).toBe(413);
      expect(errorTypeOf(headers)).toBe("RequestEntityTooLargeException");
      // Users report two messages: one with the size and "(limit 6291456 bytes)", and that of the source.
      expect(body).toContain(`${REQUEST_LIMIT} bytes`);
    },
  },
  {
    behavior: "the tail of the log in the response ends with the report",
    basis: "documentation",
    source: documented.invoke,
    check: async ({ stack }) => {
      const { headers } = await stack.invoke("websocket-handler", CONNECT, TAIL);
      const last = tailOf(headers).trimEnd().split("\n").at(-1) ?? "";
      expect(JSON.parse(last)).toMatchObject({
        type: "platform.report",
        record: { requestId: headers.get("x-amzn-requestid") },
      });
    },
  },
  {
    behavior: "the tail of a long log has the last 4 KB",
    basis: "documentation",
    source: documented.invoke,
    only: "local: the deployed functions don't log that much",
    check: async ({ probe }) => {
      const run = `for (let line = 0; line < 500; line += 1) console.log("a line of a long log", line)`;
      const { headers } = await probe.run(run, { functionName: "processor", headers: TAIL });
      const tail = tailOf(headers);
      expect(Buffer.byteLength(tail)).toBe(4096);
      expect(tail).toMatch(
        /\tINFO\ta line of a long log 499\nEND RequestId: \S+\nREPORT [^\n]+\n$/,
      );
    },
  },
  {
    behavior: "a caller without the permission gets 403 with the action and the function",
    basis: "capture",
    source: captured.eventEdges,
    only: "local: it needs credentials without the permission",
    check: async ({ probe }) => {
      const as = await probe.roleCredentials();
      const response = await probe.access.invoke("websocket-handler", {}, {}, as);
      expect(response.status).toBe(403);
      expect(errorTypeOf(response.headers)).toBe("AccessDeniedException");
      expect(JSON.parse(response.body).Message).toBe(
        "User: arn:aws:sts::000000000000:assumed-role/websocket-lambda-websocket-handler-us-east-1/websocket-lambda-websocket-handler is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:websocket-lambda-websocket-handler because no identity-based policy allows the lambda:InvokeFunction action",
      );
    },
  },
  {
    behavior: "an Invoke over the reserved concurrency gets 429 with the reason",
    basis: "documentation",
    source: documented.invoke,
    only: "local: it would throttle the deployed function",
    check: async () => {
      const probe = await startOwnProbe();
      probe.lambda("websocket-handler").reservedConcurrentExecutions = 0;
      const { status, headers, body } = await probe.run("return 1");
      expect(status).toBe(429);
      expect(errorTypeOf(headers)).toBe("TooManyRequestsException");
      expect(headers.get("Retry-After")).toMatch(/^\d+$/);
      expect(JSON.parse(body)).toMatchObject({
        Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
        Type: "User",
        message: expect.any(String),
      });
    },
  },
  {
    behavior:
      "the client context of a synchronous Invoke reaches the function, that of an event does not",
    basis: "capture",
    source: captured.eventEdges,
    only: OTHER_CODE,
    check: async ({ probe }) => {
      const clientContext = { custom: { a: "b" } };
      const encoded = Buffer.from(JSON.stringify(clientContext)).toString("base64");
      const headers = { "X-Amz-Client-Context": encoded };
      const { body } = await probe.run("return context.clientContext", { headers });
      expect(JSON.parse(body)).toEqual(clientContext);
      const run = `console.log("as an event:", context.clientContext ?? "nothing")`;
      await probe.run(run, { headers: { ...headers, ...EVENT } });
      const { message } = await probe.line((line) => line.message.includes('"as an event:'));
      expect(JSON.parse(message).message).toBe("as an event: nothing");
    },
  },
];
