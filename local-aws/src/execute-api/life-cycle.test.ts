import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { startGateway, type TestClient, type TestGateway } from "./testing.ts";

const MINUTE = 60_000;

async function open(gateway: TestGateway) {
  const client = await gateway.connect("", { headers: { "User-Agent": "tester" } });
  const { requestContext } = await gateway.lambda.next("CONNECT");
  return { client, ...requestContext };
}

/**
 * Creates a masked frame with a payload of up to 125 bytes. The mask is 0, so the payload stays readable.
 */
const frame = (firstByte: number, payload: Uint8Array) =>
  Buffer.concat([Buffer.from([firstByte, 0x80 | payload.length, 0, 0, 0, 0]), payload]);

/** Returns the TCP socket of a client, to send bytes that its library would not send. */
const rawSocketOf = ({ socket }: TestClient): Socket => Reflect.get(socket, "_socket");

test("the $disconnect event has the members of AWS, in their order", async () => {
  await using gateway = await startGateway();
  const { client, connectionId, connectedAt, domainName } = await open(gateway);
  gateway.clock.advance(MINUTE);
  client.socket.close(4001, "done here");
  const event = await gateway.lambda.next("DISCONNECT");
  expect(JSON.stringify(event["headers"])).toBe(
    `{"Host":"${domainName}","x-api-key":"","X-Forwarded-For":"","x-restapi":""}`,
  );
  expect(event["multiValueHeaders"]).toEqual({
    Host: [domainName],
    "x-api-key": [""],
    "X-Forwarded-For": [""],
    "x-restapi": [""],
  });
  expect(Object.keys(event)).toEqual([
    "headers",
    "multiValueHeaders",
    "requestContext",
    "isBase64Encoded",
  ]);
  const { requestId } = event.requestContext;
  expect(Object.entries(event.requestContext)).toEqual([
    ["routeKey", "$disconnect"],
    ["disconnectStatusCode", 4001],
    ["eventType", "DISCONNECT"],
    ["extendedRequestId", requestId],
    ["requestTime", "01/Jan/2026:00:01:00 +0000"],
    ["messageDirection", "IN"],
    ["disconnectReason", "done here"],
    ["stage", "test"],
    ["connectedAt", connectedAt],
    ["requestTimeEpoch", connectedAt + MINUTE],
    ["identity", { userAgent: "tester", sourceIp: "127.0.0.1" }],
    ["requestId", requestId],
    ["domainName", domainName],
    ["connectionId", connectionId],
    ["apiId", "chat000000"],
  ]);
});

type End = (client: TestClient, gateway: TestGateway, connectionId: string) => unknown;

const ends: [string, End, number, string][] = [
  [
    "a close frame of the client with a status",
    ({ socket }) => socket.close(1000, "bye"),
    1000,
    "bye",
  ],
  [
    "a close frame of the client without a status",
    ({ socket }) => socket.close(),
    1005,
    "Client-side close frame status not set",
  ],
  [
    "a cut TCP connection",
    ({ socket }) => socket.terminate(),
    1006,
    "Connection closed abnormally",
  ],
  [
    "DeleteConnection",
    (_client, gateway, connectionId) => gateway.manage("DELETE", connectionId),
    1000,
    "Connection Closed Normally",
  ],
  [
    "an idle time of 10 minutes",
    (_client, { clock }) => {
      clock.advance(10 * MINUTE);
    },
    1001,
    "Going away",
  ],
  [
    "a binary message",
    ({ socket }) => socket.send(Buffer.from("{}"), { binary: true }),
    1003,
    "Binary is not supported",
  ],
  ["a frame over 32 KB", ({ socket }) => socket.send("x".repeat(32 * 1024 + 1)), 1009, ""],
  ["a message over 128 KB", sendTooMuch, 1009, ""],
  [
    "text that is not UTF-8",
    (client) => rawSocketOf(client).write(frame(0x81, Buffer.from([0xff]))),
    1007,
    "",
  ],
  [
    "a frame with an unknown opcode",
    (client) => rawSocketOf(client).write(frame(0x83, Buffer.from("x"))),
    1002,
    "",
  ],
];

