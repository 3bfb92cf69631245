import { connect as connectTcp } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { request } from "../conformance/signed-request.ts";
import { connect } from "../e2e/client.ts";
import { exchange, handshake } from "./raw-exchange.ts";

const PAGE = "/_local/issuer/.well-known/jwks.json";
const SOCKET = "/_aws/execute-api/websocket0/production";

let aws: TestLocalAws;
const port = () => Number(new URL(aws.endpoint).port);
const url = () => aws.webSocketUrl("production");

beforeAll(async () => {
  const { pages } = await createIssuer();
  aws = await startTestStack({ pages });
});
afterAll(() => aws.close());

/** Sends an unsigned request, by default for a public page. */
const get = (headers: string[], path = PAGE, version = "1.1") =>
  exchange(port(), [`GET ${path} HTTP/${version}`, ...headers, "", ""].join("\r\n"));

/** `Host` headers of other machines, which may still resolve to this one. */
const foreignHosts = (): string[][] => [
  ["Host: evil.example"],
  [`Host: evil.example:${port()}`],
  ["Host: localhost.evil.example"],
  [`Host: 127.0.0.1.evil.example:${port()}`],
  ["Host: localhost-evil.example"],
  ["Host: evillocalhost"],
  ["Host: 0.0.0.0"],
  ["Host: 192.0.2.1"],
  ["Host: [2001:db8::1]"],
  ["Host: evil.example@localhost"],
  ["Host: localhost/.evil.example"],
  ["Host: "],
  ["Host: :"],
];

test("a request for another host gets an empty response", async () => {
  for (const headers of foreignHosts())
    for (const path of [PAGE, "/", "/2015-03-31/functions", SOCKET])
      expect(await get(headers, path), `for ${headers[0]}`).toBe("");
});

test("a WebSocket handshake for another host gets an empty response", async () => {
  for (const headers of foreignHosts())
    expect(await exchange(port(), handshake(SOCKET, headers)), `for ${headers[0]}`).toBe("");
});

test("a request without a Host header, or with two, is refused", async () => {
  expect(await get([], PAGE, "1.0")).toBe("");
  expect(await get([])).toMatch(/^HTTP\/1\.1 400 /);
  expect(await get(["Host: evil.example", "Host: localhost"])).toBe("");
});

test("a request with a loopback name or address as its host gets a response", async () => {
  for (const name of ["localhost", "127.0.0.1", "[::1]", "stack.localhost", "LOCALHOST"]) {
    for (const host of [name, `${name}:${port()}`]) {
      expect(await get([`Host: ${host}`]), `for ${host}`).toMatch(/^HTTP\/1\.1 200 /);
      const response = await exchange(port(), handshake(SOCKET, [`Host: ${host}`]));
      expect(response, `for ${host}`).toMatch(/^HTTP\/1\.1 101 /);
    }
  }
  expect(await get(["Host: localhost"], PAGE, "1.0")).toMatch(/^HTTP\/1\.1 200 /);
});

const FOREIGN_ORIGINS = [
  "https://evil.example",
  "http://localhost.evil.example:5173",
  "http://127.0.0.1.evil.example",
  "null",
  "file://",
  "chrome-extension://abc",
];

/** Sends a request that is signed with the administrator's key, which is public. */
const listFunctions = (Origin?: string) =>
  request(
    {
      method: "GET",
      url: `${aws.endpoint}/2015-03-31/functions/websocket-lambda-processor`,
      ...(Origin !== undefined && { headers: { Origin } }),
    },
    {
      service: "lambda",
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    },
  );

test("pages of other sites cannot call AWS APIs, with signed or unsigned requests", async () => {
  for (const origin of FOREIGN_ORIGINS) {
    const { status, headers, body } = await listFunctions(origin);
    expect(status, `for ${origin}`).toBe(403);
    expect(headers.get("x-amzn-errortype")).toBe("AccessDeniedException");
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect(body).toContain("Requests from pages of other sites are not allowed.");
    expect(await get(["Host: localhost", `Origin: ${origin}`], "/")).toMatch(/^HTTP\/1\.1 403 /);
  }
});

