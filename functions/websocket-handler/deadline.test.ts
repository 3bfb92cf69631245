import type { ServerResponse } from "node:http";
import { describe, expect, test, vi } from "vitest";
import { startRecordingServer, trickle } from "../../shared/testing.ts";

type Respond = (response: ServerResponse) => void;

const throttle =
  (headers: Record<string, string> = {}): Respond =>
  (response) =>
    void response.writeHead(429, headers).end();
const slowly =
  (respond: Respond): Respond =>
  (response) =>
    void setTimeout(respond, 1400, response);

const failures = new Map<string, Respond>([
  ["throttles", throttle()],
  ["throttles for two seconds", throttle({ "Retry-After": "2" })],
  ["throttles for half a minute", throttle({ "Retry-After": "30" })],
  ["throttles for half a minute, in milliseconds", throttle({ "X-Amz-Retry-After": "30000" })],
  ["throttles slowly", slowly(throttle())],
  ["throttles slowly, each time for two seconds", slowly(throttle({ "Retry-After": "2" }))],
  ["never responds", () => {}],
  ["never ends its response", (response) => void trickle(response, 202)],
]);

/** The action of a job selects how Lambda fails, and the connection id how `@connections` fails. */
const { endpoint, calls } = await startRecordingServer((path, response, body) => {
  const [, connectionId] = /@connections\/(.*)/.exec(path) ?? [];
  const failure = failures.get(connectionId ?? JSON.parse(body).action);
  if (failure === undefined) response.end();
  else failure(response);
});

vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
vi.stubEnv("AWS_REGION", "us-east-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
vi.stubEnv("MANAGEMENT_ENDPOINT", `${endpoint}/stage`);
vi.stubEnv("PROCESSOR_FUNCTION_NAME", "the-processor");
const { handler } = await import("./index.ts");
vi.spyOn(console, "error").mockImplementation(() => {});

async function receive(action: string, connectionId: string): Promise<unknown> {
  const event: unknown = {
    requestContext: { connectionId, requestId: "gateway", routeKey: "$default" },
    body: JSON.stringify({ action, requestId: action }),
    isBase64Encoded: false,
  };
  const context = {} as Parameters<typeof handler>[1];
  return await handler(event as Parameters<typeof handler>[0], context);
}

describe("an invocation of the processor while Lambda", { concurrent: true }, () => {
  test.for([...failures.keys()])("%s gets UNAVAILABLE within 8 s", async (action) => {
    const started = performance.now();
    await receive(action, `client of one that ${action}`);
    expect(performance.now() - started).toBeLessThan(8000);
    const frames = calls.filter(({ path }) => path.endsWith(`/client of one that ${action}`));
    expect(frames.map(({ body }) => JSON.parse(body))).toEqual([
      expect.objectContaining({
        error: expect.objectContaining({ code: "UNAVAILABLE" }),
        requestId: action,
      }),
    ]);
  });

  test("never ends its response fails within 15 s if the client can't be reached either", async () => {
    const started = performance.now();
    const slowest = "never ends its response";
    await expect(receive(slowest, slowest)).rejects.toMatchObject({
      message: expect.stringMatching(/^PostToConnection took longer than 6 s/),
      originalError: { code: "UNAVAILABLE" },
    });
    // Less than the function's timeout, minus a cold start.
    expect(performance.now() - started).toBeLessThan(13_500);
  });
});
