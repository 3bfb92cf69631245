import { getEventListeners } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import type { StreamOptions } from "./options.ts";
import type { Stream } from "./stream.ts";
import { type Received, startClient, startServer } from "./testing.ts";

/** Starts a stream and receives its request. */
async function startStream(options?: StreamOptions) {
  const server = await startServer();
  const client = startClient(server.url);
  await client.enters("open");
  const stream = client.stream("countdown", { from: 3 }, options);
  return { server, client, stream, request: await server.request() };
}

/** Sends the pieces of one attempt: a name and the numbers from 0. */
function advance(request: Received, count: number, of = "countdown"): void {
  for (let sequence = 0; sequence < count; sequence += 1)
    request.advance(`${of} ${sequence}`, sequence);
}

/** Reads a stream to its end. */
async function readAll(stream: Stream<unknown, unknown>) {
  const pieces: unknown[] = [];
  for (;;) {
    const { done, value } = await stream.next();
    if (done) return { pieces, result: value };
    pieces.push(value);
  }
}

/** Resolves when the client has received all earlier frames. */
async function settleFrames(
  server: Awaited<ReturnType<typeof startServer>>,
  { request }: Pick<ReturnType<typeof startClient>, "request">,
) {
  const marker = request("echo", "marker");
  (await server.request()).reply();
  await marker;
}

test("a stream is one frame of the protocol, which is sent at once", async () => {
  const { request, stream } = await startStream();
  expect(request).toMatchObject({ action: "countdown", data: { from: 3 } });
  request.reply("lift-off");
  expect(await stream.result).toBe("lift-off");
});

test("100 pieces at once are read in order, and then the result", async () => {
  const { stream, request } = await startStream();
  for (let sequence = 0; sequence < 100; sequence += 1) request.advance({ sequence }, sequence);
  request.reply("lift-off");
  expect(await readAll(stream)).toEqual({
    pieces: Array.from({ length: 100 }, (_, sequence) => ({ sequence })),
    result: "lift-off",
  });
  expect(await stream.result).toBe("lift-off");
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test("each piece can be read before the next one is sent", async () => {
  const { stream, request } = await startStream();
  const read: unknown[] = [];
  request.advance(0, 0);
  for await (const piece of stream) {
    read.push(piece);
    if (read.length < 5) request.advance(read.length, read.length);
    else request.reply();
  }
  expect(read).toEqual([0, 1, 2, 3, 4]);
});

test("calls of next at the same time get one piece each, in the order of the calls", async () => {
  const { stream, request } = await startStream();
  const calls = [stream.next(), stream.next(), stream.next()];
  advance(request, 2);
  request.reply("end");
  expect(await Promise.all(calls)).toEqual([
    { done: false, value: "countdown 0" },
    { done: false, value: "countdown 1" },
    { done: true, value: "end" },
  ]);
});

test("an action that streams nothing has a result only", async () => {
  const { stream, request } = await startStream();
  request.reply("at once");
  expect(await readAll(stream)).toEqual({ pieces: [], result: "at once" });
});

test("an error frame ends the stream after the earlier pieces", async () => {
  const { stream, request } = await startStream();
  advance(request, 2);
  const error = { code: "PROCESSING_FAILED", message: "The request could not be processed." };
  request.reply(undefined, { status: "error", error });
  const read: unknown[] = [];
  const reading = async () => {
    for await (const piece of stream) read.push(piece);
  };
  await expect(reading()).rejects.toMatchObject({ name: "RequestError", ...error });
  expect(read).toEqual(["countdown 0", "countdown 1"]);
  await expect(stream.result).rejects.toMatchObject({ code: "PROCESSING_FAILED" });
});

test("a request with onProgress gets each piece with its number, and then the result", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const calls: unknown[] = [];
  const promise = client.request("countdown", { from: 2 }, { onProgress: (...c) => calls.push(c) });
  const request = await server.request();
  advance(request, 2);
  request.reply("lift-off");
  expect(await promise.finally(() => calls.push("settled"))).toBe("lift-off");
  expect(calls).toEqual([["countdown 0", 0], ["countdown 1", 1], "settled"]);
});

test("a request without onProgress ignores pieces", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("countdown", { from: 2 });
  const request = await server.request();
  advance(request, 2);
  request.reply("lift-off");
  expect(await promise).toBe("lift-off");
  expect(client.unmatched.kept).toEqual([]);
});

test("duplicates and numbers that are not the next one are dropped", async () => {
  const onRestart = vi.fn<() => void>();
  const { stream, request } = await startStream({ onRestart });
  for (const sequence of [0, 0, 1, 0.5, 1, 3, -1, 2, 1, 3]) request.advance({ sequence }, sequence);
  request.reply("end");
  expect(await readAll(stream)).toEqual({
    pieces: [0, 1, 2, 3].map((sequence) => ({ sequence })),
    result: "end",
  });
  expect(onRestart).not.toHaveBeenCalled();
});

