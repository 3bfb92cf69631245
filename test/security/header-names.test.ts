import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { exchange, handshake } from "./raw-exchange.ts";

const ALLOWED = "https://example.com";
const issuer = await createIssuer();

/** Starts a stack that allows browsers from one origin only. */
async function startWithAllowedOrigin(stack: "open" | "authenticated"): Promise<TestLocalAws> {
  const aws = await startTestStack({ stack, pages: issuer.pages });
  for (const { configuration } of Object.values(
    aws.state.regions["us-east-1"]?.lambda.functions ?? {},
  ))
    Object.assign(configuration.Environment?.Variables ?? {}, { ALLOWED_ORIGINS: ALLOWED });
  return aws;
}

const origins = ["Origin", "origin", "ORIGIN", "oRiGiN"];
const protocols = ["Sec-WebSocket-Protocol", "sec-websocket-protocol", "sEc-wEbSoCkEt-pRoToCoL"];

describe.each(["open", "authenticated"] as const)("the %s stack", (stack) => {
  let aws: TestLocalAws;
  beforeAll(async () => {
    aws = await startWithAllowedOrigin(stack);
  });
  afterAll(() => aws.close());

  const offered = async () =>
    stack === "open"
      ? ["websocket-lambda"]
      : ["websocket-lambda", await issuer.tokenFor(aws.endpoint, "ada")];

  const shake = (...headers: string[]) => {
    const { port, pathname } = new URL(aws.webSocketUrl("production"));
    return exchange(Number(port), handshake(pathname, [`Host: localhost:${port}`, ...headers]));
  };

  test.for(origins)("reads the origin of a page from the header %s", async (origin) => {
    const offer = `Sec-WebSocket-Protocol: ${(await offered()).join(", ")}`;
    expect(await shake(offer, `${origin}: https://evil.example`)).toMatch(/^HTTP\/1.1 403 /);
    expect(await shake(offer, `${origin}: ${ALLOWED}`)).toMatch(/^HTTP\/1.1 101 /);
  });

  test.for(protocols)(
    "reads the token and the subprotocol from the header %s",
    async (protocol) => {
      const response = await shake(`${protocol}: ${(await offered()).join(", ")}`);
      expect(response).toMatch(/^HTTP\/1.1 101 /);
      expect(response).toMatch(/^Sec-WebSocket-Protocol: websocket-lambda\r?$/m);
    },
  );

  test("accepts the WebSocket of Node.js, which sends header names in lower case", async () => {
    const url = aws.webSocketUrl("production");
    const socket = new WebSocket(url, await offered());
    const opened = new Promise((resolve) => {
      for (const type of ["open", "error"]) socket.addEventListener(type, () => resolve(type));
    });
    expect(await opened).toBe("open");
    expect(socket.protocol).toBe("websocket-lambda");
    socket.close();
  });
});
