import { describe, expect, test } from "vitest";
import { redeploy } from "../apigateway/testing.ts";
import { API_ID } from "./testing-api.ts";
import { FUNCTION_ARN, type Handler } from "./testing-lambda.ts";
import { errorFrame, startGateway } from "./testing.ts";

const METHOD_ARN = `arn:aws:execute-api:us-east-1:000000000000:${API_ID}/test/$connect`;

interface Policy {
  Version: string;
  Statement: { Action: string; Effect: string; Resource: string }[];
}

const policy = (Effect: string, Resource = METHOD_ARN): Policy => ({
  Version: "2012-10-17",
  Statement: [{ Action: "execute-api:Invoke", Effect, Resource }],
});

const allow = (context?: Record<string, unknown>) => ({
  principalId: "ada",
  policyDocument: policy("Allow"),
  ...(context && { context }),
});

async function startAuthorizing(authorizer: Handler, identitySource: string[] = []) {
  const gateway = await startGateway();
  const { connect } = gateway.api.routes;
  if (connect === undefined) throw new Error("The API has no $connect.");
  Object.assign(connect, { authorizationType: "CUSTOM", authorizerId: "token00" });
  gateway.api.authorizers["token00"] = {
    authorizerId: "token00",
    name: "token",
    authorizerType: "REQUEST",
    authorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`,
    identitySource,
  };
  gateway.lambda.handlers.AUTHORIZER = authorizer;
  return gateway;
}

describe("the authorizer's event", () => {
  test("has the members of AWS's example", async () => {
    await using gateway = await startAuthorizing(() => allow());
    await gateway.connect("?token=abc");
    const event = await gateway.lambda.next("AUTHORIZER");
    expect(Object.keys(event)).toEqual([
      "type",
      "methodArn",
      "headers",
      "multiValueHeaders",
      "queryStringParameters",
      "multiValueQueryStringParameters",
      "stageVariables",
      "requestContext",
    ]);
    expect(event).toMatchObject({
      type: "REQUEST",
      methodArn: METHOD_ARN,
      headers: { Connection: "upgrade", Upgrade: "websocket", "content-length": "0" },
      queryStringParameters: { token: "abc" },
      multiValueQueryStringParameters: { token: ["abc"] },
      stageVariables: {},
      requestContext: { routeKey: "$connect", eventType: "CONNECT" },
    });
    expect(event.requestContext).not.toHaveProperty("authorizer");
    expect(gateway.lambda.invokers[0]?.sourceArn).toBe(
      `arn:aws:execute-api:us-east-1:000000000000:${API_ID}/authorizers/token00`,
    );
  });

  test("has header names as the client wrote them, sorted without regard to case", async () => {
    await using gateway = await startAuthorizing(() => allow());
    await gateway.connect("", { headers: { aUtHoRiZaTiOn: "1", "x-mode": "2" } });
    const { headers } = await gateway.lambda.next("AUTHORIZER");
    expect(Object.keys(headers ?? {})).toEqual([
      "aUtHoRiZaTiOn",
      "Connection",
      "content-length",
      "Host",
      "Sec-WebSocket-Key",
      "Sec-WebSocket-Version",
      "Upgrade",
      "X-Amzn-Trace-Id",
      "X-Forwarded-For",
      "X-Forwarded-Port",
      "X-Forwarded-Proto",
      "x-mode",
    ]);
  });
});

describe("an admitted caller", () => {
  test("is in every event, and the event of $connect has the time of the authorizer", async () => {
    await using gateway = await startAuthorizing(() => {
      gateway.clock.advance(7);
      return allow({ tenant: "north", level: 3, staff: true });
    });
    const authorizer = { tenant: "north", level: "3", staff: "true", principalId: "ada" };
    const client = await gateway.connect();
    client.send("hello");
    const { lambda } = gateway;
    const { requestContext } = await lambda.next("CONNECT");
    expect(requestContext.authorizer).toEqual({ ...authorizer, integrationLatency: 7 });
    expect((await lambda.next("MESSAGE")).requestContext.authorizer).toEqual(authorizer);
    client.socket.close();
    expect((await lambda.next("DISCONNECT")).requestContext.authorizer).toEqual(authorizer);
    expect(gateway.lambda.unread("AUTHORIZER")).toHaveLength(1);
  });

  test("can still be refused by $connect", async () => {
    await using gateway = await startAuthorizing(() => allow());
    gateway.lambda.handlers.CONNECT = () => ({ statusCode: 418 });
    expect((await gateway.refused()).status).toBe(418);
  });
});

describe("identity sources", () => {
  const sources = [
    "route.request.header.X-Token",
    "route.request.querystring.token",
    "stageVariables.color",
    "context.identity.sourceIp",
  ];

  test("are all present, so the authorizer is invoked", async () => {
    await using gateway = await startAuthorizing(() => allow(), sources);
    gateway.stage.stageVariables = { color: "blue" };
    const client = await gateway.connect("?token=1", { headers: { "x-token": "1" } });
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  test.for<[string, string, Record<string, string>, Record<string, string>]>([
    ["a missing header", "?token=1", {}, { color: "blue" }],
    ["an empty header", "?token=1", { "x-token": "" }, { color: "blue" }],
    ["a missing parameter", "", { "x-token": "1" }, { color: "blue" }],
    ["an empty parameter", "?token=", { "x-token": "1" }, { color: "blue" }],
    ["a missing stage variable", "?token=1", { "x-token": "1" }, {}],
  ])(
    "%s is refused with 401 without invoking the authorizer",
    async ([, query, headers, variables]) => {
      await using gateway = await startAuthorizing(() => allow(), sources);
      gateway.stage.stageVariables = variables;
      const refusal = await gateway.refused(query, { headers });
      expect(refusal.status).toBe(401);
      expect(refusal.body).toMatch(errorFrame("Unauthorized"));
      expect(gateway.lambda.invokers).toEqual([]);
    },
  );
});

test("an authorizer and an integration are each invoked with their own role", async () => {
  await using gateway = await startAuthorizing(() => allow());
  const [token] = Object.values(gateway.api.authorizers);
  const { function: integration } = gateway.api.integrations;
  Object.assign(token ?? {}, { authorizerCredentialsArn: "arn:aws:iam::000000000000:role/one" });
  Object.assign(integration ?? {}, { credentialsArn: "arn:aws:iam::000000000000:role/two" });
  redeploy(gateway.api);
  await gateway.connect();
  expect(gateway.lambda.invokers.map(({ roleArn }) => roleArn)).toEqual([
    "arn:aws:iam::000000000000:role/one",
    "arn:aws:iam::000000000000:role/two",
  ]);
});

describe("a refusal", () => {
  const refusals: [string, Handler, number, string][] = [
    ["no policy", () => ({ principalId: "ada" }), 500, ""],
    ["a result over 8 KB", () => allow({ big: "x".repeat(8192) }), 500, ""],
    ["the response of a route", () => ({ statusCode: 200 }), 500, ""],
    ["nothing", () => undefined, 500, ""],
    [
      "a failure",
      () => {
        throw new Error("no keys");
      },
      500,
      "Internal server error",
    ],
  ];

  test.for(refusals)(
    "for %s: no further function is invoked",
    async ([, authorizer, status, message]) => {
      await using gateway = await startAuthorizing(authorizer);
      const refusal = await gateway.refused();
      expect(refusal.status).toBe(status);
      expect(refusal.body).toMatch(errorFrame(message));
      expect(gateway.lambda.unread("CONNECT")).toEqual([]);
    },
  );

  test("has the status 500 if the authorizer of the route does not exist", async () => {
    await using gateway = await startAuthorizing(() => allow());
    gateway.api.authorizers = {};
    redeploy(gateway.api);
    expect((await gateway.refused()).status).toBe(500);
    expect(gateway.lambda.invokers).toEqual([]);
  });
});
