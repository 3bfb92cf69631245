import { describe, expect, test } from "vitest";
import { createChat, createTestGateway, FUNCTION_URI } from "./testing.ts";

const authorizer = {
  name: "token",
  authorizerType: "REQUEST",
  authorizerUri: FUNCTION_URI,
  identitySource: ["route.request.querystring.token"],
};

describe("routes and the resources that they refer to", () => {
  test("a route is returned with the settings that the Terraform provider compares", async () => {
    const gateway = createTestGateway();
    const { path, target, routeId } = await createChat(gateway);
    expect(await gateway.call("GET", `${path}/routes/${routeId}`)).toEqual({
      status: 200,
      error: undefined,
      output: {
        routeId,
        routeKey: "$connect",
        target,
        authorizationType: "NONE",
        apiKeyRequired: false,
      },
    });
  });

  test("an API has at most one route for each route key", async () => {
    const gateway = createTestGateway();
    const { path } = await createChat(gateway);
    expect(await gateway.call("POST", `${path}/routes`, { routeKey: "$connect" })).toEqual({
      status: 409,
      error: "ConflictException",
      output: { message: "Route with key $connect already exists for this API" },
    });
  });

  test("a target must name an integration of the API", async () => {
    const gateway = createTestGateway();
    const { path } = await createChat(gateway);
    const input = { routeKey: "$default", target: "integrations/abcdefg" };
    const response = await gateway.call("POST", `${path}/routes`, input);
    expect(response).toMatchObject({ status: 400, error: "BadRequestException" });
  });

  test("an integration cannot be deleted while a route uses it", async () => {
    const gateway = createTestGateway();
    const { path, target, routeId } = await createChat(gateway);
    expect(await gateway.call("DELETE", `${path}/${target}`)).toEqual({
      status: 409,
      error: "ConflictException",
      output: {
        message: `Cannot delete Integration because it is referenced by the following Routes with Ids: [${routeId}]`,
      },
    });
    await gateway.call("DELETE", `${path}/routes/${routeId}`);
    expect(await gateway.call("DELETE", `${path}/${target}`)).toMatchObject({ status: 204 });
  });

  test("an integration has the defaults of API Gateway, and an update changes only the settings that it names", async () => {
    const gateway = createTestGateway();
    const { path, target } = await createChat(gateway);
    const { output } = await gateway.call("PATCH", `${path}/${target}`, { timeoutInMillis: 50 });
    expect(output).toEqual({
      integrationId: target.replace("integrations/", ""),
      integrationType: "AWS_PROXY",
      integrationMethod: "POST",
      integrationUri: FUNCTION_URI,
      connectionType: "INTERNET",
      passthroughBehavior: "WHEN_NO_MATCH",
      payloadFormatVersion: "1.0",
      timeoutInMillis: 50,
    });
  });

  test.each([
    ["a version or alias", (arn: string) => `${arn}:live`, 501],
    ["a stage variable", (arn: string) => arn.replace(/[^:]+$/, "${stageVariables.name}"), 501],
    ["something other than a function", () => "arn:aws:sqs:us-east-1:000000000000:queue", 400],
  ] as const)("a function URI with %s is refused", async (_what, change, status) => {
    const gateway = createTestGateway();
    const { path, target } = await createChat(gateway);
    const uri = FUNCTION_URI.replace(/(arn:aws:lambda:[^/]+)/, change);
    const integration = { integrationType: "AWS_PROXY", integrationUri: uri };
    for (const [method, where, input] of [
      ["POST", `${path}/integrations`, integration],
      ["PATCH", `${path}/${target}`, { integrationUri: uri }],
      ["POST", `${path}/authorizers`, { ...authorizer, authorizerUri: uri }],
    ] as const)
      expect(await gateway.call(method, where, input), `of ${where}`).toMatchObject({ status });
  });

  test("only $connect can have an authorizer, which cannot be deleted while it is in use", async () => {
    const gateway = createTestGateway();
    const { path, routeId } = await createChat(gateway);
    const { output } = await gateway.call("POST", `${path}/authorizers`, authorizer);
    const authorization = { authorizationType: "CUSTOM", authorizerId: output["authorizerId"] };
    const message = { routeKey: "$default", ...authorization };
    expect((await gateway.call("POST", `${path}/routes`, message)).output).toEqual({
      message: "Currently, authorization is restricted to the $connect route only",
    });
    const connect = await gateway.call("PATCH", `${path}/routes/${routeId}`, authorization);
    expect(connect.output).toMatchObject(authorization);
    const deletion = await gateway.call(
      "DELETE",
      `${path}/authorizers/${String(output["authorizerId"])}`,
    );
    expect(deletion).toMatchObject({
      status: 409,
      output: { message: "Cannot delete authorizer 'token', is referenced in route: $connect" },
    });
  });

  test("an authorizer without CUSTOM is refused, and is removed with CUSTOM", async () => {
    const gateway = createTestGateway();
    const { path, routeId, target } = await createChat(gateway);
    const url = `${path}/routes/${routeId}`;
    const { output } = await gateway.call("POST", `${path}/authorizers`, authorizer);
    const authorizerId = String(output["authorizerId"]);
    const refusal = {
      status: 501,
      output: {
        message: `The local AWS does not implement the authorizerId ${authorizerId} with authorizationType NONE.`,
      },
    };
    const route = { routeKey: "$default", target, authorizerId };
    expect(await gateway.call("POST", `${path}/routes`, route)).toMatchObject(refusal);
    expect(await gateway.call("PATCH", url, { authorizerId })).toMatchObject(refusal);
    const custom = { authorizationType: "CUSTOM", authorizerId };
    expect(await gateway.call("PATCH", url, custom)).toMatchObject({ status: 201, output: custom });
    const none = { authorizationType: "NONE" };
    expect(await gateway.call("PATCH", url, { ...none, authorizerId })).toMatchObject(refusal);
    const opened = await gateway.call("PATCH", url, none);
    expect(opened).toMatchObject({ status: 201, output: none });
    expect(opened.output).not.toHaveProperty("authorizerId");
  });

  test("the names of an API's authorizers are unique", async () => {
    const gateway = createTestGateway();
    const { path } = await createChat(gateway);
    await gateway.call("POST", `${path}/authorizers`, authorizer);
    const again = await gateway.call("POST", `${path}/authorizers`, authorizer);
    expect(again).toMatchObject({ status: 400, error: "BadRequestException" });
  });

  test("an empty string removes an optional setting of a route", async () => {
    const gateway = createTestGateway();
    const { path, routeId } = await createChat(gateway);
    const url = `${path}/routes/${routeId}`;
    const set = { routeResponseSelectionExpression: "$default", operationName: "connect" };
    expect((await gateway.call("PATCH", url, set)).output).toMatchObject(set);
    const unset = { routeResponseSelectionExpression: "", operationName: "" };
    const { output } = await gateway.call("PATCH", url, unset);
    expect(Object.keys(output)).not.toContain("operationName");
    expect(Object.keys(output)).not.toContain("routeResponseSelectionExpression");
  });

  test("a route has at most one route response, $default", async () => {
    const gateway = createTestGateway();
    const { path, routeId } = await createChat(gateway);
    const url = `${path}/routes/${routeId}/routeresponses`;
    const created = await gateway.call("POST", url, { routeResponseKey: "$default" });
    expect(created).toMatchObject({ status: 201, output: { routeResponseKey: "$default" } });
    const again = await gateway.call("POST", url, { routeResponseKey: "$default" });
    expect(again).toMatchObject({ status: 409 });
    expect((await gateway.call("GET", url)).output).toEqual({ items: [created.output] });
    const id = String(created.output["routeResponseId"]);
    expect(await gateway.call("DELETE", `${url}/${id}`)).toMatchObject({ status: 204 });
    expect(await gateway.call("GET", `${url}/${id}`)).toMatchObject({ status: 404 });
  });
});
