import { describe, expect, test } from "vitest";
import { AwsError } from "../protocols/aws-error.ts";
import { errorFrame, startGateway, type TestGateway } from "./testing.ts";

async function open(gateway: TestGateway) {
  const client = await gateway.connect("", { headers: { "User-Agent": 'a "quoted": one' } });
  const { connectionId } = (await gateway.lambda.next("CONNECT")).requestContext;
  return { client, connectionId };
}

describe("PostToConnection", () => {
  test("sends a text message", async () => {
    await using gateway = await startGateway();
    const { client, connectionId } = await open(gateway);
    const { status, headers, body } = await gateway.manage("POST", connectionId, "hello");
    expect({ status, body }).toEqual({ status: 200, body: "" });
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("content-length")).toBe("0");
    expect(headers.get("x-amz-apigw-id")).toMatch(/^[\w-]{15}=$/);
    expect(await client.next()).toBe("hello");
  });

  test("sends bytes as text, and replaces invalid UTF-8", async () => {
    await using gateway = await startGateway();
    const { client, connectionId } = await open(gateway);
    await gateway.manage("POST", connectionId, Buffer.from([0x61, 0xff, 0x62]));
    expect(await client.next()).toBe("a\ufffdb");
  });

  test("sends up to 128 KB in several frames", async () => {
    await using gateway = await startGateway();
    const { client, connectionId } = await open(gateway);
    for (const length of [32 * 1024, 32 * 1024 + 1, 128 * 1024]) {
      const text = "x".repeat(length);
      expect(await gateway.manage("POST", connectionId, text)).toMatchObject({ status: 200 });
      expect(await client.next()).toBe(text);
    }
  });

  test("refuses more with 413 and an empty body, and the connection stays open", async () => {
    await using gateway = await startGateway();
    const { client, connectionId } = await open(gateway);
    const { status, error, body } = await gateway.manage(
      "POST",
      connectionId,
      "x".repeat(128 * 1024 + 1),
    );
    expect({ status, error, body }).toEqual({ status: 413, error: null, body: "" });
    await gateway.manage("POST", connectionId, "still here");
    expect(await client.next()).toBe("still here");
  });

  test("returns 410 before $connect has returned", async () => {
    await using gateway = await startGateway();
    const early = Promise.withResolvers<unknown>();
    gateway.lambda.handlers.CONNECT = async ({ requestContext }) => {
      early.resolve(await gateway.manage("POST", requestContext.connectionId, "early"));
      return { statusCode: 200 };
    };
    const client = await gateway.connect();
    expect(await early.promise).toMatchObject({ status: 410, error: "GoneException", body: "" });
    expect(client.unread).toEqual([]);
  });
});

test("the JSON of GetConnection has the same white space as on AWS", async () => {
  await using gateway = await startGateway();
  const { connectionId } = await open(gateway);
  gateway.clock.advance(1500);
  await gateway.manage("POST", connectionId, "hello");
  gateway.clock.advance(1500);
  const { status, body } = await gateway.manage("GET", connectionId);
  expect(status).toBe(200);
  expect(body).toBe(`{
  "identity" : {
    "sourceIp" : "127.0.0.1",
    "userAgent" : "a \\"quoted\\": one"
  },
  "connectedAt" : "2026-01-01T00:00:00.000Z",
  "lastActiveAt" : "2026-01-01T00:00:01.500Z"
}`);
});

test("DeleteConnection closes with 1000, and the connection does not exist any more", async () => {
  await using gateway = await startGateway();
  const { client, connectionId } = await open(gateway);
  client.socket.pause();
  expect(await gateway.manage("DELETE", connectionId)).toMatchObject({ status: 204, body: "" });
  for (const method of ["GET", "POST", "DELETE"])
    expect(await gateway.manage(method, connectionId)).toMatchObject({
      status: 410,
      error: "GoneException",
      body: "",
    });
  client.socket.resume();
  expect(await client.closed).toEqual({ code: 1000, reason: "Connection Closed Normally" });
});

