import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import type { ConnectOptions } from "./options.ts";
import { createQueue, type Received, startClient, startServer } from "./testing.ts";
import { expiryOf } from "./token-expiry.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Returns a JWT with these claims and an invalid signature. */
const tokenWith = (claims: unknown) =>
  ["header", JSON.stringify(claims), "signature"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");

/** Returns a JWT that expires after that many milliseconds. */
const tokenFor = (milliseconds: number) => tokenWith({ exp: (Date.now() + milliseconds) / SECOND });

test("the expiry of a JWT is its claim exp", () => {
  expect(expiryOf(tokenWith({ sub: "ada", exp: 1_900_000_000 }))).toBe(1_900_000_000_000);
});

test("the claims of a JWT are base64url of UTF-8", () => {
  const token = tokenWith({ name: "??>>ÿÿ~~日本", exp: 1 });
  expect(token).toMatch(/-.*_|_.*-/);
  expect(expiryOf(token)).toBe(1000);
});

test.for([
  ["no token", undefined],
  ["an empty token", ""],
  ["an opaque token", "opensesame"],
  ["an opaque token with dots", "open.sesame.now"],
  ["claims that are not an object", tokenWith(null)],
  ["no claim exp", tokenWith({ sub: "ada" })],
  ["an exp that is a string", tokenWith({ exp: "1900000000" })],
] as const)("%s: no known expiry", ([, token]) => {
  expect(expiryOf(token)).toBe(Infinity);
});

/** Starts a client with fake timers and a token provider, and opens its connection. */
async function startOpenClient(
  provider: () => string,
  options: Omit<ConnectOptions, "token"> = {},
) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await startServer({ handleProtocols });
  const token = vi.fn<() => string>(provider);
  const client = startClient(server.url, { keepAlive: Infinity, token, ...options });
  await client.enters("open");
  const socket = await server.connection();
  return { server, client, socket, token };
}
const handleProtocols = () => "websocket-lambda";

test.for<[string, number, ConnectOptions]>([
  ["after 90% of the token's remaining time", 54 * MINUTE, {}],
  [
    "after that and a random part, still before the token expires",
    56.7 * MINUTE,
    { random: () => 1 },
  ],
  ["after renewAfter if that is earlier", 10 * MINUTE, { renewAfter: 10 * MINUTE }],
])("a connection is replaced %s", async ([, age, options]) => {
  const { server, socket, token } = await startOpenClient(() => tokenFor(60 * MINUTE), options);
  await vi.advanceTimersByTimeAsync(age - 1);
  expect(token).toHaveBeenCalledTimes(1);
  const closed = once(socket, "close");
  await vi.advanceTimersByTimeAsync(1);
  await server.connection();
  expect((await closed)[0]).toBe(1000);
  expect(server.offers).toHaveLength(2);
  expect(server.offers[1]).not.toBe(server.offers[0]);
});

test("a token that is always the same does not replace the connection before maximumDelay", async () => {
  let cached: string | undefined;
  const { server, socket, token } = await startOpenClient(() => (cached ??= tokenFor(20 * SECOND)));
  let current = socket;
  for (let connections = 1; connections < 4; connections += 1) {
    await vi.advanceTimersByTimeAsync(30 * SECOND - 1);
    expect(token).toHaveBeenCalledTimes(connections);
    const closed = once(current, "close");
    await vi.advanceTimersByTimeAsync(1);
    current = await server.connection();
    await closed;
  }
});

test("with an opaque token, a connection is replaced after renewAfter", async () => {
  const { server, token } = await startOpenClient(() => "opaque");
  await vi.advanceTimersByTimeAsync(110 * MINUTE - 1);
  expect(token).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  await server.connection();
});

/** Refuses a request as the stack does: sends an error frame and closes the connection. */
function refuse({ reply, socket }: Received): void {
  const error = { code: "TOKEN_EXPIRED", message: "The token has expired." };
  reply(undefined, { status: "error", error });
  socket.close();
}

/** Starts a server, and a client with numbered tokens. */
async function startNumberedClient(options: ConnectOptions = {}) {
  const server = await startServer({ handleProtocols });
  let tokens = 0;
  const token = () => `token-${(tokens += 1)}`;
  return { server, client: startClient(server.url, { token, ...options }) };
}

test.for([true, false])(
  "a request that gets TOKEN_EXPIRED is sent again with a new token: retry %s",
  async (retry) => {
    const { server, client } = await startNumberedClient();
    const promise = client.request("echo", "hello", { retry });
    const first = await server.request();
    const closed = once(first.socket, "close");
    refuse(first);
    const second = await server.request();
    expect(second).toMatchObject({ data: "hello", requestId: first.requestId });
    expect(second.socket).not.toBe(first.socket);
    second.reply("here");
    expect(await promise).toBe("here");
    await closed;
    expect(server.offers).toEqual(["websocket-lambda, token-1", "websocket-lambda, token-2"]);
    expect(server.unread.requests).toEqual([]);
    expect(client.unmatched.kept).toEqual([]);
  },
);

