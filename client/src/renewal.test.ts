import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Client } from "./connect.ts";
import { createQueue, startClient, startServer } from "./testing.ts";

type Server = Awaited<ReturnType<typeof startServer>>;

/** Starts a server that accepts the first connection at once, and the second when the test calls back. */
async function startHoldingServer() {
  const held = Promise.withResolvers<() => void>();
  let isFirst = true;
  const server = await startServer({
    verifyClient: (_info, done) => {
      if (isFirst) done(true);
      else held.resolve(() => done(true));
      isFirst = false;
    },
  });
  return { server, held: held.promise };
}

/** Starts a server that accepts the first connection, and refuses the others until `accept` is called. */
async function startRefusingServer() {
  let acceptable = 1;
  const refusals = createQueue<unknown>();
  const server = await startServer({
    verifyClient: (info, done) => {
      if (acceptable === 0) refusals.push(info);
      done(acceptable > 0, 503);
      acceptable = Math.max(0, acceptable - 1);
    },
  });
  return {
    server,
    /** Resolves when that many connections have been refused. */
    async refuses(connections: number) {
      for (let refused = 0; refused < connections; refused += 1) await refusals.next();
    },
    accept() {
      acceptable = Infinity;
    },
  };
}

/** Sends a request that times out while no message arrives. */
async function timeOut(server: Server, client: Client, timeout = 20): Promise<void> {
  const error = client.request("echo", "short", { timeout }).catch((caught: unknown) => caught);
  await server.request();
  expect(await error).toMatchObject({ code: "TIMED_OUT" });
}

/** Returns a WebSocket class, and the number of its instances so far. */
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

test("an old connection is replaced before it ends, and closes after the reply to its last request", async () => {
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
  onNew.reply("on the new one");
  expect(await late).toBe("on the new one");
  onOld.reply("on the old one");
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
  const { server, held } = await startHoldingServer();
  const client = startClient(server.url, { renewAfter: 50 });
  const promise = client.request("echo", "slow");
  const { socket } = await server.request();
  expect(await server.connection()).toBe(socket);
  (await held)();
  const current = await server.connection();
  current.send('"welcome"');
  expect(await client.unmatched.next()).toBe("welcome");
  const closed = Promise.all([once(socket, "close"), once(current, "close")]);
  client.close(4000);
  await expect(promise).rejects.toMatchObject({ code: "CLOSED", sent: true });
  for (const [code] of await closed) expect(code).toBe(4000);
});

test("a long request keeps its old connection open while others replace it", async () => {
  const server = await startServer();
  const client = startClient(server.url, { renewAfter: 50, timeout: 100 });
  const promise = client.request("echo", "slow", { timeout: 20_000 });
  const { socket, reply } = await server.request();
  for (let renewals = 0; renewals < 6; renewals += 1) await server.connection();
  expect(socket.readyState).toBe(socket.OPEN);
  reply("at last");
  expect(await promise).toBe("at last");
  expect(server.unread.requests).toEqual([]);
});

test("a replaced connection is kept alive as long as a request waits on it", async () => {
  const server = await startServer();
  const client = startClient(server.url, { renewAfter: 100, keepAlive: 50 });
  const promise = client.request("echo", "slow", { retry: false });
  const slow = await server.request();
  let onOld = 0;
  while (onOld < 5 || server.offers.length < 3) {
    const { action, socket, reply } = await server.request();
    expect(action).toBe("ping");
    if (socket === slow.socket && server.offers.length > 1) onOld += 1;
    reply("now");
  }
  const closed = once(slow.socket, "close").then(() => undefined);
  slow.reply("at last");
  expect(await promise).toBe("at last");
  // The connection also waits for the replies to its last keep-alives.
  for (;;) {
    const request = await Promise.race([server.request(), closed]);
    if (request === undefined) break;
    request.reply("now");
  }
  expect(client.unmatched.kept).toEqual([]);
});

test("requests on a replaced connection are sent again if it does not reply to a keep-alive", async () => {
  const server = await startServer();
  const client = startClient(server.url, { renewAfter: 50, keepAlive: 200, timeout: 50 });
  const promise = client.request("echo", "long", { timeout: 20_000 });
  const first = await server.request();
  for (;;) {
    const request = await server.request();
    if (request.socket === first.socket) continue;
    request.reply(request.action === "echo" ? "here" : "now");
    if (request.action === "echo") break;
  }
  expect(await promise).toBe("here");
});

