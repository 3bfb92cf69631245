import { expect, onTestFinished, test, vi } from "vitest";
import { createQueue, startClient, startServer } from "./testing.ts";

test("states follow the connection", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  expect(client.state).toBe("connecting");
  await client.enters("open");
  (await server.connection()).terminate();
  await client.enters("waiting");
  await client.enters("connecting");
  await client.enters("open");
  client.close();
  await client.enters("closed");
  expect(client.states).toEqual([]);
});

test("onStateChange gets the reason why there is no connection", async () => {
  const server = await startServer();
  const changes = createQueue<unknown>();
  const client = startClient(server.url, {
    onStateChange: (...change) => changes.push(change),
  });
  expect(await changes.next()).toEqual(["connecting", undefined]);
  expect(await changes.next()).toEqual(["open", undefined]);
  (await server.connection()).terminate();
  expect(await changes.next()).toMatchObject(["waiting", { code: "CONNECTION_FAILED" }]);
  client.close();
  expect(await changes.next()).toMatchObject(["closed", { code: "CLOSED" }]);
});

test("a request whose connection is lost is sent again with its requestId", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("echo", "again");
  const first = await server.request();
  first.socket.terminate();
  const second = await server.request();
  expect(second.socket).not.toBe(first.socket);
  expect(second).toMatchObject({ data: "again", requestId: first.requestId });
  second.reply("at last");
  expect(await promise).toBe("at last");
});

test("a request without retry is rejected when its connection is lost", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const once = client.request("echo", "once", { retry: false });
  const { socket } = await server.request();
  socket.terminate();
  await expect(once).rejects.toMatchObject({ code: "CONNECTION_LOST", sent: true });
  const next = client.request("echo", "next");
  const { data, reply } = await server.request();
  expect(data).toBe("next");
  reply();
  await next;
});

test("a request without retry that was never sent waits for a connection", async () => {
  const server = await startServer();
  const client = startClient(server.url, { retry: false });
  const promise = client.request("echo", "first");
  (await server.request()).reply("done");
  expect(await promise).toBe("done");
});

test("a request made while the connection is closing waits for the next one", async () => {
  const server = await startServer();
  let isClosing = false;
  class ClosingSocket extends WebSocket {
    override get readyState() {
      return isClosing ? WebSocket.CLOSING : super.readyState;
    }
  }
  const client = startClient(server.url, { WebSocket: ClosingSocket, retry: false });
  await client.enters("open");
  isClosing = true;
  const promise = client.request("echo", "next");
  (await server.connection()).terminate();
  isClosing = false;
  (await server.request()).reply("here");
  expect(await promise).toBe("here");
});

test("requests made without a connection are sent in order", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  const promises = numbers.map((number) => client.request("echo", number));
  for (const number of numbers) {
    const { data, reply } = await server.request();
    expect(data).toBe(number);
    reply(data);
  }
  expect(await Promise.all(promises)).toEqual(numbers);
});

test("requests of a lost connection are sent again before later requests", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promises = [client.request("echo", 1), client.request("echo", 2)];
  const { socket } = await server.request();
  await server.request();
  socket.terminate();
  await client.enters("waiting");
  promises.push(client.request("echo", 3));
  for (const number of [1, 2, 3]) {
    const { data, reply } = await server.request();
    expect(data).toBe(number);
    reply(data);
  }
  expect(await Promise.all(promises)).toEqual([1, 2, 3]);
});

test("a full queue rejects a request, and accepts one again when it has room", async () => {
  const server = await startServer();
  const client = startClient(server.url, { maximumQueue: 2 });
  const controller = new AbortController();
  const first = client.request("echo", 1, { signal: controller.signal });
  const second = client.request("echo", 2);
  await expect(client.request("echo", 3)).rejects.toMatchObject({
    code: "QUEUE_FULL",
    sent: false,
  });
  controller.abort();
  await expect(first).rejects.toMatchObject({ name: "AbortError" });
  const fourth = client.request("echo", 4);
  for (const number of [2, 4]) {
    const { data, reply } = await server.request();
    expect(data).toBe(number);
    reply(data);
  }
  expect(await Promise.all([second, fourth])).toEqual([2, 4]);
});

