import { expect, onTestFinished, test, vi } from "vitest";
import { createQueue, startClient, startServer } from "./testing.ts";

const handleProtocols = () => "websocket-lambda";

test("without a token, no subprotocol is offered", async () => {
  const server = await startServer();
  startClient(server.url);
  await server.connection();
  expect(server.offers).toEqual([undefined]);
});

test("token is called before each connection", async () => {
  const server = await startServer({ handleProtocols });
  let number = 0;
  startClient(server.url, {
    async token() {
      number += 1;
      return await Promise.resolve(`token-${number}.x_y`);
    },
  });
  (await server.connection()).terminate();
  (await server.connection()).terminate();
  await server.connection();
  expect(server.offers).toEqual([
    "websocket-lambda, token-1.x_y",
    "websocket-lambda, token-2.x_y",
    "websocket-lambda, token-3.x_y",
  ]);
});

test("after a refused token, the next attempt uses a new one", async () => {
  const server = await startServer({
    handleProtocols,
    verifyClient: ({ req }, done) =>
      done(req.headers["sec-websocket-protocol"] === "websocket-lambda, good", 401),
  });
  const tokens = ["expired", "good"];
  const client = startClient(server.url, { token: () => tokens.shift() ?? "none left" });
  const promise = client.request("echo");
  (await server.request()).reply("in");
  expect(await promise).toBe("in");
});

test("if token throws after the connection is lost, it is called again", async () => {
  const server = await startServer({ handleProtocols });
  const calls = [() => "first", () => Promise.reject(new Error("offline")), () => "third"];
  const client = startClient(server.url, { token: () => calls.shift()?.() ?? "more" });
  const promise = client.request("echo", "hello");
  (await server.request()).socket.terminate();
  (await server.request()).reply("here");
  expect(await promise).toBe("here");
  expect(server.offers).toEqual(["websocket-lambda, first", "websocket-lambda, third"]);
});

test("if token throws at every attempt, the client is closed with its error as the cause", async () => {
  const server = await startServer();
  let calls = 0;
  const client = startClient(server.url, {
    maximumAttempts: 3,
    token() {
      calls += 1;
      throw new Error("signed out");
    },
  });
  const promise = client.request("echo");
  await expect(promise).rejects.toMatchObject({
    code: "TOKEN_FAILED",
    sent: false,
    cause: new Error("signed out"),
  });
  expect(client.state).toBe("closed");
  expect(calls).toBe(3);
  expect(server.offers).toEqual([]);
});

test("onStateChange gets the reason why there is no token", async () => {
  const server = await startServer();
  const changes = createQueue<unknown>();
  startClient(server.url, {
    maximumAttempts: 2,
    token: () => Promise.reject(new Error("signed out")),
    onStateChange: (...change) => changes.push(change),
  });
  const error = expect.objectContaining({
    name: "ConnectionError",
    code: "TOKEN_FAILED",
    message: "Could not get a token.",
    cause: new Error("signed out"),
  });
  expect(await changes.next()).toEqual(["connecting", undefined]);
  expect(await changes.next()).toEqual(["waiting", error]);
  expect(await changes.next()).toEqual(["connecting", undefined]);
  expect(await changes.next()).toEqual(["closed", error]);
});

test("the error of a request that times out without a connection has the reason as its cause", async () => {
  const server = await startServer();
  const client = startClient(server.url, {
    token: () => Promise.reject(new Error("signed out")),
  });
  await expect(client.request("echo", 1, { timeout: 50 })).rejects.toMatchObject({
    code: "TIMED_OUT",
    cause: { code: "TOKEN_FAILED", cause: new Error("signed out") },
  });
});

test("the error of a request that times out on a connection has no earlier or later failure as its cause", async () => {
  const server = await startServer({ handleProtocols });
  const fail = () => Promise.reject(new Error("offline"));
  const calls = [fail, () => "second"];
  const client = startClient(server.url, {
    renewAfter: 20,
    token: () => (calls.shift() ?? fail)(),
  });
  await client.enters("open");
  const error = client.request("echo", 1, { timeout: 200 }).catch((caught: unknown) => caught);
  await server.request();
  expect(await error).toMatchObject({ code: "TIMED_OUT", sent: true });
  expect(await error).not.toHaveProperty("cause");
});

