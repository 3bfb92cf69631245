import { describe, expect, test } from "vitest";
import type { Iam } from "../iam/index.ts";
import type { Caller } from "../protocols/caller.ts";
import { REGION } from "./testing-api.ts";
import { startGateway } from "./testing.ts";

const GROUP = "/aws/apigateway/chat";
const GROUP_ARN = `arn:aws:logs:${REGION}:000000000000:log-group:${GROUP}`;
const ROLE_ARN = `arn:aws:iam::000000000000:role/api-gateway-cloudwatch`;

const fieldsOf = (...names: string[]) =>
  JSON.stringify(Object.fromEntries(names.map((name) => [name, `$context.${name}`])));

const FORMAT = fieldsOf(
  "requestId",
  "extendedRequestId",
  "requestTime",
  "connectionId",
  "eventType",
  "routeKey",
  "status",
  "error.message",
  "error.responseType",
  "integrationLatency",
  "identity.sourceIp",
);

async function startLogging(format: string, iam: Partial<Iam> = {}) {
  const gateway = await startGateway({ iam });
  gateway.stage.accessLogSettings = { destinationArn: GROUP_ARN, format };
  const region = gateway.state.regions[REGION];
  if (region !== undefined) region.apigateway.cloudwatchRoleArn = ROLE_ARN;
  const nextLine = async (): Promise<Record<string, string>> =>
    JSON.parse((await gateway.lines.next()).message);
  return Object.assign(gateway, { nextLine });
}

describe("the line", () => {
  test("of a connect, a message, a post and a disconnect has the client and the status", async () => {
    await using gateway = await startLogging(FORMAT);
    const { clock, lambda } = gateway;
    lambda.handlers.MESSAGE = () => {
      clock.advance(43);
      return { statusCode: 503 };
    };
    const client = await gateway.connect();
    const { requestContext: connect } = await lambda.next("CONNECT");
    const ofConnect = {
      requestId: connect.requestId,
      extendedRequestId: connect.requestId,
      requestTime: "01/Jan/2026:00:00:00 +0000",
      connectionId: connect.connectionId,
      eventType: "CONNECT",
      routeKey: "$connect",
      status: "200",
      "error.message": "-",
      "error.responseType": "-",
      integrationLatency: "0",
      "identity.sourceIp": "127.0.0.1",
    };
    expect(await gateway.nextLine()).toEqual(ofConnect);

    client.send("one");
    const { requestContext: message } = await lambda.next("MESSAGE");
    expect(await gateway.nextLine()).toEqual({
      ...ofConnect,
      requestId: message.requestId,
      extendedRequestId: message.requestId,
      eventType: "MESSAGE",
      routeKey: "$default",
      status: "503",
      integrationLatency: "43",
    });

    const { headers } = await gateway.manage("POST", connect.connectionId, "hello");
    expect(await gateway.nextLine()).toEqual({
      ...ofConnect,
      requestId: headers.get("x-amzn-requestid"),
      extendedRequestId: headers.get("x-amz-apigw-id"),
      eventType: "CONNECTION_API",
      routeKey: "POST /@connections/{connectionId}",
    });

    client.socket.close(1000);
    const { requestContext: disconnect } = await lambda.next("DISCONNECT");
    expect(await gateway.nextLine()).toEqual({
      ...ofConnect,
      requestId: disconnect.requestId,
      extendedRequestId: disconnect.requestId,
      eventType: "DISCONNECT",
      routeKey: "$disconnect",
    });
    expect(gateway.lines.kept).toEqual([]);
  });

  test("has the start time of its request, and is in a stream whose name has 32 hexadecimal digits", async () => {
    await using gateway = await startLogging(FORMAT);
    const begin = gateway.clock.now();
    gateway.lambda.handlers.MESSAGE = () => gateway.clock.advance(500);
    const client = await gateway.connect();
    client.send("one");
    const [connect, message] = [await gateway.lines.next(), await gateway.lines.next()];
    expect(message).toMatchObject({ timestamp: begin, group: GROUP, region: REGION });
    expect(message.stream).toMatch(/^[\da-f]{32}$/);
    expect(connect.stream).toBe(message.stream);
  });

  test("is written before the client gets the response", async () => {
    await using gateway = await startLogging(FORMAT);
    delete gateway.api.routes["default"];
    const client = await gateway.connect();
    client.send("one");
    await client.next();
    expect(gateway.lines.kept).toHaveLength(2);
  });
});