test("a request times out while it waits for a connection", async () => {
  const server = await startServer();
  await server.end();
  const client = startClient(server.url);
  await expect(client.request("echo", 1, { timeout: 20 })).rejects.toMatchObject({
    code: "TIMED_OUT",
    sent: false,
  });
});

test("the client reconnects when the server is back", async () => {
  const before = await startServer();
  const client = startClient(before.url);
  const promise = client.request("echo", "through it all");
  await before.request();
  await before.end();
  await client.enters("waiting");
  const after = await startServer({ port: before.port });
  const { data, reply } = await after.request();
  reply(data);
  expect(await promise).toBe("through it all");
});

test("close ends a client that waits for its next attempt", async () => {
  const server = await startServer();
  await server.end();
  const client = startClient(server.url, { random: () => 1 });
  const promise = client.request("echo");
  await client.enters("waiting");
  client.close();
  await expect(promise).rejects.toMatchObject({ code: "CLOSED", sent: false });
});

test("close ends a client that is connecting", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("echo");
  client.close();
  await expect(promise).rejects.toMatchObject({ code: "CLOSED", sent: false });
  await client.enters("closed");
  expect(client.states).toEqual([]);
});

test("after maximumAttempts failures the client is closed, and rejects every request", async () => {
  let attempts = 0;
  const server = await startServer({
    verifyClient: (_info, done) => {
      attempts += 1;
      done(false, 401);
    },
  });
  const client = startClient(server.url, { maximumAttempts: 3 });
  const pending = client.request("echo");
  await expect(pending).rejects.toMatchObject({ code: "CONNECTION_FAILED", sent: false });
  await expect(client.request("echo")).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
  expect(client.state).toBe("closed");
  expect(attempts).toBe(3);
});

test("a connection that received a message is not a failed attempt", async () => {
  const server = await startServer();
  const client = startClient(server.url, { maximumAttempts: 2 });
  for (const number of [1, 2, 3, 4]) {
    const promise = client.request("echo", number);
    const { socket, reply } = await server.request();
    reply(number);
    expect(await promise).toBe(number);
    socket.terminate();
    await client.enters("waiting");
  }
});

test("a connection that stayed open without a message is not a failed attempt", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await startServer();
  const client = startClient(server.url, { maximumAttempts: 2, keepAlive: Infinity });
  for (let connections = 0; connections < 4; connections += 1) {
    await client.enters("open");
    vi.advanceTimersByTime(30_000);
    (await server.connection()).terminate();
    await client.enters("waiting");
    vi.advanceTimersByTime(0);
  }
  expect(client.state).toBe("connecting");
});

test("a server that closes every connection at once closes the client after maximumAttempts", async () => {
  const server = await startServer();
  const client = startClient(server.url, { maximumAttempts: 3 });
  for (let connections = 0; connections < 3; connections += 1) {
    await client.enters("open");
    (await server.connection()).terminate();
  }
  await client.enters("closed");
  expect(server.offers).toHaveLength(3);
  await expect(client.request("echo")).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
});

test("an attempt to connect that hangs fails after the timeout", async () => {
  let isFirst = true;
  const server = await startServer({
    verifyClient: (_info, done) => {
      if (!isFirst) done(true);
      isFirst = false;
    },
  });
  const client = startClient(server.url, { timeout: 50 });
  const promise = client.request("echo", 1, { timeout: 10_000 });
  (await server.request()).reply("second try");
  expect(await promise).toBe("second try");
});

test("an invalid URL closes the client, with the platform's error as the cause", async () => {
  const client = startClient("nonsense://");
  await expect(client.request("echo")).rejects.toMatchObject({
    code: "CONNECTION_FAILED",
    cause: expect.objectContaining({ name: "SyntaxError" }),
  });
});
