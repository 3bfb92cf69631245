import { expect } from "vitest";
import type { Behavior } from "./behavior.ts";
import { startOwnProbe } from "./probe.ts";
import { captured, documented, modelled, reported, snapshots } from "./sources.ts";

const EVENT = { "X-Amz-Invocation-Type": "Event" };
const TAIL = { "X-Amz-Log-Type": "Tail" };
const OTHER_CODE = "local: the deployed functions don't do this";

/** An event that the deployed websocket-handler takes for a connect, and has nothing to do for. */
const CONNECT = {
  requestContext: { routeKey: "$connect", connectionId: "none", requestId: "none" },
};
const EVENT_LIMIT = 1_048_576;
const REQUEST_LIMIT = 6_291_456;
const RESPONSE_LIMIT = 6_291_556;

/** JSON text of so many bytes. */
const payloadOf = (length: number) => `{"a":"${"x".repeat(length - 8)}"}`;

const tailOf = (headers: Headers) =>
  Buffer.from(headers.get("x-amz-log-result") ?? "", "base64").toString();

const errorTypeOf = (headers: Headers) => headers.get("x-amzn-errortype");

/** A failure of a function that Lambda itself puts into words. */
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

const refusesNoJson = (type: string): Behavior => ({
  behavior: `a payload that is no JSON is answered 400, to an Invoke of the type ${type}`,
  basis: "capture",
  source: captured.eventEdges,
  check: async ({ stack }) => {
    const headers = { "X-Amz-Invocation-Type": type };
    const answer = await stack.invoke("websocket-handler", "{no JSON", headers);
    expect(answer.status).toBe(400);
    expect(errorTypeOf(answer.headers)).toBe("InvalidRequestContentException");
    expect(JSON.parse(answer.body)).toMatchObject({
      Type: "User",
      message: expect.stringMatching(
        /^Could not parse request body into json: Could not parse payload into json: /,
      ),
    });
  },
});

/** Lambda's Invoke, as it is on the wire. */
export const invoking: Behavior[] = [
  {
    behavior:
      "a synchronous Invoke is answered 200 with the result, and names the version that ran",
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
    behavior: "the id of a synchronous Invoke is the one that the function's log has",
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
    behavior: "an asynchronous Invoke is answered 202 with an empty body",
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
    behavior: "the id of an asynchronous Invoke is the one that the function's log has",
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
    behavior: "a dry run is answered 204 and runs nothing",
    basis: "documentation",
    source: documented.invoke,
    check: async ({ stack }) => {
      const headers = { "X-Amz-Invocation-Type": "DryRun" };
      const answer = await stack.invoke("websocket-handler", { no: "event" }, headers);
      expect(answer).toMatchObject({ status: 204, body: "" });
      expect(answer.headers.get("x-amz-function-error")).toBeNull();
    },
  },
  {
    behavior: "an error of the function is answered 200 with its name, its message and its stack",
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
    what: "whatever else a function throws has its type, its text and no stack",
    run: `throw "no"`,
    basis: "model",
    source: modelled.runtimeErrors,
    payload: () => ({ errorType: "string", errorMessage: "no", trace: [] }),
  }),
  failing({
    what: "a function that runs out of time is answered with its time-out",
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
    what: "a function that is killed is answered with the signal",
    run: `process.kill(process.pid, "SIGKILL"); await new Promise(() => setInterval(() => {}, 1000))`,
    basis: "report",
    source: reported.killedRuntime,
    payload: (requestId) => ({
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
    }),
  }),
  failing({
    what: "a function whose promise can't settle any more is answered with a name for it",
    run: "await new Promise(() => {})",
    basis: "model",
    source: modelled.runtimeErrors,
    payload: () =>
      expect.objectContaining({ errorType: "Runtime.NodeJsExit", trace: expect.any(Array) }),
  }),
  failing({
    what: "an unhandled rejection ends the function with a name for it",
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
    what: "a result over the limit is an error that names the limit",
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
  ...["RequestResponse", "Event"].map(refusesNoJson),
  {
    behavior: "an event of 1 MB is taken",
    basis: "documentation",
    source: documented.lambdaQuotas,
    only: "local: a large event is no job, so it would leave a dead letter",
    check: async ({ probe }) => {
      const payload = payloadOf(EVENT_LIMIT);
      const answer = await probe.access.invoke("websocket-handler", payload, EVENT);
      expect(answer).toMatchObject({ status: 202 });
    },
  },
  {
    behavior: "a larger event is answered 413 with its size and the limit",
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
    behavior: "a synchronous request of 6 MB is taken",
    basis: "documentation",
    source: documented.lambdaQuotas,
    only: OTHER_CODE,
    check: async ({ probe }) => {
      const answer = await probe.access.invoke("websocket-handler", payloadOf(REQUEST_LIMIT));
      expect(answer).toMatchObject({ status: 200, body: '{"statusCode":200}' });
    },
  },
  {
    behavior: "a larger synchronous request is answered 413 with the limit",
    basis: "report",
    source: reported.largeRequest,
    check: async ({ stack }) => {
      const payload = payloadOf(REQUEST_LIMIT + 1);
      const { status, headers, body } = await stack.invoke("websocket-handler", payload);
      expect(status).toBe(413);
      expect(errorTypeOf(headers)).toBe("RequestEntityTooLargeException");
      // Reports have two texts: with the size and "(limit 6291456 bytes)", or as in the source.
      expect(body).toContain(`${REQUEST_LIMIT} bytes`);
    },
  },
  {
    behavior: "the tail of the log that is asked for ends with the report",
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
    behavior: "the tail of a long log has its last 4 KB",
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
    behavior: "a caller without the permission is answered 403 with the action and the function",
    basis: "capture",
    source: captured.eventEdges,
    only: "local: it takes credentials that may not do it",
    check: async ({ probe }) => {
      const as = await probe.roleCredentials();
      const answer = await probe.access.invoke("websocket-handler", {}, {}, as);
      expect(answer.status).toBe(403);
      expect(errorTypeOf(answer.headers)).toBe("AccessDeniedException");
      expect(JSON.parse(answer.body).Message).toBe(
        "User: arn:aws:sts::000000000000:assumed-role/websocket-lambda-websocket-handler-us-east-1/websocket-lambda-websocket-handler is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:websocket-lambda-websocket-handler because no identity-based policy allows the lambda:InvokeFunction action",
      );
    },
  },
  {
    behavior: "a function without reserved concurrency left is answered 429 with the reason",
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
      "the client context of a synchronous Invoke reaches the function, that of an event doesn't",
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