test("pieces that arrive after the reply are dropped", async () => {
  const { server, client, stream, request } = await startStream();
  advance(request, 1);
  request.reply("end");
  request.advance("late", 1);
  await settleFrames(server, client);
  expect(await readAll(stream)).toEqual({ pieces: ["countdown 0"], result: "end" });
  expect(client.unmatched.kept).toEqual([]);
});

test("a number 0 after others is a restart: unread pieces are dropped, and onRestart comes first", async () => {
  const read: unknown[] = [];
  const { server, client, stream, request } = await startStream({
    onRestart: () => read.push("restart"),
  });
  advance(request, 3, "first");
  read.push((await stream.next()).value);
  advance(request, 2, "second");
  await settleFrames(server, client);
  expect(read).toEqual(["first 0", "restart"]);
  request.reply("end");
  for await (const piece of stream) read.push(piece);
  expect(read).toEqual(["first 0", "restart", "second 0", "second 1"]);
});

test("a later attempt with the same pieces is a restart", async () => {
  const onRestart = vi.fn<() => void>();
  const { stream, request } = await startStream({ onRestart });
  advance(request, 2);
  advance(request, 3);
  request.reply("end");
  expect((await readAll(stream)).pieces.slice(-3)).toEqual([0, 1, 2].map((n) => `countdown ${n}`));
  expect(onRestart).toHaveBeenCalledTimes(1);
});

test("a number 0 with another content directly after a number 0 is a restart", async () => {
  const calls: unknown[] = [];
  const server = await startServer();
  const client = startClient(server.url);
  const promise = client.request("countdown", 1, {
    onProgress: (...piece) => calls.push(piece),
    onRestart: () => calls.push("restart"),
  });
  const request = await server.request();
  request.advance("a", 0);
  request.advance("b", 0);
  request.advance("c", 1);
  request.reply();
  await promise;
  expect(calls).toEqual([["a", 0], "restart", ["b", 0], ["c", 1]]);
});

test("a request whose connection is lost during a stream is sent again, which is a restart", async () => {
  const read: unknown[] = [];
  const { server, stream, request } = await startStream({ onRestart: () => read.push("restart") });
  // One piece: the same content on another connection is not a duplicate.
  advance(request, 1);
  read.push((await stream.next()).value);
  request.socket.terminate();
  const again = await server.request();
  expect(again).toMatchObject({ data: { from: 3 }, requestId: request.requestId });
  advance(again, 3);
  again.reply("lift-off");
  for await (const piece of stream) read.push(piece);
  expect(read).toEqual(["countdown 0", "restart", "countdown 0", "countdown 1", "countdown 2"]);
  expect(await stream.result).toBe("lift-off");
});

test("with retry false, the loss of the connection ends the stream", async () => {
  const { stream, request } = await startStream({ retry: false });
  advance(request, 1);
  expect(await stream.next()).toEqual({ done: false, value: "countdown 0" });
  request.socket.terminate();
  await expect(stream.next()).rejects.toMatchObject({ code: "CONNECTION_LOST", sent: true });
});

test("a stream on two connections follows the one that started last", async () => {
  const read: unknown[] = [];
  const { server, client, stream, request } = await startStream({
    onRestart: () => read.push("restart"),
  });
  advance(request, 2, "old");
  read.push((await stream.next()).value, (await stream.next()).value);
  const silence = client.request("echo", "silent", { timeout: 20 });
  silence.catch(() => {});
  await server.request();
  await expect(silence).rejects.toMatchObject({ code: "TIMED_OUT" });
  // The connection was only slow, and receives further messages.
  const again = await server.request();
  expect(again.requestId).toBe(request.requestId);
  request.advance("old 2", 2);
  read.push((await stream.next()).value);
  again.advance("new 0", 0);
  read.push((await stream.next()).value);
  request.advance("old 3", 3);
  request.advance("old 1", 1);
  request.socket.send('"after the old ones"');
  await client.unmatched.next();
  again.advance("new 1", 1);
  read.push((await stream.next()).value);
  expect(read).toEqual(["old 0", "old 1", "old 2", "restart", "new 0", "new 1"]);
  request.reply("from the old one");
  expect(await stream.result).toBe("from the old one");
});

