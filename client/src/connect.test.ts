import { getEventListeners, once } from "node:events";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { NoReplyError, RequestError } from "./errors.ts";
import { startClient, startServer } from "./testing.ts";

const KB = 1024;

test("a request is one frame of the protocol, and resolves with the result", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("uppercase", { text: "hello" });
  const { action, data, requestId, reply } = await server.request();
  expect({ action, data }).toEqual({ action: "uppercase", data: { text: "hello" } });
  expect(requestId).toMatch(/^\d+-\d+-1$/);
  reply("HELLO");
  expect(await promise).toBe("HELLO");
});

test("a request without data has no key data, and its result can be undefined", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("echo");
  const request = await server.request();
  expect(request).not.toHaveProperty("data");
  request.reply();
  expect(await promise).toBeUndefined();
});

test("replies are matched to their requests in any order", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promises = [1, 2, 3].map((number) => client.request("echo", number));
  const requests = [await server.request(), await server.request(), await server.request()];
  for (const { data, reply } of requests.toReversed()) reply(data);
  expect(await Promise.all(promises)).toEqual([1, 2, 3]);
});

test("an error frame rejects its request with code, message, action and requestId", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("echo").catch((error: unknown) => error);
  const { requestId, reply } = await server.request();
  // The server can't always name the action.
  const error = { code: "INVALID_DATA", message: "data must be good" };
  reply(undefined, { action: null, status: "error", error });
  const caught = await promise;
  expect(caught).toBeInstanceOf(RequestError);
  expect(caught).toMatchObject({ name: "RequestError", ...error, action: "echo", requestId });
});

test("a duplicate of a reply is dropped", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const first = client.request("echo");
  const { reply } = await server.request();
  reply("once");
  reply("twice");
  const second = client.request("echo");
  (await server.request()).reply("next");
  expect([await first, await second]).toEqual(["once", "next"]);
  expect(client.unmatched.kept).toEqual([]);
});

test("a request times out, and a later reply is dropped", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await client.enters("open");
  const promise = client.request("echo", 1, { timeout: 50 });
  promise.catch(() => {});
  const { requestId, reply } = await server.request();
  await expect(promise).rejects.toThrow(NoReplyError);
  await expect(promise).rejects.toMatchObject({
    name: "NoReplyError",
    code: "TIMED_OUT",
    action: "echo",
    requestId,
    sent: true,
  });
  reply("late");
  const next = client.request("echo");
  (await server.request()).reply("in time");
  expect(await next).toBe("in time");
  expect(client.unmatched.kept).toEqual([]);
});

test("with a timeout of Infinity, a request never times out", async () => {
  const server = await startServer();
  const client = startClient(server.url, { timeout: Infinity });
  const promise = client.request("echo");
  (await server.request()).reply("in its time");
  expect(await promise).toBe("in its time");
});

test("a signal rejects its request with its reason, and no other request", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const controller = new AbortController();
  const promise = client.request("echo", "aborted", { signal: controller.signal });
  const other = client.request("echo", "other");
  const { reply } = await server.request();
  controller.abort(new Error("changed my mind"));
  await expect(promise).rejects.toThrow("changed my mind");
  reply("too late");
  (await server.request()).reply("here");
  expect(await other).toBe("here");
  expect(client.unmatched.kept).toEqual([]);
});

test("with an aborted signal, nothing is sent", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await expect(
    client.request("echo", "aborted", { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ name: "AbortError" });
  const next = client.request("echo", "next");
  const { data, reply } = await server.request();
  expect(data).toBe("next");
  reply();
  await next;
});

test("a settled request removes its listener from the signal", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const { signal } = new AbortController();
  const promise = client.request("echo", "one of many", { signal });
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  (await server.request()).reply();
  await promise;
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test.for<[string, string]>([
  ["characters of one byte", "x"],
  ["characters of three bytes", "€"],
])("a message of 32 KB is sent, and a larger one is rejected, in %s", async ([, letter]) => {
  const server = await startServer();
  const client = startClient(server.url);
  // Shows how long a requestId is.
  const short = client.request("echo", "");
  const { requestId, reply } = await server.request();
  reply();
  await short;
  const rest = JSON.stringify({ action: "echo", data: "", requestId }).length;
  const letters = Math.floor((32 * KB - rest) / Buffer.byteLength(letter));
  const fill = "x".repeat(32 * KB - rest - letters * Buffer.byteLength(letter));
  const largest = letter.repeat(letters) + fill;

  await expect(client.request("echo", `${largest}x`)).rejects.toMatchObject({
    code: "MESSAGE_TOO_LARGE",
    message: expect.stringContaining("32 KB"),
    sent: false,
  });
  const promise = client.request("echo", largest);
  const request = await server.request();
  expect(request.data).toBe(largest);
  request.reply("taken");
  expect(await promise).toBe("taken");
});

test("a request whose data can't be encoded as JSON is rejected", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await expect(client.request("echo", 1n)).rejects.toThrow(TypeError);
});

