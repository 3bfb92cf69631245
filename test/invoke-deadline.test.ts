import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startTestStack } from "./test-stack.ts";
import { trickle } from "../shared/testing.ts";
import { connect } from "./e2e/client.ts";

/** Starts a stack whose websocket-handler invokes a Lambda that fails in this way. */
async function startStackWithout(fail: (response: ServerResponse) => void) {
  const server = createServer((_request, response) => fail(response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const aws = await startTestStack();
  onTestFinished(async () => {
    await aws.close();
    server.closeAllConnections();
    server.close();
  });
  const { Environment } = aws.functionNamed("websocket-handler").configuration;
  Object.assign(Environment?.Variables ?? {}, {
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
  });
  return aws;
}

test.for<[string, string, (response: ServerResponse) => void]>([
  [
    "throttles for half a minute",
    "TooManyRequestsException",
    (response) => {
      const headers = { "X-Amzn-ErrorType": "TooManyRequestsException", "Retry-After": "30" };
      response.writeHead(429, headers).end("{}");
    },
  ],
  ["never ends its response", "DeadlineExceededError", (response) => void trickle(response, 202)],
])(
  "if Lambda %s, the client gets UNAVAILABLE within 8 s, and the log names the %s",
  async ([, name, fail]) => {
    const aws = await startStackWithout(fail);
    const client = await connect(aws.webSocketUrl("production"));
    const sent = performance.now();
    expect(await client.ask({ action: "echo", requestId: "mine" })).toMatchObject({
      error: { code: "UNAVAILABLE" },
      requestId: "mine",
    });
    expect(performance.now() - sent).toBeLessThan(8000);
    const { content } = await aws.logs.line(
      ({ content: { event } }) => event === "message rejected",
    );
    expect(content).toMatchObject({ code: "UNAVAILABLE", error: { name } });
  },
);
