import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { redeploy } from "../apigateway/testing.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { API_ID } from "./testing-api.ts";
import { errorFrame, startGateway } from "./testing.ts";

/** The handshake of a client without a library. */
const handshake = (path: string, host = "localhost") =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "\r\n",
  ].join("\r\n");

/** Unlike `once`, it does not reject if an error precedes the event. */
const closeOf = (socket: Socket) => new Promise((resolve) => socket.once("close", resolve));

async function readHead(socket: Socket): Promise<string> {
  let text = "";
  while (!text.includes("\r\n\r\n")) text += String((await once(socket, "data"))[0]);
  return text;
}

describe("the $connect event", () => {
  test("has the members of AWS, in their order", async () => {
    await using gateway = await startGateway();
    await gateway.connect("?b=1&a=x%20y&b=2", { headers: { "User-Agent": "tester" } });
    const event = await gateway.lambda.next("CONNECT");
    const now = gateway.clock.now();
    expect(Object.keys(event)).toEqual([
      "headers",
      "multiValueHeaders",
      "queryStringParameters",
      "multiValueQueryStringParameters",
      "requestContext",
      "isBase64Encoded",
    ]);
    expect(event).toMatchObject({
      queryStringParameters: { a: "x y", b: "2" },
      multiValueQueryStringParameters: { a: ["x y"], b: ["1", "2"] },
      isBase64Encoded: false,
    });
    expect(JSON.stringify(event["queryStringParameters"])).toBe('{"a":"x y","b":"2"}');
    const { requestId, connectionId } = event.requestContext;
    expect(requestId).toMatch(/^[\w-]{15}=$/);
    expect(connectionId).toMatch(/^[\w-]{18}==$/);
    expect(Object.entries(event.requestContext)).toEqual([
      ["routeKey", "$connect"],
      ["eventType", "CONNECT"],
      ["extendedRequestId", requestId],
      ["requestTime", "01/Jan/2026:00:00:00 +0000"],
      ["messageDirection", "IN"],
      ["stage", "test"],
      ["connectedAt", now],
      ["requestTimeEpoch", now],
      ["identity", { userAgent: "tester", sourceIp: "127.0.0.1" }],
      ["requestId", requestId],
      ["domainName", expect.stringMatching(/^127\.0\.0\.1:\d+$/)],
      ["connectionId", connectionId],
      ["apiId", API_ID],
    ]);
    expect(gateway.lambda.invokers.map(({ sourceArn }) => sourceArn)).toEqual([
      `arn:aws:execute-api:us-east-1:000000000000:${API_ID}/test/$connect`,
    ]);
  });

  test("has the headers of the handshake, but not Connection and Upgrade", async () => {
    await using gateway = await startGateway();
    await gateway.connect("", {
      headers: { "X-Forwarded-For": "203.0.113.7", "X-My-Header": "1" },
    });
    const { headers } = await gateway.lambda.next("CONNECT");
    expect(Object.keys(headers ?? {})).toEqual([
      "Host",
      "Sec-WebSocket-Key",
      "Sec-WebSocket-Version",
      "X-Amzn-Trace-Id",
      "X-Forwarded-For",
      "X-Forwarded-Port",
      "X-Forwarded-Proto",
      "X-My-Header",
    ]);
    expect(headers).toMatchObject({ "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http" });
    expect(headers?.["X-Amzn-Trace-Id"]).toMatch(/^Root=1-[\da-f]{8}-[\da-f]{24}$/);
  });

  test("has header names as the client wrote them except for Authorization, sorted without regard to case", async () => {
    await using gateway = await startGateway();
    const socket = await gateway.dialRaw();
    const lines = ["zETA: 1", "alpha: 2", "authorization: 3", "ALPHA: 4", "origin: 5"];
    socket.write(handshake(gateway.path).replace("\r\n\r\n", `\r\n${lines.join("\r\n")}\r\n\r\n`));
    const { headers, multiValueHeaders } = await gateway.lambda.next("CONNECT");
    const names = Object.keys(headers ?? {}).filter((name) => !/^(Host|Sec-|X-)/.test(name));
    expect(names).toEqual(["alpha", "Authorization", "origin", "zETA"]);
    expect(multiValueHeaders).toMatchObject({ alpha: ["2", "4"], Authorization: ["3"] });
  });

  test("has no members for a missing query, user agent and stage variables", async () => {
    await using gateway = await startGateway();
    gateway.stage.stageVariables = {};
    await gateway.connect();
    const event = await gateway.lambda.next("CONNECT");
    expect(event).not.toHaveProperty("queryStringParameters");
    expect(event).not.toHaveProperty("multiValueQueryStringParameters");
    expect(event).not.toHaveProperty("stageVariables");
    expect(event.requestContext.identity).toEqual({ sourceIp: "127.0.0.1" });
  });

  test("has the stage's variables", async () => {
    await using gateway = await startGateway();
    gateway.stage.stageVariables = { color: "blue" };
    await gateway.connect();
    expect(await gateway.lambda.next("CONNECT")).toHaveProperty("stageVariables", {
      color: "blue",
    });
  });
});