test.for<[string, string, unknown]>([
  [
    "API Gateway's own error",
    '{"message": "Internal server error", "connectionId":"a=", "requestId":"b="}',
    { message: "Internal server error", connectionId: "a=", requestId: "b=" },
  ],
  [
    "a reply to a request of another client",
    '{"action":"echo","status":"success","requestId":"b="}',
    { action: "echo", status: "success", requestId: "b=" },
  ],
  [
    "progress of a request of another client",
    '{"action":"echo","status":"progress","progress":1,"sequence":0,"requestId":"b="}',
    { action: "echo", status: "progress", progress: 1, sequence: 0, requestId: "b=" },
  ],
  ["a message that the server sends on its own", "hello", "hello"],
  ["null", "null", null],
])("%s is unmatched, and settles no request", async ([, text, message]) => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("echo");
  const { socket, reply } = await server.request();
  socket.send(text);
  expect(await client.unmatched.next()).toEqual(message);
  reply("after all");
  expect(await promise).toBe("after all");
});

test.for<[string, object]>([
  ["an error that is null", { status: "error", error: null }],
  ["no error", { status: "error" }],
  ["an error whose code is not a string", { status: "error", error: { code: 1 } }],
  ["another status", { status: "pending", error: { code: "INVALID_DATA" } }],
  ["no status", { status: undefined }],
  ["a requestId that is not a string", { requestId: 1 }],
  ["progress without a number", { status: "progress", progress: 1 }],
])("a frame with %s is unmatched, and settles no request", async ([, keys]) => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("echo");
  const { requestId, reply } = await server.request();
  reply("no reply", keys);
  const frame = { action: "echo", status: "success", result: "no reply", requestId, ...keys };
  expect(await client.unmatched.next()).toEqual(frame);
  reply("after all");
  expect(await promise).toBe("after all");
});

test("close rejects pending and later requests, and sends the close code to the server", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const socket = await server.connection();
  const closed = new Promise((resolve) => socket.on("close", resolve));
  const pending = client.request("echo");
  await server.request();
  client.close(4000);
  expect(client.state).toBe("closed");
  await expect(pending).rejects.toMatchObject({ code: "CLOSED", sent: true });
  await expect(client.request("echo")).rejects.toMatchObject({ code: "CLOSED", sent: false });
  expect(await closed).toBe(4000);
  await client.enters("closed");
  expect(server.unread.connections).toEqual([]);
});

test("close throws for a code that a client may not use, and the client stays open", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("echo");
  const { reply } = await server.request();
  for (const code of [0, 999, 1001, 2999, 5000, NaN])
    expect(() => client.close(code)).toThrow(
      new RangeError("The close code must be 1000, or from 3000 to 4999."),
    );
  reply("still here");
  expect(await promise).toBe("still here");
});

test.for([1000, 3000, 4999])("a client may close with %d", async (code) => {
  const server = await startServer();
  const client = startClient(server.url);
  const closed = once(await server.connection(), "close");
  await client.enters("open");
  client.close(code);
  expect((await closed)[0]).toBe(code);
});

test("a second close changes nothing", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const closed = once(await server.connection(), "close");
  await client.enters("open");
  client.close(3001);
  client.close(3002);
  await client.enters("closed");
  expect((await closed)[0]).toBe(3001);
  expect(client.states).toEqual([]);
});

test("close does not change the error of a client that is already closed", async () => {
  const client = startClient("nonsense://");
  await client.enters("closed");
  client.close();
  await expect(client.request("echo")).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
});

test("a message that arrives while the client closes is dropped", async () => {
  const server = await startServer();
  // The WebSocket of ws emits messages that arrive before the server's close frame.
  const client = startClient(server.url, { WebSocket });
  const socket = await server.connection();
  await client.enters("open");
  const closed = once(socket, "close");
  socket.send("late");
  client.close();
  await closed;
  expect(client.unmatched.kept).toEqual([]);
});