function sendTooMuch({ socket }: TestClient): void {
  for (let number = 0; number < 4; number += 1)
    socket.send("x".repeat(32 * 1024), { binary: false, fin: false });
  socket.send("x", { binary: false, fin: true });
}

test.for(ends)("after %s there is one $disconnect", async ([, end, code, reason]) => {
  await using gateway = await startGateway();
  const { client, connectionId } = await open(gateway);
  await end(client, gateway, connectionId);
  expect((await gateway.lambda.next("DISCONNECT")).requestContext).toMatchObject({
    connectionId,
    disconnectStatusCode: code,
    disconnectReason: reason,
  });
  await client.closed;
  expect(await gateway.manage("GET", connectionId)).toMatchObject({ status: 410 });
  expect(gateway.lambda.unread("DISCONNECT")).toEqual([]);
  // No timer is left that could end the connection again.
  gateway.clock.advance(3 * 60 * MINUTE);
  expect(gateway.lambda.unread("DISCONNECT")).toEqual([]);
});

test.for(ends.filter(([, , code]) => [1001, 1003, 1007, 1009].includes(code)))(
  "the client gets the close code of %s",
  async ([, end, code, reason]) => {
    await using gateway = await startGateway();
    const { client, connectionId } = await open(gateway);
    await end(client, gateway, connectionId);
    expect(await client.closed).toEqual({ code, reason });
  },
);

describe("an idle connection", () => {
  const activities: [string, End][] = [
    [
      "a message of the client",
      async ({ socket }, gateway) => {
        socket.send("one");
        await gateway.lambda.next("MESSAGE");
      },
    ],
    ["a post", (_client, gateway, connectionId) => gateway.manage("POST", connectionId, "one")],
  ];

  test.for(activities)("stays open after %s", async ([, act]) => {
    await using gateway = await startGateway();
    const { client, connectionId } = await open(gateway);
    gateway.clock.advance(10 * MINUTE - 1);
    await act(client, gateway, connectionId);
    gateway.clock.advance(10 * MINUTE - 1);
    expect(await gateway.manage("GET", connectionId)).toMatchObject({ status: 200 });
    gateway.clock.advance(1);
    expect(await client.closed).toEqual({ code: 1001, reason: "Going away" });
  });

  test("is not kept open by pings", async () => {
    await using gateway = await startGateway();
    const { client } = await open(gateway);
    gateway.clock.advance(10 * MINUTE - 1);
    client.socket.ping();
    await once(client.socket, "pong");
    gateway.clock.advance(1);
    expect(await client.closed).toMatchObject({ code: 1001 });
  });

  test("is not kept open by an incomplete message", async () => {
    await using gateway = await startGateway();
    const { client } = await open(gateway);
    client.socket.send("half", { fin: false });
    client.socket.ping();
    await once(client.socket, "pong");
    gateway.clock.advance(10 * MINUTE);
    expect(await client.closed).toMatchObject({ code: 1001 });
  });

  test("is not kept open by GetConnection", async () => {
    await using gateway = await startGateway();
    const { client, connectionId } = await open(gateway);
    gateway.clock.advance(10 * MINUTE - 1);
    await gateway.manage("GET", connectionId);
    gateway.clock.advance(1);
    expect(await client.closed).toMatchObject({ code: 1001 });
  });
});

test("if a client never answers a close frame, $disconnect has the status of this frame", async () => {
  await using gateway = await startGateway();
  const { client } = await open(gateway);
  client.socket.pause();
  gateway.clock.advance(10 * MINUTE);
  client.socket.terminate();
  expect((await gateway.lambda.next("DISCONNECT")).requestContext).toMatchObject({
    disconnectStatusCode: 1001,
    disconnectReason: "Going away",
  });
});

// The library would wait for 30 seconds.
const promptly = { timeout: 15_000 };