test("a full queue does not reject the keep-alives of a replaced connection", async () => {
  const { server, held } = await startHoldingServer();
  const client = startClient(server.url, { renewAfter: 50, keepAlive: 100, maximumQueue: 0 });
  await client.enters("open");
  const promise = client.request("echo", "kept");
  const old = await server.request();
  expect(await server.connection()).toBe(old.socket);
  (await held)();
  (await server.connection()).terminate();
  await client.enters("waiting");
  for (let number = 0; number < 2; number += 1) {
    const { action, socket, reply } = await server.request();
    expect(action).toBe("ping");
    expect(socket).toBe(old.socket);
    reply("now");
  }
  old.reply("here");
  expect(await promise).toBe("here");
});

test("a failed replacement is retried while the old connection stays in use", async () => {
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

test("failed attempts to replace a working connection do not count after it is lost", async () => {
  const { server, refuses, accept } = await startRefusingServer();
  const client = startClient(server.url, { renewAfter: 50, maximumAttempts: 2 });
  const promise = client.request("echo");
  const { socket, reply } = await server.request();
  reply("served");
  expect(await promise).toBe("served");
  await refuses(3);
  accept();
  socket.terminate();
  await server.connection();
  await server.connection();
  expect(client.state).not.toBe("closed");
});

test("failed attempts to replace a working connection do not count after it is replaced", async () => {
  const { server, refuses, accept } = await startRefusingServer();
  const client = startClient(server.url, { renewAfter: 300, maximumAttempts: 2 });
  const promise = client.request("echo");
  (await server.request()).reply("served");
  expect(await promise).toBe("served");
  const old = await server.connection();
  await refuses(3);
  const replaced = once(old, "close");
  accept();
  const socket = await server.connection();
  await replaced;
  socket.terminate();
  await client.enters("waiting");
  await client.enters("open");
});

test("no request is lost if the old connection ends while its replacement opens", async () => {
  const { server, held } = await startHoldingServer();
  const client = startClient(server.url, { renewAfter: 50 });
  const promise = client.request("echo", "kept");
  const { socket } = await server.request();
  const accept = await held;
  socket.terminate();
  await client.enters("open");
  await client.enters("connecting");
  accept();
  (await server.request()).reply("here");
  expect(await promise).toBe("here");
  expect(server.unread.connections).toHaveLength(2);
});

test("a connection is replaced if a request times out and no message arrived", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await client.enters("open");
  await expect(client.request("echo", 1, { timeout: 20 })).rejects.toMatchObject({
    code: "TIMED_OUT",
  });
  await server.connection();
  await server.connection();
});

test("requests on a silent connection are sent again over its replacement", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await client.enters("open");
  const promise = client.request("echo", "long");
  const first = await server.request();
  await timeOut(server, client);
  const second = await server.request();
  expect(second).toMatchObject({ data: "long", requestId: first.requestId });
  expect(second.socket).not.toBe(first.socket);
  second.reply("here");
  expect(await promise).toBe("here");
  await once(first.socket, "close");
});

test("the reply to a request that was sent again may also arrive on the old connection", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await client.enters("open");
  const promise = client.request("echo", "long");
  const first = await server.request();
  await timeOut(server, client);
  const second = await server.request();
  first.reply("from the old one");
  expect(await promise).toBe("from the old one");
  second.reply("too late");
  const next = client.request("echo", "next");
  (await server.request()).reply("next");
  expect(await next).toBe("next");
  expect(client.unmatched.kept).toEqual([]);
});

test("a request without retry keeps waiting on a silent connection", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await client.enters("open");
  const once = client.request("echo", "once", { retry: false });
  const twice = client.request("echo", "twice");
  const { socket, reply } = await server.request();
  await server.request();
  await timeOut(server, client);
  const again = await server.request();
  expect(again.data).toBe("twice");
  expect(again.socket).not.toBe(socket);
  again.reply("on the new one");
  expect(await twice).toBe("on the new one");
  reply("on the old one");
  expect(await once).toBe("on the old one");
  expect(server.unread.requests).toEqual([]);
});

