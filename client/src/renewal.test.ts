import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Client } from "./connect.ts";
import { createQueue, startClient, startServer } from "./testing.ts";

type Server = Awaited<ReturnType<typeof startServer>>;

/** A server that admits the first connection at once, and the second when the test says so. */
async function startServerThatHolds() {
  const asked = Promise.withResolvers<() => void>();
  let isFirst = true;
  const server = await startServer({
    verifyClient: (_info, done) => {
      if (isFirst) done(true);
      else asked.resolve(() => done(true));
      isFirst = false;
    },
  });
  return { server, asked: asked.promise };
}

/** A server that admits the first connection, and refuses the others until the test says so. */
async function startServerThatRefuses() {
  let admits = 1;
  const refusals = createQueue<unknown>();
  const server = await startServer({
    verifyClient: (info, done) => {
      if (admits === 0) refusals.push(info);
      done(admits > 0, 503);
      admits = Math.max(0, admits - 1);
    },
  });
  return {
    server,
    /** Resolves when so many have been refused. */
    async refuses(connections: number) {
      for (let refused = 0; refused < connections; refused += 1) await refusals.next();
    },
    admit() {
      admits = Infinity;
    },
  };
}

/** Lets a request time out while nothing comes. */
async function timeOut(server: Server, client: Client, timeout = 20): Promise<void> {
  const error = client.request("echo", "short", { timeout }).catch((caught: unknown) => caught);
  await server.request();
  expect(await error).toMatchObject({ code: "TIMED_OUT" });
}

/** Sockets for a client, and how many of them there have been. */
function countSockets() {
  const sockets = {
    opened: 0,
    WebSocket: class extends WebSocket {
      constructor(url: string, protocols?: string[]) {
        super(url, protocols);
        sockets.opened += 1;
      }
    },
  };
  return sockets;
}

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

