import { once } from "node:events";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { MESSAGE_LIMIT, MESSAGES_IN_FLIGHT, SEND_BUFFER } from "./limits.ts";
import { addRoute, addRouteResponse } from "./testing-api.ts";
import { startGateway, type TestGateway } from "./testing.ts";

const KB = 1024;
const MB = 1024 * KB;

/** Checks during a test that another client still gets responses. */
async function useNormally(gateway: TestGateway, messages = 20): Promise<void> {
  if (gateway.api.routes["echo"] === undefined) addRoute(gateway.api, "echo");
  addRouteResponse(gateway.api, "echo");
  const handle = gateway.lambda.handlers.MESSAGE;
  gateway.lambda.handlers.MESSAGE = (event) =>
    event.requestContext.routeKey === "echo"
      ? { statusCode: 200, body: event.body }
      : handle?.(event);
  const client = await gateway.connect();
  for (let number = 0; number < messages; number += 1) {
    const message = JSON.stringify({ action: "echo", number });
    client.send(message);
    expect(await client.next()).toBe(message);
  }
  client.socket.close();
}

async function open(gateway: TestGateway) {
  const client = await gateway.connect();
  const serverSocket = await gateway.serverSockets.next();
  const { connectionId } = (await gateway.lambda.next("CONNECT")).requestContext;
  return { client, serverSocket, connectionId };
}

async function readAll(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => (text += String(chunk)));
  await once(socket, "end");
  return text;
}

test("a client that stops in the middle of a message does not delay other clients", async () => {
  await using gateway = await startGateway();
  const { client } = await open(gateway);
  client.socket.send("x".repeat(30 * KB), { fin: false });
  await useNormally(gateway);
  gateway.clock.advance(600_000);
  expect(await client.closed).toMatchObject({ code: 1001 });
});

test("posts to a client that never reads are refused before the memory is full", async () => {
  await using gateway = await startGateway();
  const { client, serverSocket, connectionId } = await open(gateway);
  client.socket.pause();
  const text = "x".repeat(64 * KB);
  let accepted = 0;
  let refusal = await gateway.manage("POST", connectionId, text);
  while (refusal.status === 200 && accepted < (64 * MB) / text.length) {
    accepted += 1;
    refusal = await gateway.manage("POST", connectionId, text);
  }
  expect(refusal).toMatchObject({ status: 429, error: "LimitExceededException" });
  expect(serverSocket.writableLength).toBeLessThan(SEND_BUFFER + 2 * text.length);
  await useNormally(gateway);

  client.socket.resume();
  for (let number = 0; number < accepted; number += 1) expect(await client.next()).toBe(text);
  expect(await gateway.manage("POST", connectionId, "last")).toMatchObject({ status: 200 });
  expect(await client.next()).toBe("last");
  expect(client.unread).toEqual([]);
});

test("replies to a client that never reads wait, and so do its next messages", async () => {
  await using gateway = await startGateway();
  addRouteResponse(gateway.api, "$default");
  const body = "x".repeat(MESSAGE_LIMIT);
  let answered = 0;
  gateway.lambda.handlers.MESSAGE = () => {
    answered += 1;
    return { statusCode: 200, body };
  };
  const { client, serverSocket } = await open(gateway);
  client.socket.pause();
  const messages = 400;
  for (let number = 0; number < messages; number += 1) client.send("x".repeat(KB));
  await useNormally(gateway, 100);
  expect(answered).toBeLessThan(messages / 2);
  const underWay = MESSAGES_IN_FLIGHT + (64 * KB) / KB;
  expect(serverSocket.writableLength).toBeLessThan(underWay * (MESSAGE_LIMIT + KB));

  client.socket.resume();
  for (let number = 0; number < messages; number += 1)
    expect((await client.next()).length).toBe(MESSAGE_LIMIT);
  expect(answered).toBe(messages);
});

test("a client that never reads does not get pongs for all its pings", async () => {
  await using gateway = await startGateway();
  const { client, serverSocket } = await open(gateway);
  client.socket.pause();
  const pings = 150_000;
  for (let number = 0; number < pings; number += 1) client.socket.ping("x".repeat(125));
  client.send("after the pings");
  await expect.poll(() => serverSocket.bytesRead, { timeout: 15_000 }).toBeGreaterThan(pings * 125);
  expect(serverSocket.writableLength).toBeLessThan(SEND_BUFFER + KB);
  client.socket.resume();
  await gateway.lambda.next("MESSAGE");
  await useNormally(gateway);
});