test("break cancels the request, and later frames are dropped", async () => {
  const { signal } = new AbortController();
  const { server, client, stream, request } = await startStream({ signal });
  advance(request, 3);
  for await (const piece of stream) {
    expect(piece).toBe("countdown 0");
    break;
  }
  await expect(stream.result).rejects.toMatchObject({
    name: "NoReplyError",
    code: "CANCELED",
    requestId: request.requestId,
    sent: true,
  });
  // The listener is removed.
  expect(getEventListeners(signal, "abort")).toEqual([]);
  request.advance("late", 3);
  request.reply("late");
  await settleFrames(server, client);
  expect(client.unmatched.kept).toEqual([]);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test("break after the reply does not change the result", async () => {
  const { stream, request } = await startStream();
  advance(request, 3);
  request.reply("lift-off");
  await stream.result;
  for await (const piece of stream) {
    expect(piece).toBe("countdown 0");
    break;
  }
  expect(await stream.result).toBe("lift-off");
});

test("a replaced connection is closed when its last stream is canceled", async () => {
  const server = await startServer();
  const client = startClient(server.url, { renewAfter: 50 });
  const stream = client.stream("countdown");
  const { socket } = await server.request();
  const closed = new Promise((resolve) => socket.on("close", resolve));
  await server.connection();
  await server.connection();
  expect(socket.readyState).toBe(socket.OPEN);
  await stream.return();
  await closed;
});

test("return cancels an unread stream, and a waiting call of next", async () => {
  const { client, stream } = await startStream();
  const other = client.stream("countdown");
  const next = other.next();
  next.catch(() => {});
  for (const ended of [stream, other]) {
    expect(await ended.return()).toEqual({ done: true, value: undefined });
    await expect(ended.result).rejects.toMatchObject({ code: "CANCELED" });
    expect(await ended.next()).toEqual({ done: true, value: undefined });
  }
  await expect(next).rejects.toMatchObject({ code: "CANCELED" });
});

test("a signal ends the stream at once with its reason, and drops unread pieces", async () => {
  const controller = new AbortController();
  const { server, client, stream, request } = await startStream({ signal: controller.signal });
  advance(request, 3);
  await settleFrames(server, client);
  const read: unknown[] = [];
  const reading = async () => {
    for await (const piece of stream) {
      read.push(piece);
      controller.abort(new Error("changed my mind"));
    }
  };
  await expect(reading()).rejects.toThrow("changed my mind");
  expect(read).toEqual(["countdown 0"]);
  await expect(stream.result).rejects.toThrow("changed my mind");
  request.reply("late");
  await settleFrames(server, client);
  expect(client.unmatched.kept).toEqual([]);
});

test("a signal rejects a waiting call of next", async () => {
  const controller = new AbortController();
  const { stream } = await startStream({ signal: controller.signal });
  const next = stream.next();
  controller.abort();
  await expect(next).rejects.toMatchObject({ name: "AbortError" });
});

test("with an aborted signal, nothing is sent", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const stream = client.stream("countdown", 1, { signal: AbortSignal.abort() });
  await expect(stream.next()).rejects.toMatchObject({ name: "AbortError" });
  await expect(stream.result).rejects.toMatchObject({ name: "AbortError" });
  const marker = client.request("echo", "marker");
  const { data, reply } = await server.request();
  expect(data).toBe("marker");
  reply();
  await marker;
});

test("close ends a stream after the earlier pieces", async () => {
  const { server, client, stream, request } = await startStream();
  advance(request, 1);
  await settleFrames(server, client);
  client.close();
  expect(await stream.next()).toEqual({ done: false, value: "countdown 0" });
  await expect(stream.next()).rejects.toMatchObject({ code: "CLOSED", sent: true });
  await expect(stream.result).rejects.toMatchObject({ code: "CLOSED" });
});

test("the timeout restarts with each piece, and a connection that is silent since then is replaced", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { server, stream, request } = await startStream({ timeout: 1000 });
  for (let sequence = 0; sequence < 3; sequence += 1) {
    await vi.advanceTimersByTimeAsync(999);
    request.advance(sequence, sequence);
    expect(await stream.next()).toEqual({ done: false, value: sequence });
  }
  expect(await server.connection()).toBe(request.socket);
  const next = stream.next();
  next.catch(() => {});
  await vi.advanceTimersByTimeAsync(1000);
  await expect(next).rejects.toMatchObject({ code: "TIMED_OUT", sent: true });
  await expect(stream.result).rejects.toMatchObject({ code: "TIMED_OUT" });
  await vi.advanceTimersByTimeAsync(1);
  await server.connection();
});

test("50 concurrent streams with 20 pieces each get their own pieces", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  const streams = numbers.map((number) => readAll(client.stream("countdown", number)));
  const requests: Received[] = [];
  while (requests.length < numbers.length) requests.push(await server.request());
  for (let sequence = 0; sequence < 20; sequence += 1)
    for (const request of requests) request.advance([request.data, sequence], sequence);
  for (const { data, reply } of requests) reply(data);
  expect(await Promise.all(streams)).toEqual(
    numbers.map((number) => ({
      pieces: Array.from({ length: 20 }, (_, sequence) => [number, sequence]),
      result: number,
    })),
  );
});
