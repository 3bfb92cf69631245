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
  const { action, data, requestId, answer } = await server.request();
  expect({ action, data }).toEqual({ action: "uppercase", data: { text: "hello" } });
  expect(requestId).toMatch(/^\d+-\d+-1$/);
  answer("HELLO");
  expect(await promise).toBe("HELLO");
});

test("an action that takes no data is asked without, and may have no result", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("echo");
  const request = await server.request();
  expect(request).not.toHaveProperty("data");
  request.answer();
  expect(await promise).toBeUndefined();
});

test("replies find their requests in any order", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promises = [1, 2, 3].map((number) => client.request("echo", number));
  const requests = [await server.request(), await server.request(), await server.request()];
  for (const { data, answer } of requests.toReversed()) answer(data);
  expect(await Promise.all(promises)).toEqual([1, 2, 3]);
});

test("an error frame rejects its request with code, message, action and requestId", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("echo").catch((error: unknown) => error);
  const { requestId, answer } = await server.request();
  // The server can't always name the action.
  const error = { code: "INVALID_DATA", message: "data must be good" };
  answer(undefined, { action: null, status: "error", error });
  const caught = await promise;
  expect(caught).toBeInstanceOf(RequestError);
  expect(caught).toMatchObject({ name: "RequestError", ...error, action: "echo", requestId });
});

test("a duplicate of a reply is dropped", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const first = client.request("echo");
  const { answer } = await server.request();
  answer("once");
  answer("twice");
  const second = client.request("echo");
  (await server.request()).answer("next");
  expect([await first, await second]).toEqual(["once", "next"]);
  expect(client.unmatched.kept).toEqual([]);
});

test("a request times out, and the reply that comes after that is dropped", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await client.enters("open");
  const promise = client.request("echo", 1, { timeout: 50 });
  promise.catch(() => {});
  const { requestId, answer } = await server.request();
  await expect(promise).rejects.toThrow(NoReplyError);
  await expect(promise).rejects.toMatchObject({
    name: "NoReplyError",
    code: "TIMED_OUT",
    action: "echo",
    requestId,
    sent: true,
  });
  answer("late");
  const next = client.request("echo");
  (await server.request()).answer("in time");
  expect(await next).toBe("in time");
  expect(client.unmatched.kept).toEqual([]);
});

test("a time-out of Infinity is none", async () => {
  const server = await startServer();
  const client = startClient(server.url, { timeout: Infinity });
  const promise = client.request("echo");
  (await server.request()).answer("in its time");
  expect(await promise).toBe("in its time");
});

test("a signal rejects its request with its reason, and leaves the others alone", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const controller = new AbortController();
  const promise = client.request("echo", "aborted", { signal: controller.signal });
  const other = client.request("echo", "other");
  const { answer } = await server.request();
  controller.abort(new Error("changed my mind"));
  await expect(promise).rejects.toThrow("changed my mind");
  answer("too late");
  (await server.request()).answer("here");
  expect(await other).toBe("here");
  expect(client.unmatched.kept).toEqual([]);
});

test("with a signal that is aborted already, nothing is sent", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await expect(
    client.request("echo", "aborted", { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ name: "AbortError" });
  const next = client.request("echo", "next");
  const { data, answer } = await server.request();
  expect(data).toBe("next");
  answer();
  await next;
});

test("a signal for many requests keeps nothing of those that are settled", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const { signal } = new AbortController();
  const promise = client.request("echo", "one of many", { signal });
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  (await server.request()).answer();
  await promise;
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test.for<[string, string]>([
  ["letters", "x"],
  ["letters of three bytes", "€"],
])("a message of 32 KB is sent, and a byte more is refused, in %s", async ([, letter]) => {
  const server = await startServer();
  const client = startClient(server.url);
  // So that the requestId has as many digits as the next ones.
  const short = client.request("echo", "");
  const { requestId, answer } = await server.request();
  answer();
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
  request.answer("taken");
  expect(await promise).toBe("taken");
});

test("data that can't be JSON rejects its request", async () => {
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
    "a reply to a request of somebody else",
    '{"action":"echo","status":"success","requestId":"b="}',
    { action: "echo", status: "success", requestId: "b=" },
  ],
  [
    "progress of a request of somebody else",
    '{"action":"echo","status":"progress","progress":1,"sequence":0,"requestId":"b="}',
    { action: "echo", status: "progress", progress: 1, sequence: 0, requestId: "b=" },
  ],
  ["what the server posts by itself", "hello", "hello"],
  ["null", "null", null],
])("%s is unmatched, and settles no request", async ([, text, message]) => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("echo");
  const { socket, answer } = await server.request();
  socket.send(text);
  expect(await client.unmatched.next()).toEqual(message);
  answer("after all");
  expect(await promise).toBe("after all");
});

test.for<[string, object]>([
  ["an error that is null", { status: "error", error: null }],
  ["no error", { status: "error" }],
  ["an error whose code is no text", { status: "error", error: { code: 1 } }],
  ["another status", { status: "pending", error: { code: "INVALID_DATA" } }],
  ["no status", { status: undefined }],
  ["a requestId that is no text", { requestId: 1 }],
  ["progress without a number", { status: "progress", progress: 1 }],
])("a frame with %s is unmatched, and settles no request", async ([, reply]) => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("echo");
  const { requestId, answer } = await server.request();
  answer("no reply", reply);
  const frame = { action: "echo", status: "success", result: "no reply", requestId, ...reply };
  expect(await client.unmatched.next()).toEqual(frame);
  answer("after all");
  expect(await promise).toBe("after all");
});

test("close rejects what is pending and what comes after, and the server sees the code", async () => {
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

test("a code that a client may not use is refused, and the client goes on", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("echo");
  const { answer } = await server.request();
  for (const code of [0, 999, 1001, 2999, 5000, NaN])
    expect(() => client.close(code)).toThrow(
      new RangeError("The close code must be 1000, or from 3000 to 4999."),
    );
  answer("still here");
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

test("a close after the client gave up leaves the reason as it was", async () => {
  const client = startClient("nonsense://");
  await client.enters("closed");
  client.close();
  await expect(client.request("echo")).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
});

test("what comes while the client closes is dropped", async () => {
  const server = await startServer();
  // The WebSocket of ws hands on what comes before the answer to the close frame.
  const client = startClient(server.url, { WebSocket });
  const socket = await server.connection();
  await client.enters("open");
  const closed = once(socket, "close");
  socket.send("late");
  client.close();
  await closed;
  expect(client.unmatched.kept).toEqual([]);
});
