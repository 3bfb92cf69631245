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

/** An unsigned request, by default for a page that everybody may read. */
const get = (headers: string[], path = PAGE, version = "1.1") =>
  exchange(port(), [`GET ${path} HTTP/${version}`, ...headers, "", ""].join("\r\n"));

/** What has the name of another machine, whichever machine that name leads to. */
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

test("a request for a host that isn't this machine gets not a byte for an answer", async () => {
  for (const headers of foreignHosts())
    for (const path of [PAGE, "/", "/2015-03-31/functions", SOCKET])
      expect(await get(headers, path), `for ${headers[0]}`).toBe("");
});

test("nor does a WebSocket handshake", async () => {
  for (const headers of foreignHosts())
    expect(await exchange(port(), handshake(SOCKET, headers)), `for ${headers[0]}`).toBe("");
});

test("a host is asked for once, or the request is refused", async () => {
  expect(await get([], PAGE, "1.0")).toBe("");
  expect(await get([])).toMatch(/^HTTP\/1\.1 400 /);
  expect(await get(["Host: evil.example", "Host: localhost"])).toBe("");
});

test("whoever asks for this machine by a name of its own is answered", async () => {
  for (const name of ["localhost", "127.0.0.1", "[::1]", "stack.localhost", "LOCALHOST"]) {
    for (const host of [name, `${name}:${port()}`]) {
      expect(await get([`Host: ${host}`]), `for ${host}`).toMatch(/^HTTP\/1\.1 200 /);
      const answer = await exchange(port(), handshake(SOCKET, [`Host: ${host}`]));
      expect(answer, `for ${host}`).toMatch(/^HTTP\/1\.1 101 /);
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

/** As a page could, if it had credentials: signed by the administrator's key, which everybody knows. */
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

test("the pages of other sites may call no AWS API, be their requests signed or not", async () => {
  for (const origin of FOREIGN_ORIGINS) {
    const { status, headers, body } = await listFunctions(origin);
    expect(status, `for ${origin}`).toBe(403);
    expect(headers.get("x-amzn-errortype")).toBe("AccessDeniedException");
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect(body).toContain("Requests from pages of other sites are not allowed.");
    expect(await get(["Host: localhost", `Origin: ${origin}`], "/")).toMatch(/^HTTP\/1\.1 403 /);
  }
});

test("nor read the pages of the local AWS", async () => {
  for (const origin of FOREIGN_ORIGINS)
    expect(await get(["Host: localhost", `Origin: ${origin}`])).toMatch(/^HTTP\/1\.1 403 /);
});

test("pages of this machine, and whoever is no page, may", async () => {
  const { port: own } = new URL(aws.endpoint);
  for (const origin of ["http://localhost:5173", `http://127.0.0.1:${own}`, "https://[::1]"]) {
    expect((await listFunctions(origin)).status, `for ${origin}`).toBe(200);
    expect(await get(["Host: localhost", `Origin: ${origin}`])).toMatch(/^HTTP\/1\.1 200 /);
  }
  expect((await listFunctions()).status).toBe(200);
});

test("pages of any site may open a WebSocket, as on AWS", async () => {
  for (const origin of FOREIGN_ORIGINS) {
    const client = await connect(url(), { headers: { Origin: origin } });
    expect(await client.ask({ action: "echo", data: origin })).toMatchObject({ result: origin });
  }
});

test("with allowed_origins set, those of other sites are refused with 403", async () => {
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

describe("of the addresses of this machine, only 127.0.0.1 and ::1 listen", () => {
  const addresses = Object.values(networkInterfaces()).flatMap((each = []) => each);
  const hasIpv6 = addresses.some(({ address }) => address === "::1");
  const others = addresses
    .filter(({ address }) => address !== "127.0.0.1" && address !== "::1")
    .map(({ address, scopeid }) => (scopeid ? `${address}%${scopeid}` : address));
  // Linux and Windows take the whole of 127.0.0.0/8 for this machine, others one address of it.
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

  test.skipIf(!hasIpv6)("::1, on machines that have it", async () => {
    expect(await attempt("::1")).toBe("connected");
  });

  test.skipIf(others.length === 0)("not those of its networks, where there are any", async () => {
    for (const address of others)
      expect(await attempt(address), `for ${address}`).not.toBe("connected");
  });

  test.skipIf(onLoopback.length === 0)("not 127.0.0.2, on systems that have it", async () => {
    for (const address of onLoopback) expect(await attempt(address)).toBe("ECONNREFUSED");
  });
});