test("a token that arrives after its attempt failed is used by the attempt that waits for it", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await startServer({ handleProtocols });
  const slow = Promise.withResolvers<string>();
  let calls = 0;
  const client = startClient(server.url, {
    timeout: 50,
    token() {
      calls += 1;
      return calls === 1 ? slow.promise : `token-${calls}`;
    },
  });
  await client.enters("connecting");
  for (let failures = 0; failures < 3; failures += 1) {
    await vi.advanceTimersByTimeAsync(50);
    await client.enters("waiting");
    await vi.advanceTimersByTimeAsync(1);
    await client.enters("connecting");
  }
  expect(calls).toBe(1);
  slow.resolve("slow");
  await client.enters("open");
  (await server.connection()).terminate();
  await client.enters("waiting");
  await vi.advanceTimersByTimeAsync(1);
  await server.connection();
  expect(server.offers).toEqual(["websocket-lambda, slow", "websocket-lambda, token-2"]);
});

test("a token that arrives between two attempts is dropped, and the next attempt calls token again", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await startServer({ handleProtocols });
  const late = Promise.withResolvers<string>();
  const tokens: (string | Promise<string>)[] = [late.promise, "second"];
  const client = startClient(server.url, {
    timeout: 50,
    random: () => 1,
    token: () => tokens.shift() ?? "more",
  });
  await client.enters("connecting");
  await vi.advanceTimersByTimeAsync(50);
  await client.enters("waiting");
  late.resolve("late");
  await vi.advanceTimersByTimeAsync(1000);
  await client.enters("open");
  expect(server.offers).toEqual(["websocket-lambda, second"]);
});

test("a token call that never settles closes the client after maximumAttempts, and is made once", async () => {
  const server = await startServer();
  let calls = 0;
  const client = startClient(server.url, {
    timeout: 10,
    maximumAttempts: 3,
    token() {
      calls += 1;
      return new Promise<never>(() => {});
    },
  });
  const promise = client.request("echo", 1, { timeout: 10_000 });
  await expect(promise).rejects.toMatchObject({ code: "TOKEN_FAILED", sent: false });
  expect(calls).toBe(1);
});

test("an attempt with an invalid token is followed by another one", async () => {
  const server = await startServer({ handleProtocols });
  const tokens = ["two words", "good"];
  const client = startClient(server.url, { token: () => tokens.shift() ?? "more" });
  await client.enters("open");
  expect(server.offers).toEqual(["websocket-lambda, good"]);
});

test("if token throws while there is a connection, it is called again later", async () => {
  const server = await startServer({ handleProtocols });
  const calls = [() => "first", () => Promise.reject(new Error("offline")), () => "third"];
  startClient(server.url, { renewAfter: 10, token: () => calls.shift()?.() ?? "more" });
  await server.connection();
  await server.connection();
  expect(server.offers.slice(0, 2)).toEqual(["websocket-lambda, first", "websocket-lambda, third"]);
});

test("a client that is closed while it waits for a token opens no connection", async () => {
  const server = await startServer({ handleProtocols });
  const token = Promise.withResolvers<string>();
  const client = startClient(server.url, { token: () => token.promise });
  client.close();
  token.resolve("unused");
  await token.promise;
  const other = startClient(server.url);
  await other.enters("open");
  expect(server.offers).toEqual([undefined]);
});

test("token may close the client", async () => {
  const server = await startServer({ handleProtocols });
  let calls = 0;
  const client = startClient(server.url, {
    token() {
      calls += 1;
      if (calls === 2) client.close();
      return `token-${calls}`;
    },
  });
  (await server.connection()).terminate();
  await client.enters("closed");
  const other = startClient(server.url);
  await other.enters("open");
  expect(server.offers).toEqual(["websocket-lambda, token-1", undefined]);
});