test(
  "a client that closes and keeps its TCP connection open is disconnected",
  promptly,
  async () => {
    await using gateway = await startGateway();
    const tcp = await gateway.dialRaw();
    const handshake = [
      `GET ${gateway.path} HTTP/1.1`,
      "Host: localhost",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`,
    ];
    tcp.write(`${handshake.join("\r\n")}\r\n\r\n`);
    const { connectionId } = (await gateway.lambda.next("CONNECT")).requestContext;
    await once(tcp, "data");
    const status = Buffer.from([1000 >> 8, 1000 & 0xff]);
    tcp.write(frame(0x88, status));
    const [closeFrame] = await once(tcp, "data");
    expect(closeFrame).toEqual(Buffer.from([0x88, 2, ...status]));
    expect((await gateway.lambda.next("DISCONNECT")).requestContext).toMatchObject({
      connectionId,
      disconnectStatusCode: 1000,
    });
    expect(tcp.writable).toBe(true);
  },
);

test("an active connection ends after two hours", async () => {
  await using gateway = await startGateway();
  const { client, connectionId } = await open(gateway);
  for (let minute = 0; minute < 119; minute += 7) {
    gateway.clock.advance(7 * MINUTE);
    expect(await gateway.manage("POST", connectionId, "tick")).toMatchObject({ status: 200 });
  }
  gateway.clock.advance(MINUTE - 1);
  expect(await gateway.manage("POST", connectionId, "tick")).toMatchObject({ status: 200 });
  gateway.clock.advance(1);
  expect(await client.closed).toEqual({ code: 1001, reason: "Going away" });
  expect((await gateway.lambda.next("DISCONNECT")).requestContext).toMatchObject({
    disconnectStatusCode: 1001,
    disconnectReason: "Going away",
  });
});

test("a connection ends without a $disconnect route", async () => {
  await using gateway = await startGateway();
  delete gateway.api.routes["disconnect"];
  const { client, connectionId } = await open(gateway);
  client.socket.close(1000);
  await client.closed;
  expect(await gateway.manage("GET", connectionId)).toMatchObject({ status: 410 });
});

test("a $disconnect that fails has no effect on other connections", async () => {
  await using gateway = await startGateway();
  gateway.lambda.handlers.DISCONNECT = () => {
    throw new Error("broken");
  };
  const [one, two] = [await open(gateway), await open(gateway)];
  one.client.socket.close(1000);
  await gateway.lambda.next("DISCONNECT");
  two.client.send("still here");
  expect((await gateway.lambda.next("MESSAGE")).body).toBe("still here");
});

describe("an internal error of the local AWS", () => {
  const breakLambda = (gateway: TestGateway) => {
    gateway.lambda.invokeAs = () => Promise.reject(new Error("a fault"));
    return vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  };
  const shown = expect.stringContaining("a fault");

  test("is reported, and closes the affected connection", async () => {
    await using gateway = await startGateway();
    const { client } = await open(gateway);
    using warn = breakLambda(gateway);
    client.send("one");
    expect(await client.closed).toEqual({ code: 1011, reason: "Internal server error" });
    expect(warn).toHaveBeenCalledWith(shown, expect.anything());
  });

  test("is reported, and ends the affected handshake", async () => {
    await using gateway = await startGateway();
    using warn = breakLambda(gateway);
    await expect(gateway.connect()).rejects.toThrow("socket hang up");
    expect(warn).toHaveBeenCalledWith(shown, expect.anything());
  });
});

test("closing the local AWS ends every connection without invoking a function", async () => {
  await using gateway = await startGateway();
  const { client } = await open(gateway);
  const result = Promise.withResolvers<unknown>();
  gateway.lambda.handlers.CONNECT = () => result.promise;
  const half = gateway.connect().catch((error: Error) => error.message);
  await gateway.lambda.next("CONNECT");
  gateway.executeApi.close();
  expect(await client.closed).toMatchObject({ code: 1006 });
  result.resolve({ statusCode: 200 });
  expect(await half).toBe("socket hang up");
  await expect(gateway.connect()).rejects.toThrow("socket hang up");
  expect(gateway.lambda.unread("DISCONNECT")).toEqual([]);
});