test("a client that never waits has at most a few hundred messages in progress", async () => {
  await using gateway = await startGateway();
  const messages = 3000;
  // The messages of the other client are JSON.
  const isNumbered = (body: string) => /^\d+ x/.test(body);
  const numberIn = (body: string) => Number(body.split(" ", 1)[0]);
  const release = Promise.withResolvers<void>();
  const full = Promise.withResolvers<void>();
  let inFlight = 0;
  let most = 0;
  gateway.lambda.handlers.MESSAGE = async () => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    if (inFlight === MESSAGES_IN_FLIGHT) full.resolve();
    await release.promise;
    inFlight -= 1;
  };
  const { client } = await open(gateway);
  for (let number = 0; number < messages; number += 1) client.send(`${number} ${"x".repeat(KB)}`);
  await full.promise;
  await useNormally(gateway);
  release.resolve();
  const received: number[] = [];
  while (received.length < messages) {
    const { body = "" } = await gateway.lambda.next("MESSAGE");
    if (isNumbered(body)) received.push(numberIn(body));
  }
  // Each message arrives once, in the order of sending.
  expect(received).toEqual(Array.from({ length: messages }, (_, number) => number));
  expect(gateway.lambda.unread("MESSAGE").filter(({ body = "" }) => isNumbered(body))).toEqual([]);
  // A read of up to 64 KB can contain further messages after the last one before the pause.
  expect(most).toBeLessThanOrEqual(MESSAGES_IN_FLIGHT + (64 * KB) / KB);
});

test.for<[string, string, RegExp]>([
  ["garbage", "\u0000\u0001 garbage\r\n\r\n", /^HTTP\/1\.1 400 /],
  [
    "headers of 1 MB",
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(MB)}\r\n\r\n`,
    /^HTTP\/1\.1 431 /,
  ],
])("%s instead of a handshake ends that TCP connection only", async ([, bytes, response]) => {
  await using gateway = await startGateway();
  const socket = await gateway.dialRaw();
  const read = readAll(socket);
  socket.write(bytes);
  expect(await read).toMatch(response);
  await useNormally(gateway);
});

test("an incomplete handshake does not delay other clients, and ends with its client", async () => {
  await using gateway = await startGateway();
  const socket = await gateway.dialRaw();
  const serverSocket = await gateway.serverSockets.next();
  socket.write(`GET ${gateway.path} HTTP/1.1\r\nHost: x\r\nUpgr`);
  await useNormally(gateway);
  const forgotten = new Promise((resolve) => serverSocket.once("close", resolve));
  socket.destroy();
  await forgotten;
  expect(serverSocket.destroyed).toBe(true);
});

test("a client that does not close the connection after a refusal is disconnected", async () => {
  await using gateway = await startGateway();
  const socket = await gateway.dialRaw();
  const serverSocket = await gateway.serverSockets.next();
  const cut = new Promise((resolve) => serverSocket.once("close", resolve));
  socket.write(
    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  );
  expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 403 /);
  await cut;
});

test("200 clients that connect and disconnect leave no resources", async () => {
  await using gateway = await startGateway();
  const clients = await Promise.all(Array.from({ length: 200 }, () => gateway.connect()));
  const sockets = await Promise.all(clients.map(() => gateway.serverSockets.next()));
  const closed = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
  const ids = new Set<string>();
  for (const { socket } of clients) {
    ids.add((await gateway.lambda.next("CONNECT")).requestContext.connectionId);
    socket.terminate();
  }
  await Promise.all(closed);
  for (const id of ids) expect(await gateway.manage("GET", id)).toMatchObject({ status: 410 });
  const ended: string[] = [];
  while (ended.length < ids.size)
    ended.push((await gateway.lambda.next("DISCONNECT")).requestContext.connectionId);
  expect(ended.toSorted()).toEqual([...ids].toSorted());
  expect(gateway.lambda.unread("DISCONNECT")).toEqual([]);
});
