import { once } from "node:events";
import { expect, test } from "vitest";
import { startClient, startServer } from "./testing.ts";

test("an old connection is replaced before it ends, and lets its last request finish", async () => {
  const server = await startServer();
  const client = startClient(server.url, { renewAfter: 100 });
  const early = client.request("echo", "early");
  const onOld = await server.request();
  const old = await server.connection();
  const closed = once(old, "close");
  (await server.connection()).send('"welcome"');
  expect(await client.unmatched.next()).toBe("welcome");
  const late = client.request("echo", "late");
  const onNew = await server.request();
  expect(onNew.data).toBe("late");
  expect(onNew.socket).not.toBe(old);
  expect(old.readyState).toBe(old.OPEN);
  onNew.answer("on the new one");
  expect(await late).toBe("on the new one");
  onOld.answer("on the old one");
  expect(await early).toBe("on the old one");
  await closed;
  expect(client.states).toEqual(["connecting", "open"]);
});

test("an old connection without requests is closed as soon as it is replaced", async () => {
  const server = await startServer();
  startClient(server.url, { renewAfter: 50 });
  const old = await server.connection();
  await once(old, "close");
  expect(server.offers.length).toBeGreaterThan(1);
});

test("a request that may take long keeps its old connection through many renewals", async () => {
  const server = await startServer();
  const client = startClient(server.url, { renewAfter: 50, timeout: 100 });
  const promise = client.request("echo", "slow", { timeout: 20_000 });
  const { socket, answer } = await server.request();
  for (let renewals = 0; renewals < 6; renewals += 1) await server.connection();
  expect(socket.readyState).toBe(socket.OPEN);
  answer("at last");
  expect(await promise).toBe("at last");
  expect(server.unread.requests).toEqual([]);
});

test("a replacement that can't be opened is tried again, while the old connection serves on", async () => {
  let attempts = 0;
  const server = await startServer({
    verifyClient: (_info, done) => {
      attempts += 1;
      done(attempts !== 2 && attempts !== 3, 503);
    },
  });
  const client = startClient(server.url, { renewAfter: 50, maximumAttempts: 2 });
  await server.connection();
  await server.connection();
  expect(client.states).toEqual(["connecting", "open"]);
});

test("an old connection that ends while its replacement opens costs no request", async () => {
  const asked = Promise.withResolvers<() => void>();
  let attempts = 0;
  const server = await startServer({
    verifyClient: (_info, done) => {
      attempts += 1;
      if (attempts === 1) return done(true);
      asked.resolve(() => done(true));
    },
  });
  const client = startClient(server.url, { renewAfter: 50 });
  const promise = client.request("echo", "kept");
  const { socket } = await server.request();
  const admit = await asked.promise;
  socket.terminate();
  await client.enters("open");
  await client.enters("connecting");
  admit();
  (await server.request()).answer("here");
  expect(await promise).toBe("here");
  expect(attempts).toBe(2);
});

test("a connection on which nothing comes while a request waits is replaced", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await client.enters("open");
  await expect(client.request("echo", 1, { timeout: 20 })).rejects.toMatchObject({
    code: "TIMED_OUT",
  });
  await server.connection();
  await server.connection();
});

test("a connection that brings other replies is not replaced for one that is late", async () => {
  const server = await startServer();
  let opened = 0;
  class CountedSocket extends WebSocket {
    constructor(url: string, protocols?: string[]) {
      super(url, protocols);
      opened += 1;
    }
  }
  const client = startClient(server.url, { WebSocket: CountedSocket });
  await client.enters("open");
  const late = client.request("echo", "late", { timeout: 100 });
  const other = client.request("echo", "other");
  await server.request();
  (await server.request()).answer("here");
  expect(await other).toBe("here");
  await expect(late).rejects.toMatchObject({ code: "TIMED_OUT" });
  expect(opened).toBe(1);
});

test("a silent connection is kept alive with a cheap action, whose answer nobody sees", async () => {
  const server = await startServer();
  const client = startClient(server.url, { keepAlive: 20 });
  for (let number = 0; number < 3; number += 1) {
    const { action, answer } = await server.request();
    expect(action).toBe("timestamp");
    answer("now");
  }
  expect(client.unmatched.kept).toEqual([]);
  expect(server.offers).toHaveLength(1);
});

test("an error is an answer to the keep-alive as well, and its action can be chosen", async () => {
  const server = await startServer();
  startClient(server.url, { keepAlive: 20, keepAliveAction: "ping" });
  for (let number = 0; number < 2; number += 1) {
    const { action, answer } = await server.request();
    expect(action).toBe("ping");
    answer(undefined, { status: "error", error: { code: "UNKNOWN_ACTION", message: "no" } });
  }
});

test("a keep-alive that nobody answers has the connection replaced", async () => {
  const server = await startServer();
  startClient(server.url, { keepAlive: 20, timeout: 20 });
  await server.connection();
  expect((await server.request()).action).toBe("timestamp");
  await server.connection();
});