describe("the line of an error", () => {
  const lineFields = fieldsOf("status", "routeKey", "error.message", "error.responseType");

  test("of the function has 502, as captured on AWS", async () => {
    await using gateway = await startLogging(lineFields);
    const client = await gateway.connect();
    await gateway.nextLine();
    gateway.lambda.handlers.MESSAGE = () => {
      throw new Error("secret detail");
    };
    client.send("one");
    expect(await gateway.nextLine()).toEqual({
      status: "502",
      routeKey: "$default",
      "error.message": "Internal server error",
      "error.responseType": "INTEGRATION_FAILURE",
    });
  });

  test("of a message without a route has 403 and no route key", async () => {
    await using gateway = await startLogging(lineFields);
    delete gateway.api.routes["default"];
    const client = await gateway.connect();
    await gateway.nextLine();
    client.send("one");
    expect(await gateway.nextLine()).toMatchObject({ status: "403", routeKey: "-" });
  });

  test("of the throttling has 429, for connects and messages", async () => {
    await using gateway = await startLogging(lineFields);
    gateway.stage.defaultRouteSettings = { throttlingRateLimit: 0, throttlingBurstLimit: 0 };
    await gateway.refused();
    const throttled = {
      status: "429",
      "error.message": "Too Many Requests",
      "error.responseType": "THROTTLED",
    };
    expect(await gateway.nextLine()).toMatchObject({ ...throttled, routeKey: "$connect" });
    gateway.stage.routeSettings = { $connect: { throttlingRateLimit: 1, throttlingBurstLimit: 1 } };
    gateway.clock.advance(1000);
    const client = await gateway.connect();
    await gateway.nextLine();
    client.send("one");
    expect(await gateway.nextLine()).toMatchObject({ ...throttled, routeKey: "$default" });
  });

  test("of $connect has the function's status, and no error", async () => {
    await using gateway = await startLogging(lineFields);
    gateway.lambda.handlers.CONNECT = () => ({ statusCode: 403, body: "no" });
    await gateway.refused();
    expect(await gateway.nextLine()).toEqual({
      status: "403",
      routeKey: "$connect",
      "error.message": "-",
      "error.responseType": "-",
    });
  });

  test("of @connections has its status", async () => {
    await using gateway = await startLogging(lineFields);
    await gateway.manage("POST", "nonsense", "hello");
    expect(await gateway.nextLine()).toMatchObject({ status: "400", "error.message": "-" });
  });
});

describe("the format", () => {
  const render = async (format: string, userAgent = "tester") => {
    await using gateway = await startLogging(format);
    await gateway.connect("?token=secret", { headers: { "User-Agent": userAgent } });
    return (await gateway.lines.next()).message;
  };

  test("can be other than JSON", async () => {
    expect(await render("$context.identity.sourceIp [$context.requestTime] $context.status.")).toBe(
      "127.0.0.1 [01/Jan/2026:00:00:00 +0000] 200.",
    );
  });

  test("supports variables in braces", async () => {
    expect(await render("${context.stage}x$context.stage")).toBe("testxtest");
  });

  test("has - for variables that are unknown, have no value or are not of the access log", async () => {
    const names = [
      "messageId",
      "integration.status",
      "integration.latency",
      "responseLength",
      "messageDirection",
      "identity",
      "constructor",
      "authorizer.principalId",
      "error.messageString",
      "nonsense",
    ];
    expect(await render(names.map((name) => `$context.${name}`).join(" "))).toBe(
      names.map(() => "-").join(" "),
    );
  });

  test("keeps text that only looks like a variable", async () => {
    expect(await render("$ $$ $contextual $input.body {context.stage}")).toBe(
      "$ $$ $contextual $input.body {context.stage}",
    );
  });

  test("cannot be broken by a value from a client", async () => {
    const userAgent = 'evil","status":"200\\ $context.requestId $&';
    const line = await render(fieldsOf("identity.userAgent"), userAgent);
    expect(JSON.parse(line)).toEqual({ "identity.userAgent": userAgent });
  });

  test("can quote the message of an error", async () => {
    await using gateway = await startLogging('{"error":$context.error.messageString}');
    gateway.lambda.handlers.CONNECT = () => undefined;
    await gateway.refused();
    expect((await gateway.lines.next()).message).toBe('{"error":"Internal server error"}');
  });
});

describe("nothing is written", () => {
  const connectAndLeave = async (gateway: Awaited<ReturnType<typeof startLogging>>) => {
    const client = await gateway.connect();
    client.socket.close();
    await gateway.lambda.next("DISCONNECT");
    await client.closed;
  };

  test("without settings for the stage", async () => {
    await using gateway = await startLogging(FORMAT);
    delete gateway.stage.accessLogSettings;
    await connectAndLeave(gateway);
    expect(gateway.lines.kept).toEqual([]);
  });

  test("without a role for the account's logs", async () => {
    await using gateway = await startLogging(FORMAT);
    delete gateway.state.regions[REGION]?.apigateway.cloudwatchRoleArn;
    await connectAndLeave(gateway);
    expect(gateway.lines.kept).toEqual([]);
  });

  test.for(["logs:CreateLogStream", "logs:PutLogEvents"])(
    "without the role's permission to %s",
    async (forbidden) => {
      const asked: string[] = [];
      const allows = (caller: Caller, action: string, resource: string) => {
        asked.push(`${caller.arn} ${action} ${resource}`);
        return action !== forbidden;
      };
      await using gateway = await startLogging(FORMAT, { allows });
      await connectAndLeave(gateway);
      expect(gateway.lines.kept).toEqual([]);
      const session = "arn:aws:sts::000000000000:assumed-role/api-gateway-cloudwatch";
      expect(asked.at(-1)).toMatch(
        new RegExp(`^${session}/\\w+ ${forbidden} ${GROUP_ARN}:log-stream:[\\da-f]{32}$`),
      );
    },
  );
});
