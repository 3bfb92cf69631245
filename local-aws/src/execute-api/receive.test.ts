import { describe, expect, test } from "vitest";
import { AwsError } from "../protocols/aws-error.ts";
import { addRoute, addRouteResponse, API_ID } from "./testing-api.ts";
import { errorFrame, startGateway } from "./testing.ts";

test("the message event has the members of AWS, in their order", async () => {
  await using gateway = await startGateway();
  const client = await gateway.connect("", { headers: { "User-Agent": "tester" } });
  const connect = (await gateway.lambda.next("CONNECT")).requestContext;
  gateway.clock.advance(61_000);
  client.send('{"action": 1}  ');
  const event = await gateway.lambda.next("MESSAGE");
  expect(Object.keys(event)).toEqual(["requestContext", "body", "isBase64Encoded"]);
  expect(event.body).toBe('{"action": 1}  ');
  const { messageId, requestId } = event.requestContext;
  expect(messageId?.slice(-8)).toBe(connect.connectionId.slice(-8));
  expect(requestId).not.toBe(connect.requestId);
  expect(Object.entries(event.requestContext)).toEqual([
    ["routeKey", "$default"],
    ["messageId", messageId],
    ["eventType", "MESSAGE"],
    ["extendedRequestId", requestId],
    ["requestTime", "01/Jan/2026:00:01:01 +0000"],
    ["messageDirection", "IN"],
    ["stage", "test"],
    ["connectedAt", connect.connectedAt],
    ["requestTimeEpoch", connect.connectedAt + 61_000],
    ["identity", { userAgent: "tester", sourceIp: "127.0.0.1" }],
    ["requestId", requestId],
    ["domainName", connect.domainName],
    ["connectionId", connect.connectionId],
    ["apiId", API_ID],
  ]);
  expect(gateway.lambda.invokers.at(-1)?.sourceArn).toMatch(/\/test\/\$default$/);
});

describe("a one-way route", () => {
  test.for<[string, unknown]>([
    ["a response", { statusCode: 200, body: "hello" }],
    ["a failed response", { statusCode: 503, body: "sorry" }],
    ["nothing", undefined],
    ["nonsense", 42],
  ])("sends nothing to the client if the function returns %s", async ([, output]) => {
    await using gateway = await startGateway();
    gateway.lambda.handlers.MESSAGE = () => output;
    const client = await gateway.connect();
    client.send("one");
    const { requestContext } = await gateway.lambda.next("MESSAGE");
    await gateway.manage("POST", requestContext.connectionId, "posted");
    expect(await client.next()).toBe("posted");
    expect(client.unread).toEqual([]);
  });
});

describe("an error frame", () => {
  test("Forbidden is sent if no route matches the message, and the connection stays open", async () => {
    await using gateway = await startGateway();
    delete gateway.api.routes["default"];
    const client = await gateway.connect();
    const { connectionId } = (await gateway.lambda.next("CONNECT")).requestContext;
    client.send("one");
    const frame = await client.next();
    expect(frame).toMatch(errorFrame("Forbidden"));
    expect(JSON.parse(frame)).toHaveProperty("connectionId", connectionId);
    client.send("two");
    expect(await client.next()).toMatch(errorFrame("Forbidden"));
    expect(gateway.lambda.unread("MESSAGE")).toEqual([]);
  });

  test("Internal server error is sent if the function fails, with its request ID", async () => {
    await using gateway = await startGateway();
    gateway.lambda.handlers.MESSAGE = () => {
      throw new Error("broken");
    };
    const client = await gateway.connect();
    client.send("one");
    const frame = await client.next();
    expect(frame).toMatch(errorFrame("Internal server error"));
    const { requestId } = (await gateway.lambda.next("MESSAGE")).requestContext;
    expect(JSON.parse(frame)).toHaveProperty("requestId", requestId);
  });

  test.for<[number, string]>([
    [403, "AccessDeniedException"],
    [404, "ResourceNotFoundException"],
    [429, "TooManyRequestsException"],
  ])("Internal server error is sent if Lambda returns %i %s", async ([status, code]) => {
    await using gateway = await startGateway();
    gateway.lambda.handlers.MESSAGE = () => {
      throw new AwsError(status, code, "refused");
    };
    const client = await gateway.connect();
    client.send("one");
    expect(await client.next()).toMatch(errorFrame("Internal server error"));
  });

  test("Endpoint request timed out is sent exactly after the timeout of the integration", async () => {
    await using gateway = await startGateway();
    const late = Promise.withResolvers<unknown>();
    gateway.lambda.handlers.MESSAGE = ({ body }) => (body === "late" ? late.promise : undefined);
    const client = await gateway.connect();
    client.send("late");
    const { connectionId } = (await gateway.lambda.next("MESSAGE")).requestContext;
    gateway.clock.advance(28_999);
    await gateway.manage("POST", connectionId, "posted");
    expect(await client.next()).toBe("posted");
    gateway.clock.advance(1);
    expect(await client.next()).toMatch(errorFrame("Endpoint request timed out"));
    late.reject(new Error("no caller waits any more"));
    await gateway.manage("POST", connectionId, "posted");
    expect(await client.next()).toBe("posted");
  });
});