test("pages of other sites cannot read the pages of the local AWS", async () => {
  for (const origin of FOREIGN_ORIGINS)
    expect(await get(["Host: localhost", `Origin: ${origin}`])).toMatch(/^HTTP\/1\.1 403 /);
});

test("pages of localhost, and clients other than browsers, can", async () => {
  const { port: own } = new URL(aws.endpoint);
  for (const origin of ["http://localhost:5173", `http://127.0.0.1:${own}`, "https://[::1]"]) {
    expect((await listFunctions(origin)).status, `for ${origin}`).toBe(200);
    expect(await get(["Host: localhost", `Origin: ${origin}`])).toMatch(/^HTTP\/1\.1 200 /);
  }
  expect((await listFunctions()).status).toBe(200);
});

test("pages of any site can open a WebSocket, as on AWS", async () => {
  for (const origin of FOREIGN_ORIGINS) {
    const client = await connect(url(), { headers: { Origin: origin } });
    expect(await client.ask({ action: "echo", data: origin })).toMatchObject({ result: origin });
  }
});

test("with allowed_origins, pages of other origins get 403", async () => {
  const guarded = await startTestStack();
  onTestFinished(() => guarded.close());
  const functions = guarded.state.regions["us-east-1"]?.lambda.functions ?? {};
  const { configuration } = functions["websocket-lambda-websocket-handler"] ?? {};
  Object.assign(configuration?.Environment?.Variables ?? {}, {
    ALLOWED_ORIGINS: "https://good.example",
  });
  const open = (Origin?: string) =>
    connect(guarded.webSocketUrl("production"), {
      headers: Origin === undefined ? {} : { Origin },
    });
  for (const origin of [
    ...FOREIGN_ORIGINS,
    "http://good.example",
    "https://good.example.evil.example",
  ])
    await expect(open(origin), `for ${origin}`).rejects.toThrow("Unexpected server response: 403");
  expect(await open("https://good.example")).toHaveProperty("socket");
  expect(await open()).toHaveProperty("socket");
});

describe("the server listens on 127.0.0.1 and ::1 only", () => {
  const addresses = Object.values(networkInterfaces()).flatMap((each = []) => each);
  const hasIpv6 = addresses.some(({ address }) => address === "::1");
  const others = addresses
    .filter(({ address }) => address !== "127.0.0.1" && address !== "::1")
    .map(({ address, scopeid }) => (scopeid ? `${address}%${scopeid}` : address));
  // On Linux and Windows, all of 127.0.0.0/8 is the loopback. Other systems have one address of it.
  const onLoopback = ["linux", "win32"].includes(process.platform) ? ["127.0.0.2"] : [];

  const attempt = (host: string) =>
    new Promise<string>((resolve) => {
      const socket = connectTcp({ host, port: port(), timeout: 5000 });
      const end = (result: string) => {
        socket.destroy();
        resolve(result);
      };
      socket.once("connect", () => end("connected"));
      socket.once("timeout", () => end("timed out"));
      socket.once("error", (error: Error & { code?: string }) => end(error.code ?? error.message));
    });

  test("127.0.0.1", async () => {
    expect(await attempt("127.0.0.1")).toBe("connected");
  });

  test.skipIf(!hasIpv6)("::1, if the machine has it", async () => {
    expect(await attempt("::1")).toBe("connected");
  });

  test.skipIf(others.length === 0)(
    "not the addresses of other networks, if there are any",
    async () => {
      for (const address of others)
        expect(await attempt(address), `for ${address}`).not.toBe("connected");
    },
  );

  test.skipIf(onLoopback.length === 0)("not 127.0.0.2, if the system has it", async () => {
    for (const address of onLoopback) expect(await attempt(address)).toBe("ECONNREFUSED");
  });
});