test.for(["nonsense", "gbgBjc6coQAYKEh-CA==", "%", "../x"])(
  "an ID that was never issued is refused before the permission check: %s",
  async (connectionId) => {
    await using gateway = await startGateway({ iam: { authorize: deny } });
    const { status, error, body } = await gateway.manage("GET", connectionId);
    expect({ status, error }).toEqual({ status: 400, error: "BadRequestException" });
    expect(JSON.parse(body)).toEqual({ message: `Invalid connectionId: ${connectionId}` });
  },
);

function deny(): never {
  throw new AwsError(403, "AccessDeniedException", "User: backend is not authorized");
}

test("a caller without permission is refused with 403, with the message in Message", async () => {
  const asked: string[] = [];
  const authorize = (_caller: unknown, action: string, resource: string) => {
    asked.push(`${action} ${resource}`);
    deny();
  };
  await using gateway = await startGateway({ iam: { authorize } });
  const { connectionId } = await open(gateway);
  const { status, error, body } = await gateway.manage("POST", connectionId, "hello");
  expect({ status, error }).toEqual({ status: 403, error: "AccessDeniedException" });
  expect(JSON.parse(body)).toEqual({ Message: "User: backend is not authorized" });
  expect(asked).toEqual([
    "execute-api:ManageConnections arn:aws:execute-api:us-east-1:000000000000:chat000000/test/POST/@connections/{connectionId}",
  ]);
});

test("a stage that does not exist returns 403", async () => {
  await using gateway = await startGateway();
  const { connectionId } = await open(gateway);
  delete gateway.api.stages["test"];
  const { status, error, body } = await gateway.manage("GET", connectionId);
  expect({ status, error, body }).toEqual({
    status: 403,
    error: "ForbiddenException",
    body: '{"message":"Forbidden"}',
  });
});

test("an incorrectly encoded ID is also refused", async () => {
  await using gateway = await startGateway();
  const { client } = await open(gateway);
  const url = `${client.socket.url.replace("ws:", "http:")}/@connections/%E0%A4`;
  expect(await fetch(url, { method: "POST" })).toMatchObject({ status: 400 });
});

test("other methods do not exist", async () => {
  await using gateway = await startGateway();
  const { connectionId } = await open(gateway);
  expect(await gateway.manage("PUT", connectionId, "hello")).toMatchObject({
    status: 403,
    error: "MissingAuthenticationTokenException",
  });
});

test("every stage of an API can reach its connections, but another API cannot", async () => {
  await using gateway = await startGateway();
  const { client, connectionId } = await open(gateway);
  gateway.api.stages["other"] = { ...gateway.stage, stageName: "other" };
  const stages = gateway.state.regions["us-east-1"];
  if (stages !== undefined)
    stages.apigateway.apis["chat000001"] = { ...gateway.api, apiId: "chat000001" };
  const post = async (path: string) => {
    const { origin } = new URL(client.socket.url.replace("ws:", "http:"));
    const id = encodeURIComponent(connectionId);
    const response = await fetch(`${origin}/_aws/execute-api/${path}/%40connections/${id}`, {
      method: "POST",
      body: path,
    });
    return response.status;
  };
  expect(await post("chat000000/other")).toBe(200);
  expect(await post("chat000001/test")).toBe(400);
  expect(await client.next()).toBe("chat000000/other");
  expect(client.unread).toEqual([]);
});

test("requests and messages share the limit of the account, above which requests get 429", async () => {
  await using gateway = await startGateway();
  delete gateway.api.routes["default"];
  const { client, connectionId } = await open(gateway);
  // With the connect, these use up the burst of 5,000.
  for (let number = 0; number < 4999; number += 1) client.send("one");
  for (let number = 0; number < 4999; number += 1)
    expect(await client.next()).toMatch(errorFrame("Forbidden"));
  expect(await gateway.manage("POST", connectionId, "hello")).toMatchObject({
    status: 429,
    error: "LimitExceededException",
  });
  gateway.clock.advance(1);
  expect(await gateway.manage("POST", connectionId, "hello")).toMatchObject({ status: 200 });
});
