import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, type ErrorCode, RequestError } from "@websocket-lambda/client";
import * as v from "valibot";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import * as protocol from "../../shared/protocol.ts";

/** Starts a server that parses each message by the schema and sends what `frames` returns. */
async function startServer(
  frames: (request: protocol.RequestIdentity) => readonly (protocol.Progress | protocol.Reply)[],
) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const messages: unknown[] = [];
  server.on("connection", (socket) => {
    socket.on("message", (text: Buffer) => {
      const message: unknown = JSON.parse(text.toString());
      messages.push(message);
      const { action, requestId = "" } = v.parse(protocol.Request, message);
      for (const frame of frames({ action, requestId })) socket.send(JSON.stringify(frame));
    });
  });
  const { port } = server.address() as AddressInfo;
  const client = connect(`ws://127.0.0.1:${port}`);
  onTestFinished(async () => {
    client.close();
    server.close();
    await once(server, "close");
  });
  return { client, messages };
}

test("the client sends requests of the protocol, without other keys", async () => {
  const { client, messages } = await startServer((request) => [protocol.success(request, null)]);
  await client.request("echo", { text: "hello" });
  await client.request("timestamp");
  expect(messages).toHaveLength(2);
  for (const message of messages)
    expect(v.parse(v.strictObject(requestKeys), message)).toEqual(message);
});

/** The keys of the schema, which itself ignores other keys. */
const requestKeys = protocol.Request.pipe[2].entries;

test("a success frame resolves the request with its result", async () => {
  const { client } = await startServer((request) => [protocol.success(request, { at: 1 })]);
  expect(await client.request("echo")).toEqual({ at: 1 });
});

test("progress frames are the pieces of a stream", async () => {
  const { client } = await startServer((request) => [
    protocol.progress(request, { left: 2 }, 0),
    protocol.progress(request, undefined, 1),
    protocol.success(request, "lift-off"),
  ]);
  const stream = client.stream("countdown");
  expect(await stream.next()).toEqual({ done: false, value: { left: 2 } });
  expect(await stream.next()).toEqual({ done: false, value: undefined });
  expect(await stream.next()).toEqual({ done: true, value: "lift-off" });
});

/** All codes: the compiler reports a missing one. */
const CODES = Object.keys({
  INVALID_JSON: true,
  INVALID_REQUEST: true,
  UNKNOWN_ACTION: true,
  INVALID_DATA: true,
  RESULT_TOO_LARGE: true,
  TIMED_OUT: true,
  PROCESSING_FAILED: true,
  UNAVAILABLE: true,
  TOKEN_EXPIRED: true,
} satisfies Record<protocol.ErrorCode, true>) as protocol.ErrorCode[];

const REJECTED = CODES.filter((code) => code !== "TOKEN_EXPIRED");

test.for(REJECTED)("an error frame with %s rejects the request with its code", async (code) => {
  const { client } = await startServer((request) => [protocol.failure(request, code, "Text.")]);
  const error: unknown = await client.request("echo").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(RequestError);
  expect(error).toMatchObject({ code, message: "Text.", action: "echo" });
});

test("an error frame with TOKEN_EXPIRED makes the client send the request on a new connection", async () => {
  let requests = 0;
  const { client, messages } = await startServer((request) => {
    requests += 1;
    return requests === 1
      ? [protocol.failure(request, "TOKEN_EXPIRED", "Text.")]
      : [protocol.success(request, "here")];
  });
  expect(await client.request("echo", { text: "hello" }, { retry: false })).toBe("here");
  expect(messages).toHaveLength(2);
  expect(messages[1]).toEqual(messages[0]);
});

/** The literal members of a union of strings. */
type Literals<Code extends string> = Code extends string
  ? string extends Code
    ? never
    : Code
  : never;

test("the client has each error code of the protocol, and no other", () => {
  expectTypeOf<Literals<ErrorCode>>().toEqualTypeOf<protocol.ErrorCode>();
});