describe("a two-way route", () => {
  test.for<[string, unknown, string]>([
    ["the body", { statusCode: 200, body: "hello" }, "hello"],
    ["the body of a failed response", { statusCode: 503, body: "sorry" }, "sorry"],
    ["an empty message for no body", { statusCode: 200 }, ""],
  ])("sends the client %s", async ([, output, expected]) => {
    await using gateway = await startGateway();
    addRouteResponse(gateway.api, "$default");
    gateway.lambda.handlers.MESSAGE = () => output;
    const client = await gateway.connect();
    client.send("one");
    expect(await client.next()).toBe(expected);
  });

  test.for<[string, unknown]>([
    ["nothing", undefined],
    ["no status", { body: "hello" }],
    ["a body over 128 KB", { statusCode: 200, body: "x".repeat(128 * 1024 + 1) }],
  ])("sends Internal server error if the function returns %s", async ([, output]) => {
    await using gateway = await startGateway();
    addRouteResponse(gateway.api, "$default");
    gateway.lambda.handlers.MESSAGE = () => output;
    const client = await gateway.connect();
    client.send("one");
    expect(await client.next()).toMatch(errorFrame("Internal server error"));
  });

  test("sends a body of 128 KB in several frames of one message", async () => {
    await using gateway = await startGateway();
    addRouteResponse(gateway.api, "$default");
    const body = "ö".repeat(64 * 1024);
    gateway.lambda.handlers.MESSAGE = () => ({ statusCode: 200, body });
    const client = await gateway.connect();
    client.send("one");
    expect(await client.next()).toBe(body);
  });
});

describe("throttling of messages", () => {
  test("refuses with a frame, and the connection stays open", async () => {
    await using gateway = await startGateway();
    gateway.stage.defaultRouteSettings = { throttlingBurstLimit: 2, throttlingRateLimit: 1 };
    const client = await gateway.connect();
    for (const message of ["one", "two", "three"]) client.send(message);
    expect(await client.next()).toMatch(errorFrame("Too Many Requests"));
    expect((await gateway.lambda.next("MESSAGE")).body).toBe("one");
    expect((await gateway.lambda.next("MESSAGE")).body).toBe("two");
    gateway.clock.advance(1000);
    client.send("four");
    expect((await gateway.lambda.next("MESSAGE")).body).toBe("four");
    expect(client.unread).toEqual([]);
  });

  test("counts all connections together, and each route with its own limits", async () => {
    await using gateway = await startGateway();
    addRoute(gateway.api, "special");
    gateway.stage.defaultRouteSettings = { throttlingBurstLimit: 2, throttlingRateLimit: 1 };
    gateway.stage.routeSettings = { special: { throttlingBurstLimit: 3 } };
    const [one, two] = [await gateway.connect(), await gateway.connect()];
    one.send("1");
    await gateway.lambda.next("MESSAGE");
    two.send("2");
    await gateway.lambda.next("MESSAGE");
    one.send("3");
    expect(await one.next()).toMatch(errorFrame("Too Many Requests"));
    for (let number = 0; number < 4; number += 1) two.send({ action: "special", number });
    expect(await two.next()).toMatch(errorFrame("Too Many Requests"));
    expect(gateway.lambda.unread("MESSAGE")).toHaveLength(3);
  });

  test("refuses all messages at the limit 0, which Terraform sends if no limits are set", async () => {
    await using gateway = await startGateway();
    gateway.stage.routeSettings = {
      $default: { throttlingBurstLimit: 0, throttlingRateLimit: 0 },
    };
    const client = await gateway.connect();
    for (let second = 0; second < 3; second += 1) {
      client.send("one");
      expect(await client.next()).toMatch(errorFrame("Too Many Requests"));
      gateway.clock.advance(1000);
    }
  });

  test("never delays a $disconnect", async () => {
    await using gateway = await startGateway();
    gateway.stage.routeSettings = {
      $disconnect: { throttlingBurstLimit: 0, throttlingRateLimit: 0 },
    };
    (await gateway.connect()).socket.close(1000);
    expect(await gateway.lambda.next("DISCONNECT")).toBeDefined();
  });
});

describe("a change to the API", () => {
  test("affects open connections", async () => {
    await using gateway = await startGateway();
    const client = await gateway.connect();
    addRouteResponse(gateway.api, "$default");
    gateway.lambda.handlers.MESSAGE = () => ({ statusCode: 200, body: "two-way now" });
    client.send("one");
    expect(await client.next()).toBe("two-way now");
  });

  test("closes a connection at its next message after the stage was deleted", async () => {
    await using gateway = await startGateway();
    const client = await gateway.connect();
    delete gateway.api.stages["test"];
    client.send("one");
    expect(await client.closed).toEqual({ code: 1001, reason: "Going away" });
  });
});