test("close also ends a replaced connection that still waits for a reply", async () => {
  const { server, asked } = await startServerThatHolds();
  const client = startClient(server.url, { renewAfter: 50 });
  const promise = client.request("echo", "slow");
  const { socket } = await server.request();
  expect(await server.connection()).toBe(socket);
  (await asked)();
  const current = await server.connection();
  current.send('"welcome"');
  expect(await client.unmatched.next()).toBe("welcome");
  const closed = Promise.all([once(socket, "close"), once(current, "close")]);
  client.close(4000);
  await expect(promise).rejects.toMatchObject({ code: "CLOSED", sent: true });
  for (const [code] of await closed) expect(code).toBe(4000);
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

test("a replaced connection is kept alive as long as a request waits there", async () => {
  const idleLimit = 400;
  const server = await startServer({ idleLimit });
  const client = startClient(server.url, { renewAfter: 100, keepAlive: 50 });
  const promise = client.request("echo", "slow", { retry: false });
  const slow = await server.request();
  const asked = performance.now();
  let onOld = 0;
  while (performance.now() - asked < 2 * idleLimit) {
    const { action, socket, answer } = await server.request();
    expect(action).toBe("ping");
    if (socket === slow.socket) onOld += 1;
    answer("now");
  }
  const closed = once(slow.socket, "close").then(() => undefined);
  slow.answer("at last");
  expect(await promise).toBe("at last");
  // The connection also waits for the replies to its last keep-alives.
  for (;;) {
    const request = await Promise.race([server.request(), closed]);
    if (request === undefined) break;
    request.answer("now");
  }
  expect(onOld).toBeGreaterThan(1);
  expect(server.offers.length).toBeGreaterThan(2);
  expect(client.unmatched.kept).toEqual([]);
});

test("what waits on a replaced connection that answers no keep-alive is sent again", async () => {
  const server = await startServer();
  const client = startClient(server.url, { renewAfter: 50, keepAlive: 200, timeout: 50 });
  const promise = client.request("echo", "long", { timeout: 20_000 });
  const first = await server.request();
  for (;;) {
    const request = await server.request();
    if (request.socket === first.socket) continue;
    request.answer(request.action === "echo" ? "here" : "now");
    if (request.action === "echo") break;
  }
  expect(await promise).toBe("here");
});

test("a full queue refuses no keep-alive of a replaced connection", async () => {
  const { server, asked } = await startServerThatHolds();
  const client = startClient(server.url, { renewAfter: 50, keepAlive: 100, maximumQueue: 0 });
  await client.enters("open");
  const promise = client.request("echo", "kept");
  const old = await server.request();
  expect(await server.connection()).toBe(old.socket);
  (await asked)();
  (await server.connection()).terminate();
  await client.enters("waiting");
  for (let number = 0; number < 2; number += 1) {
    const { action, socket, answer } = await server.request();
    expect(action).toBe("ping");
    expect(socket).toBe(old.socket);
    answer("now");
  }
  old.answer("here");
  expect(await promise).toBe("here");
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

test("attempts to replace a connection that serves count for nothing once it is lost", async () => {
  const { server, refuses, admit } = await startServerThatRefuses();
  const client = startClient(server.url, { renewAfter: 50, maximumAttempts: 2 });
  const promise = client.request("echo");
  const { socket, answer } = await server.request();
  answer("served");
  expect(await promise).toBe("served");
  await refuses(3);
  admit();
  socket.terminate();
  await server.connection();
  await server.connection();
  expect(client.state).not.toBe("closed");
});

test("attempts to replace a connection that serves count for nothing once it is replaced", async () => {
  const { server, refuses, admit } = await startServerThatRefuses();
  const client = startClient(server.url, { renewAfter: 300, maximumAttempts: 2 });
  const promise = client.request("echo");
  (await server.request()).answer("served");
  expect(await promise).toBe("served");
  const old = await server.connection();
  await refuses(3);
  const replaced = once(old, "close");
  admit();
  const socket = await server.connection();
  await replaced;
  socket.terminate();
  await client.enters("waiting");
  await client.enters("open");
});

test("an old connection that ends while its replacement opens costs no request", async () => {
  const { server, asked } = await startServerThatHolds();
  const client = startClient(server.url, { renewAfter: 50 });
  const promise = client.request("echo", "kept");
  const { socket } = await server.request();
  const admit = await asked;
  socket.terminate();
  await client.enters("open");
  await client.enters("connecting");
  admit();
  (await server.request()).answer("here");
  expect(await promise).toBe("here");
  expect(server.unread.connections).toHaveLength(2);
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

test("what waits on a silent connection is sent again over the one that takes its place", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await client.enters("open");
  const promise = client.request("echo", "long");
  const first = await server.request();
  await timeOut(server, client);
  const second = await server.request();
  expect(second).toMatchObject({ data: "long", requestId: first.requestId });
  expect(second.socket).not.toBe(first.socket);
  second.answer("here");
  expect(await promise).toBe("here");
  await once(first.socket, "close");
});

test("a connection that was only slow may still bring the reply to what was sent again", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await client.enters("open");
  const promise = client.request("echo", "long");
  const first = await server.request();
  await timeOut(server, client);
  const second = await server.request();
  first.answer("from the old one");
  expect(await promise).toBe("from the old one");
  second.answer("too late");
  const next = client.request("echo", "next");
  (await server.request()).answer("next");
  expect(await next).toBe("next");
  expect(client.unmatched.kept).toEqual([]);
});

test("what must not run twice waits on where it is when its connection is silent", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await client.enters("open");
  const once = client.request("echo", "once", { retry: false });
  const twice = client.request("echo", "twice");
  const { socket, answer } = await server.request();
  await server.request();
  await timeOut(server, client);
  const again = await server.request();
  expect(again.data).toBe("twice");
  expect(again.socket).not.toBe(socket);
  again.answer("on the new one");
  expect(await twice).toBe("on the new one");
  answer("on the old one");
  expect(await once).toBe("on the old one");
  expect(server.unread.requests).toEqual([]);
});

test("a connection that was silent, and then wasn't, keeps its requests", async () => {
  const { server, asked } = await startServerThatHolds();
  const client = startClient(server.url);
  await client.enters("open");
  const promise = client.request("echo", "long");
  const { socket, answer } = await server.request();
  await timeOut(server, client);
  const admit = await asked;
  socket.send('"hello"');
  await client.unmatched.next();
  admit();
  for (let from = socket; from === socket;) {
    const probe = client.request("echo", "probe");
    const request = await server.request();
    expect(request.data).toBe("probe");
    request.answer();
    await probe;
    from = request.socket;
  }
  answer("in its time");
  expect(await promise).toBe("in its time");
});

test("what waits on an old connection is sent again when that one falls silent", async () => {
  const { server, asked } = await startServerThatHolds();
  const sockets = countSockets();
  const client = startClient(server.url, sockets);
  await client.enters("open");
  const promise = client.request("echo", "long");
  const { socket } = await server.request();
  await timeOut(server, client);
  const admit = await asked;
  socket.send('"hello"');
  await client.unmatched.next();
  const silence = timeOut(server, client, 500);
  admit();
  await silence;
  const again = await server.request();
  expect(again.data).toBe("long");
  expect(again.socket).not.toBe(socket);
  again.answer("here");
  expect(await promise).toBe("here");
  const next = client.request("echo", "next");
  (await server.request()).answer("next");
  expect(await next).toBe("next");
  expect(sockets.opened).toBe(2);
});

test("a connection that falls silent while its replacement opens gets no second one", async () => {
  const { server, asked } = await startServerThatHolds();
  const sockets = countSockets();
  const client = startClient(server.url, { ...sockets, renewAfter: 50 });
  await client.enters("open");
  const admit = await asked;
  await timeOut(server, client);
  // Requests take turns with the timer that would open a second one.
  for (let number = 0; number < 3; number += 1) {
    const promise = client.request("echo", number);
    (await server.request()).answer(number);
    expect(await promise).toBe(number);
  }
  expect(sockets.opened).toBe(2);
  admit();
  const first = await server.connection();
  await once(first, "close");
});

test("a request that waited for its connection says nothing about that one when it times out", async () => {
  const server = await startServer();
  const sockets = countSockets();
  const client = startClient(server.url, sockets);
  const late = client.request("echo", "late", { timeout: 500 });
  await server.request();
  await expect(late).rejects.toMatchObject({ code: "TIMED_OUT", sent: true });
  const next = client.request("echo", "next");
  (await server.request()).answer("here");
  expect(await next).toBe("here");
  expect(sockets.opened).toBe(1);
});

test("a silent connection is replaced after one back-off, however many requests time out on it", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await startServer();
  const sockets = countSockets();
  const client = startClient(server.url, { ...sockets, random: () => 1, minimumDelay: 500 });
  await client.enters("open");
  const silences = [100, 300, 500].map((timeout) => timeOut(server, client, timeout));
  await vi.advanceTimersByTimeAsync(599);
  await Promise.all(silences);
  expect(sockets.opened).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(sockets.opened).toBe(2);
});

test("a connection that brings other replies is not replaced for one that is late", async () => {
  const server = await startServer();
  const sockets = countSockets();
  const client = startClient(server.url, sockets);
  await client.enters("open");
  const late = client.request("echo", "late", { timeout: 100 });
  const other = client.request("echo", "other");
  await server.request();
  (await server.request()).answer("here");
  expect(await other).toBe("here");
  await expect(late).rejects.toMatchObject({ code: "TIMED_OUT" });
  expect(sockets.opened).toBe(1);
});

test("a silent connection is kept alive with a cheap action, whose answer nobody sees", async () => {
  const server = await startServer();
  const client = startClient(server.url, { keepAlive: 20 });
  for (let number = 0; number < 3; number += 1) {
    const { action, answer } = await server.request();
    expect(action).toBe("ping");
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

test("a message that comes, and one that goes, each put off the keep-alive", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await startServer();
  const client = startClient(server.url, { keepAlive: 1000, timeout: Infinity });
  await client.enters("open");
  const socket = await server.connection();
  await vi.advanceTimersByTimeAsync(999);
  socket.send('"hello"');
  await client.unmatched.next();
  await vi.advanceTimersByTimeAsync(999);
  void client.request("echo", "without a reply").catch(() => {});
  expect((await server.request()).data).toBe("without a reply");
  await vi.advanceTimersByTimeAsync(999);
  void client.request("echo", "marker").catch(() => {});
  expect((await server.request()).data).toBe("marker");
  await vi.advanceTimersByTimeAsync(1000);
  expect((await server.request()).action).toBe("ping");
});

test("a keep-alive whose connection is lost is not sent again", async () => {
  const server = await startServer();
  const client = startClient(server.url, { keepAlive: 100 });
  const { action, socket } = await server.request();
  expect(action).toBe("ping");
  await client.enters("open");
  socket.terminate();
  await client.enters("waiting");
  const promise = client.request("echo", "next");
  const { data, answer } = await server.request();
  expect(data).toBe("next");
  answer();
  await promise;
});

test("a keep-alive that nobody answers has the connection replaced", async () => {
  const server = await startServer();
  startClient(server.url, { keepAlive: 20, timeout: 20 });
  await server.connection();
  expect((await server.request()).action).toBe("ping");
  await server.connection();
});
