import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { describe, expect, test, vi } from "vitest";
import { createLambdaClient, createManagementClient } from "./aws-clients.ts";
import { startRecordingServer, trickle } from "./testing.ts";

type Respond = (response: ServerResponse) => void;

const throttle =
  (headers = {}): Respond =>
  (response) =>
    void response.writeHead(429, { "X-Amzn-ErrorType": "Throttled", ...headers }).end();

const inHalfAMinute = () => new Date(Date.now() + 30_000).toUTCString();

const throttled = { name: "Throttled", $metadata: { httpStatusCode: 429 } };

/** How a service fails, with the number of requests of a call, its error, and its maximum milliseconds. */
const failures: [string, Respond, requests: number, error: object, limit: number][] = [
  ["throttles", throttle(), 3, throttled, 4500],
  ["throttles for a second", throttle({ "Retry-After": "1" }), 3, throttled, 4500],
  ["throttles for half a minute", throttle({ "Retry-After": "30" }), 1, throttled, 1000],
  [
    "throttles until a date",
    (response) => throttle({ "Retry-After": inHalfAMinute() })(response),
    1,
    throttled,
    1000,
  ],
  ["never responds", () => {}, 3, { name: "TimeoutError" }, 5500],
  ["closes the connection", (response) => void response.destroy(), 3, { code: "ECONNRESET" }, 1000],
];

const endless: [string, Respond][] = [
  [
    "throttles slowly, each time for two seconds",
    (response) => void setTimeout(throttle({ "Retry-After": "2" }), 1400, response),
  ],
  ["never ends the body of an error", (response) => void trickle(response, 500)],
  ["never ends the body of a success", (response) => void trickle(response, 200)],
];

/** The name of the function or the connection id selects how the service responds. */
const services = new Map<string, Respond>(
  [...failures, ...endless].map(([name, respond]) => [name, respond]),
);
const { endpoint, calls } = await startRecordingServer((path, response) => {
  const [, name = ""] = /\/(?:functions|@connections)\/([^/]+)/.exec(path) ?? [];
  services.get(name)?.(response);
});

vi.stubEnv("AWS_REGION", "us-east-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");

const operations = {
  Invoke: (url: string) => {
    // The SDK reads it during the first call.
    vi.stubEnv("AWS_ENDPOINT_URL", url);
    const client = createLambdaClient();
    return (FunctionName: string) => client.send(new InvokeCommand({ FunctionName }));
  },
  PostToConnection: (url: string) => {
    const client = createManagementClient(url);
    return (ConnectionId: string) =>
      client.send(new PostToConnectionCommand({ ConnectionId, Data: "{}" }));
  },
};

/** Returns the error of a call, and its duration in milliseconds. */
async function failureOf(call: Promise<unknown>) {
  const started = performance.now();
  const error: unknown = await call.then(
    () => expect.unreachable("The call succeeded."),
    (thrown: unknown) => thrown,
  );
  return { error, milliseconds: performance.now() - started };
}

describe.for(["Invoke", "PostToConnection"] as const)("%s", (operation) => {
  test("to a service that isn't running fails with the error of the socket", async () => {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    const call = operations[operation](`http://127.0.0.1:${port}`)("any");
    const { error, milliseconds } = await failureOf(call);
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
    expect(milliseconds).toBeLessThan(1000);
  });

  describe("to a service that", { concurrent: true }, () => {
    const kind = operation === "Invoke" ? "functions" : "@connections";
    const requestsTo = (name: string) =>
      calls
        .map(({ path }) => path.split("/"))
        .filter((parts) => parts.includes(kind) && parts.includes(name));

    test.for(failures)("%s fails with its last error", async ([name, , requests, error, limit]) => {
      const failure = await failureOf(operations[operation](endpoint)(name));
      expect(failure.error).toMatchObject(error);
      expect(failure.milliseconds).toBeLessThan(limit);
      expect(requestsTo(name)).toHaveLength(requests);
    });

    test.for(endless)("%s ends at the deadline", async ([name]) => {
      const { error, milliseconds } = await failureOf(operations[operation](endpoint)(name));
      expect(error).toMatchObject({
        name: "DeadlineExceededError",
        message: `${operation} took longer than 6 s, including retries, and was aborted. The service may have processed the request.`,
      });
      expect(milliseconds).toBeGreaterThan(5900);
      expect(milliseconds).toBeLessThan(6500);
    });
  });
});