test("a stream that gets TOKEN_EXPIRED starts on the next connection, which is not a restart", async () => {
  const { server, client } = await startNumberedClient({ retry: false });
  const onRestart = vi.fn<() => void>();
  const stream = client.stream("countdown", 1, { onRestart });
  refuse(await server.request());
  const { advance, reply } = await server.request();
  advance("piece", 0);
  reply("end");
  expect(await stream.next()).toEqual({ done: false, value: "piece" });
  expect(await stream.next()).toEqual({ done: true, value: "end" });
  expect(onRestart).not.toHaveBeenCalled();
});

test("the client closes the connection after TOKEN_EXPIRED if the server does not", async () => {
  const { server, client } = await startNumberedClient();
  const promise = client.request("echo");
  const { reply, socket } = await server.request();
  const closed = once(socket, "close");
  reply(undefined, { status: "error", error: { code: "TOKEN_EXPIRED", message: "" } });
  (await server.request()).reply("here");
  expect(await promise).toBe("here");
  await closed;
});

test("other requests on such a connection are sent again, or rejected without retry", async () => {
  const { server, client } = await startNumberedClient();
  const twice = client.request("echo", "twice");
  const once = client.request("echo", "once", { retry: false });
  const refused = client.request("echo", "refused", { retry: false });
  await server.request();
  await server.request();
  refuse(await server.request());
  await expect(once).rejects.toMatchObject({ code: "CONNECTION_LOST", sent: true });
  for (const data of ["twice", "refused"]) {
    const request = await server.request();
    expect(request.data).toBe(data);
    request.reply(data);
  }
  expect(await Promise.all([twice, refused])).toEqual(["twice", "refused"]);
});

test("TOKEN_EXPIRED for a timed-out request or a keep-alive also replaces the connection", async () => {
  const { server, client } = await startNumberedClient({ keepAlive: 50 });
  const late = client.request("echo", "late", { timeout: 1 });
  await expect(late).rejects.toMatchObject({ code: "TIMED_OUT" });
  for (let connections = 1; connections < 4; connections += 1) {
    await server.connection();
    refuse(await server.request());
  }
  await server.connection();
});

test("onStateChange gets TOKEN_EXPIRED as the reason", async () => {
  const changes = createQueue<unknown>();
  const { server, client } = await startNumberedClient({
    onStateChange: (...change) => changes.push(change),
  });
  const promise = client.request("echo");
  refuse(await server.request());
  (await server.request()).reply();
  await promise;
  expect(changes.kept).toEqual([
    ["connecting", undefined],
    ["open", undefined],
    ["waiting", expect.objectContaining({ name: "ConnectionError", code: "TOKEN_EXPIRED" })],
    ["connecting", undefined],
    ["open", undefined],
  ]);
});

/** Refuses every request, until the test ends. */
async function refuseAll(server: Awaited<ReturnType<typeof startServer>>) {
  for (;;) refuse(await server.request());
}

test("the client backs off from a server that always replies TOKEN_EXPIRED", async () => {
  const { server, client } = await startOpenClient(() => "cached", { random: () => 1 });
  void refuseAll(server);
  const promise = client.request("echo", "hello", { timeout: Infinity });
  promise.catch(() => {});
  for (const delay of [1, 2, 4, 8, 16, 30, 30].map((seconds) => seconds * SECOND)) {
    await client.enters("waiting");
    await vi.advanceTimersByTimeAsync(delay - 1);
    expect(client.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1);
    await client.enters("open");
  }
});

test("a message before TOKEN_EXPIRED does not reset the delay", async () => {
  const { server, client } = await startOpenClient(() => "cached", { random: () => 1 });
  const promise = client.request("echo", "hello", { timeout: Infinity });
  promise.catch(() => {});
  for (const delay of [1, 2, 4].map((seconds) => seconds * SECOND)) {
    const request = await server.request();
    request.socket.send('"welcome"');
    refuse(request);
    await client.enters("waiting");
    await vi.advanceTimersByTimeAsync(delay - 1);
    expect(client.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1);
  }
});

test("a request that always gets TOKEN_EXPIRED rejects at its timeout", async () => {
  const { server, client } = await startNumberedClient({ minimumDelay: 10, random: Math.random });
  void refuseAll(server);
  const promise = client.request("echo", "hello", { retry: false, timeout: 200 });
  await expect(promise).rejects.toMatchObject({ code: "TIMED_OUT" });
});

test("after maximumAttempts such connections, the client is closed with TOKEN_EXPIRED", async () => {
  const { server, client } = await startNumberedClient({ maximumAttempts: 3 });
  void refuseAll(server);
  await expect(client.request("echo")).rejects.toMatchObject({
    code: "TOKEN_EXPIRED",
    message: "The token has expired.",
  });
  expect(server.offers).toHaveLength(3);
  expect(client.state).toBe("closed");
});

test("a connection that stayed open until its token expired is not a failed attempt", async () => {
  const { server, client } = await startOpenClient(() => "opaque", { maximumAttempts: 1 });
  const promise = client.request("echo", "hello", { timeout: Infinity });
  const first = await server.request();
  await vi.advanceTimersByTimeAsync(30 * SECOND);
  refuse(first);
  await client.enters("waiting");
  await vi.advanceTimersByTimeAsync(1);
  (await server.request()).reply("here");
  expect(await promise).toBe("here");
});