describe("an upgrade", () => {
  test("gets a response with exactly the headers of AWS", async () => {
    await using gateway = await startGateway();
    const socket = await gateway.dialRaw();
    socket.write(handshake(gateway.path));
    const [status, ...headers] = (await readHead(socket)).trimEnd().split("\r\n");
    expect(status).toBe("HTTP/1.1 101 Switching Protocols");
    expect(new Set(headers.map((header) => header.split(":")[0]?.toLowerCase()))).toEqual(
      new Set(["connection", "date", "sec-websocket-accept", "upgrade"]),
    );
  });

  test("does not negotiate permessage-deflate", async () => {
    await using gateway = await startGateway();
    const { socket } = await gateway.connect("", { perMessageDeflate: true });
    expect(socket.extensions).toBe("");
  });

  test("succeeds without a $connect route", async () => {
    await using gateway = await startGateway();
    delete gateway.api.routes["connect"];
    await gateway.connect();
    expect(gateway.lambda.unread("CONNECT")).toEqual([]);
  });

  test("gets the subprotocol that $connect returns", async () => {
    await using gateway = await startGateway();
    gateway.lambda.handlers.CONNECT = ({ headers }) => {
      expect(headers?.["Sec-WebSocket-Protocol"]).toBe("graphql,chat");
      return { statusCode: 200, headers: { "sec-websocket-protocol": "chat" } };
    };
    const socket = await gateway.dialRaw();
    const protocols = "Sec-WebSocket-Protocol: graphql,chat\r\n\r\n";
    socket.write(handshake(gateway.path).replace(/\r\n\r\n$/, `\r\n${protocols}`));
    expect(await readHead(socket)).toMatch(/^Sec-WebSocket-Protocol: chat\r$/m);
  });

  test.for(["a\r\nSet-Cookie: b=1", "a, b", ""])(
    "gets no subprotocol and no header for an invalid subprotocol: %j",
    async (value) => {
      await using gateway = await startGateway();
      gateway.lambda.handlers.CONNECT = () => ({
        statusCode: 200,
        headers: { "Sec-WebSocket-Protocol": value },
      });
      const socket = await gateway.dialRaw();
      socket.write(handshake(gateway.path));
      const head = await readHead(socket);
      expect(head).toContain("HTTP/1.1 101");
      expect(head.toLowerCase()).not.toMatch(/set-cookie|sec-websocket-protocol/);
    },
  );

  test("to a path that is not a stage is refused with 403 without invoking a function", async () => {
    await using gateway = await startGateway();
    for (const path of [
      `/_aws/execute-api/${API_ID}/constructor`,
      "/_aws/execute-api/x/test",
      "/",
    ]) {
      const socket = await gateway.dialRaw();
      socket.write(handshake(path));
      const response = await readHead(socket);
      expect(response).toContain("HTTP/1.1 403 Forbidden");
      expect(response).toMatch(/\{"message":"Forbidden"\}$/);
    }
    expect(gateway.lambda.invokers).toEqual([]);
  });

  test.for<[string, string, string]>([
    ["without a key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""],
    ["with a bad key", "dGhlIHNhbXBsZSBub25jZQ==", "short"],
    ["of an old version", "Version: 13", "Version: 8"],
    ["with a subprotocol twice", "\r\n\r\n", "\r\nSec-WebSocket-Protocol: a, a\r\n\r\n"],
  ])("%s is refused with 400 before $connect runs", async ([, part, replacement]) => {
    await using gateway = await startGateway();
    const socket = await gateway.dialRaw();
    socket.write(handshake(gateway.path).replace(part, replacement));
    expect(await readHead(socket)).toContain("HTTP/1.1 400 Bad Request");
    expect(gateway.lambda.invokers).toEqual([]);
  });

  test("to HTTP/2 is ignored, so the request is refused like one without an upgrade", async () => {
    await using gateway = await startGateway();
    for (const replacement of ["Upgrade: h2c", "Origin: http://localhost"]) {
      const socket = await gateway.dialRaw();
      socket.write(handshake(gateway.path).replace("Upgrade: websocket", replacement));
      expect(await readHead(socket)).toContain("HTTP/1.1 403 Forbidden");
    }
    expect(gateway.lambda.invokers).toEqual([]);
  });

  test("with a URL over 4,096 characters is refused with 414", async () => {
    await using gateway = await startGateway();
    const query = (length: number) => `?${"q".repeat(length - gateway.path.length - 1)}`;
    await gateway.connect(query(4096));
    expect(await gateway.refused(query(4097))).toMatchObject({ status: 414 });
  });
});

describe("a refused connect", () => {
  test.for([301, 401, 403, 503])("has the function's status %i and body", async (statusCode) => {
    await using gateway = await startGateway();
    gateway.lambda.handlers.CONNECT = () => ({ statusCode, body: "No, thanks." });
    const { status, headers, body } = await gateway.refused();
    expect({ status, body }).toEqual({ status: statusCode, body: "No, thanks." });
    expect(headers).toMatchObject({
      date: expect.anything(),
      "content-type": "application/json; charset=UTF-8",
      "content-length": "11",
      connection: "keep-alive",
      "x-amz-apigw-id": (await gateway.lambda.next("CONNECT")).requestContext.requestId,
    });
  });

  test("is followed by no $disconnect", async () => {
    await using gateway = await startGateway();
    gateway.lambda.handlers.CONNECT = () => ({ statusCode: 403 });
    await gateway.refused();
    gateway.lambda.handlers = {};
    const client = await gateway.connect();
    client.socket.terminate();
    const { requestContext } = await gateway.lambda.next("DISCONNECT");
    await gateway.lambda.next("CONNECT");
    const accepted = await gateway.lambda.next("CONNECT");
    expect(requestContext.connectionId).toBe(accepted.requestContext.connectionId);
    expect(gateway.lambda.unread("DISCONNECT")).toEqual([]);
  });

  test("has the status 502 if the function throws", async () => {
    await using gateway = await startGateway();
    gateway.lambda.handlers.CONNECT = () => {
      throw new Error("broken");
    };
    const { status, body } = await gateway.refused();
    expect(status).toBe(502);
    expect(body).toMatch(errorFrame("Internal server error"));
  });

  test.for<[string, unknown]>([
    ["nothing", undefined],
    ["no status", { body: "fine" }],
    ["a status that is not a number", { statusCode: "many" }],
    ["an informational status", { statusCode: 101 }],
    ["a body that is not a string", { statusCode: 200, body: { fine: true } }],
  ])("has the status 502 if the function returns %s", async ([, output]) => {
    await using gateway = await startGateway();
    gateway.lambda.handlers.CONNECT = () => output;
    expect((await gateway.refused()).status).toBe(502);
  });

  test.for<[number, string]>([
    [403, "AccessDeniedException"],
    [404, "ResourceNotFoundException"],
    [429, "TooManyRequestsException"],
  ])("comes with 500 when Lambda refuses the invocation with %i %s", async ([status, code]) => {
    await using gateway = await startGateway();
    gateway.lambda.handlers.CONNECT = () => {
      throw new AwsError(status, code, "refused");
    };
    const refused = await gateway.refused();
    expect(refused.status).toBe(500);
    expect(refused.body).toMatch(errorFrame("Internal server error"));
  });

  test("has the status 500 if the integration of the route was deleted", async () => {
    await using gateway = await startGateway();
    gateway.api.integrations = {};
    redeploy(gateway.api);
    expect((await gateway.refused()).status).toBe(500);
  });

  test("has the status 504 if the function exceeds the timeout of the integration", async () => {
    await using gateway = await startGateway();
    gateway.lambda.handlers.CONNECT = () => new Promise(() => {});
    const refused = gateway.refused();
    await gateway.lambda.next("CONNECT");
    gateway.clock.advance(28_999);
    gateway.clock.advance(1);
    const { status, body } = await refused;
    expect(status).toBe(504);
    expect(body).toMatch(errorFrame("Endpoint request timed out"));
  });
});

describe("throttling of connects", () => {
  test("uses the limits of the stage, and refuses with 429", async () => {
    await using gateway = await startGateway();
    gateway.stage.defaultRouteSettings = { throttlingBurstLimit: 2, throttlingRateLimit: 1 };
    await gateway.connect();
    await gateway.connect();
    const { status, body } = await gateway.refused();
    expect(status).toBe(429);
    expect(body).toMatch(errorFrame("Too Many Requests"));
    expect(gateway.lambda.invokers).toHaveLength(2);
    gateway.clock.advance(1000);
    await gateway.connect();
  });

  test("uses the limits of the route $connect if it has its own", async () => {
    await using gateway = await startGateway();
    gateway.stage.defaultRouteSettings = { throttlingBurstLimit: 0, throttlingRateLimit: 0 };
    expect((await gateway.refused()).status).toBe(429);
    gateway.stage.routeSettings = {
      $connect: { throttlingBurstLimit: 1, throttlingRateLimit: 1 },
    };
    gateway.clock.advance(1000);
    await gateway.connect();
    expect((await gateway.refused()).status).toBe(429);
  });

  test("accepts the first 500 new connections per second, and refuses the others", async () => {
    await using gateway = await startGateway();
    delete gateway.api.routes["connect"];
    const attempts = Array.from({ length: 600 }, async () => {
      const socket = await gateway.dialRaw();
      socket.write(handshake(gateway.path));
      return (await readHead(socket)).split(" ", 2)[1];
    });
    const statuses = await Promise.all(attempts);
    expect(statuses.filter((status) => status === "101")).toHaveLength(500);
    expect(statuses.filter((status) => status === "429")).toHaveLength(100);
    gateway.clock.advance(1000);
    await gateway.connect();
  });
});

describe("a client that leaves during $connect", () => {
  test.for<[string, boolean]>([
    ["and whose connection is known to be closed", true],
    ["unnoticed", false],
  ])("%s gets one $disconnect with 1006 if it was accepted", async ([, noticed]) => {
    await using gateway = await startGateway();
    const result = Promise.withResolvers<unknown>();
    gateway.lambda.handlers.CONNECT = () => result.promise;
    const socket = await gateway.dialRaw();
    const serverSocket = await gateway.serverSockets.next();
    socket.write(handshake(gateway.path));
    const { connectionId } = (await gateway.lambda.next("CONNECT")).requestContext;
    if (noticed) {
      socket.resetAndDestroy();
      await closeOf(serverSocket);
    } else {
      socket.destroy();
    }
    result.resolve({ statusCode: 200 });
    expect((await gateway.lambda.next("DISCONNECT")).requestContext).toMatchObject({
      connectionId,
      disconnectStatusCode: 1006,
    });
    expect(await gateway.manage("GET", connectionId)).toMatchObject({ status: 410 });
    expect(gateway.lambda.unread("DISCONNECT")).toEqual([]);
  });

  test("gets no $disconnect if it was refused", async () => {
    await using gateway = await startGateway();
    const result = Promise.withResolvers<unknown>();
    gateway.lambda.handlers.CONNECT = () => result.promise;
    const socket = await gateway.dialRaw();
    const serverSocket = await gateway.serverSockets.next();
    socket.write(handshake(gateway.path));
    await gateway.lambda.next("CONNECT");
    socket.resetAndDestroy();
    await closeOf(serverSocket);
    result.resolve({ statusCode: 403 });
    gateway.lambda.handlers = {};
    (await gateway.connect()).socket.terminate();
    await gateway.lambda.next("DISCONNECT");
    expect(gateway.lambda.unread("DISCONNECT")).toEqual([]);
  });
});
