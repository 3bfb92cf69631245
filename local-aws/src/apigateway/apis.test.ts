import { describe, expect, test } from "vitest";
import { createChat, createTestGateway } from "./testing.ts";

const chat = {
  name: "chat",
  protocolType: "WEBSOCKET",
  routeSelectionExpression: "$request.body.action",
};

describe("APIs", () => {
  test("creating an API returns 201, an ID and a ws:// endpoint of this local AWS", async () => {
    const { call } = createTestGateway();
    const { status, output } = await call("POST", "/v2/apis", { ...chat, tags: { Team: "a" } });
    expect(status).toBe(201);
    expect(output).toEqual({
      ...chat,
      apiId: expect.stringMatching(/^[a-z0-9]{10}$/),
      apiEndpoint: `ws://localhost:4566/_aws/execute-api/${String(output["apiId"])}`,
      apiKeySelectionExpression: "$request.header.x-api-key",
      createdDate: "2026-01-02T03:04:05Z",
      disableExecuteApiEndpoint: false,
      ipAddressType: "ipv4",
      tags: { Team: "a" },
    });
    expect((await call("GET", "/v2/apis")).output).toEqual({ items: [output] });
  });

  test("the endpoint is not part of the state", async () => {
    const gateway = createTestGateway();
    await createChat(gateway);
    expect(JSON.stringify(gateway.state)).not.toContain("4566");
  });

  test("an update keeps the settings that it does not name", async () => {
    const gateway = createTestGateway();
    const { path } = await createChat(gateway);
    const { output } = await gateway.call("PATCH", path, { description: "" });
    expect(output).toMatchObject({ ...chat, description: "" });
  });

  test("the execute-api endpoint can be disabled and the IP address type changed", async () => {
    const { call } = createTestGateway();
    const changed = { disableExecuteApiEndpoint: true, ipAddressType: "dualstack" };
    const { output: created } = await call("POST", "/v2/apis", { ...chat, ...changed });
    expect(created).toMatchObject(changed);
    const path = `/v2/apis/${String(created["apiId"])}`;
    const { output } = await call("PATCH", path, { disableExecuteApiEndpoint: false });
    expect(output).toEqual({ ...created, disableExecuteApiEndpoint: false });
    expect((await call("PATCH", path, { ipAddressType: "ipv6" })).status).toBe(400);
  });

  test("settings without effect are returned", async () => {
    const { call } = createTestGateway();
    const settings = {
      version: "1",
      apiKeySelectionExpression: "$context.authorizer.usageIdentifierKey",
      disableSchemaValidation: true,
    };
    const { output: created } = await call("POST", "/v2/apis", { ...chat, ...settings });
    expect(created).toMatchObject(settings);
    const path = `/v2/apis/${String(created["apiId"])}`;
    const { output } = await call("PATCH", path, { version: "2" });
    expect(output).toEqual({ ...created, version: "2" });
  });

  test.each([
    { what: "an HTTP API", input: { ...chat, protocolType: "HTTP" } },
    { what: "an unknown parameter", input: { ...chat, corsConfiguration: {} } },
    {
      what: "another source of API keys",
      input: { ...chat, apiKeySelectionExpression: "$request.querystring.key" },
    },
    ...[
      "$request.header.action",
      "${request.body.service}/${request.body.action}",
      "\\$default",
    ].map((routeSelectionExpression) => ({
      what: `the route selection expression ${routeSelectionExpression}`,
      input: { ...chat, routeSelectionExpression },
    })),
  ])("$what is refused with 501", async ({ input }) => {
    const { call } = createTestGateway();
    expect(await call("POST", "/v2/apis", input)).toMatchObject({ status: 501 });
  });

  test("an HTTP API is refused because of its protocol, before its other settings are checked", async () => {
    const { call } = createTestGateway();
    const routeSelectionExpression = "$request.method $request.path";
    const input = { name: "http", protocolType: "HTTP", routeSelectionExpression };
    const { output } = await call("POST", "/v2/apis", input);
    expect(output).toMatchObject({
      message: 'The local AWS does not implement protocolType "HTTP".',
    });
  });

  test("an invalid parameter is refused with BadRequestException", async () => {
    const { call } = createTestGateway();
    for (const wrong of [{ name: "" }, { routeSelectionExpression: "action" }]) {
      const response = await call("POST", "/v2/apis", { ...chat, ...wrong });
      expect(response).toMatchObject({ status: 400, error: "BadRequestException" });
    }
  });

  test.each(["GET", "PATCH", "DELETE"])(
    "%s of an unknown API returns the error of AWS",
    async (method) => {
      const { call } = createTestGateway();
      expect(await call(method, "/v2/apis/constructor")).toEqual({
        status: 404,
        error: "NotFoundException",
        output: { message: "Invalid API identifier specified 000000000000:constructor" },
      });
    },
  );

  test("deleting an API deletes everything in it", async () => {
    const gateway = createTestGateway();
    const { path } = await createChat(gateway);
    expect(await gateway.call("DELETE", path)).toMatchObject({ status: 204 });
    expect(await gateway.call("GET", `${path}/routes`)).toMatchObject({ status: 404 });
  });

  test("a caller needs permission for the HTTP method on the ARN of the path", async () => {
    const checked: string[] = [];
    const gateway = createTestGateway({
      authorize: (_, action, resource) => void checked.push(`${action} ${resource}`),
    });
    await gateway.call("GET", "/v2/apis/abc/routes/def");
    await gateway.call("GET", "/account");
    await gateway.call("GET", "/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fabc");
    expect(checked).toEqual([
      "apigateway:GET arn:aws:apigateway:us-east-1::/apis/abc/routes/def",
      "apigateway:GET arn:aws:apigateway:us-east-1::/account",
      "apigateway:GET arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fabc",
    ]);
  });
});