test("requests stay on a silent connection that receives a message again", async () => {
  const { server, held } = await startHoldingServer();
  const client = startClient(server.url);
  await client.enters("open");
  const promise = client.request("echo", "long");
  const { socket, reply } = await server.request();
  await timeOut(server, client);
  const accept = await held;
  socket.send('"hello"');
  await client.unmatched.next();
  accept();
  for (let from = socket; from === socket;) {
    const probe = client.request("echo", "probe");
    const request = await server.request();
    expect(request.data).toBe("probe");
    request.reply();
    await probe;
    from = request.socket;
  }
  reply("in its time");
  expect(await promise).toBe("in its time");
});

test("requests on an old connection are sent again when it becomes silent", async () => {
  const { server, held } = await startHoldingServer();
  const sockets = countSockets();
  const client = startClient(server.url, sockets);
  await client.enters("open");
  const promise = client.request("echo", "long");
  const { socket } = await server.request();
  await timeOut(server, client);
  const accept = await held;
  socket.send('"hello"');
  await client.unmatched.next();
  const silence = timeOut(server, client, 500);
  accept();
  await silence;
  const again = await server.request();
  expect(again.data).toBe("long");
  expect(again.socket).not.toBe(socket);
  again.reply("here");
  expect(await promise).toBe("here");
  const next = client.request("echo", "next");
  (await server.request()).reply("next");
  expect(await next).toBe("next");
  expect(sockets.opened).toBe(2);
});

test("a connection that becomes silent while its replacement opens gets no second one", async () => {
  const { server, held } = await startHoldingServer();
  const sockets = countSockets();
  const client = startClient(server.url, { ...sockets, renewAfter: 50 });
  await client.enters("open");
  const accept = await held;
  await timeOut(server, client);
  // These round trips give the timer that would open a second one time to run.
  for (let number = 0; number < 3; number += 1) {
    const promise = client.request("echo", number);
    (await server.request()).reply(number);
    expect(await promise).toBe(number);
  }
  expect(sockets.opened).toBe(2);
  accept();
  const first = await server.connection();
  await once(first, "close");
});

test("the timeout of a request that had to wait for a connection does not replace the connection", async () => {
  const server = await startServer();
  const sockets = countSockets();
  const client = startClient(server.url, sockets);
  const late = client.request("echo", "late", { timeout: 500 });
  await server.request();
  await expect(late).rejects.toMatchObject({ code: "TIMED_OUT", sent: true });
  const next = client.request("echo", "next");
  (await server.request()).reply("here");
  expect(await next).toBe("here");
  expect(sockets.opened).toBe(1);
});

test("a silent connection is replaced once, after one back-off, even if several requests time out", async () => {
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

test("a connection that receives other replies is not replaced after a timeout", async () => {
  const server = await startServer();
  const sockets = countSockets();
  const client = startClient(server.url, sockets);
  await client.enters("open");
  const late = client.request("echo", "late", { timeout: 100 });
  const other = client.request("echo", "other");
  await server.request();
  (await server.request()).reply("here");
  expect(await other).toBe("here");
  await expect(late).rejects.toMatchObject({ code: "TIMED_OUT" });
  expect(sockets.opened).toBe(1);
});

test("an idle connection is kept alive with ping, whose reply is not passed to the application", async () => {
  const server = await startServer();
  const client = startClient(server.url, { keepAlive: 20 });
  for (let number = 0; number < 3; number += 1) {
    const { action, reply } = await server.request();
    expect(action).toBe("ping");
    reply("now");
  }
  expect(client.unmatched.kept).toEqual([]);
  expect(server.offers).toHaveLength(1);
});

test("an error frame is also a reply to a keep-alive, whose action is an option", async () => {
  const server = await startServer();
  startClient(server.url, { keepAlive: 20, keepAliveAction: "ping" });
  for (let number = 0; number < 2; number += 1) {
    const { action, reply } = await server.request();
    expect(action).toBe("ping");
    reply(undefined, { status: "error", error: { code: "UNKNOWN_ACTION", message: "no" } });
  }
});

test("received and sent messages delay the keep-alive", async () => {
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
  const { data, reply } = await server.request();
  expect(data).toBe("next");
  reply();
  await promise;
});

test("a keep-alive without a reply replaces the connection", async () => {
  const server = await startServer();
  startClient(server.url, { keepAlive: 20, timeout: 20 });
  await server.connection();
  expect((await server.request()).action).toBe("ping");
  await server.connection();
});
