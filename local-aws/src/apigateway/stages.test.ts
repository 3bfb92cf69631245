import { describe, expect, test } from "vitest";
import { addRole } from "../iam/testing.ts";
import { addLogGroup, createChat, createTestGateway, FUNCTION_URI } from "./testing.ts";

const production = { stageName: "production", autoDeploy: true };

async function createStage(input: object = production) {
  const gateway = createTestGateway();
  const chat = await createChat(gateway);
  const url = `${chat.path}/stages/production`;
  const created = await gateway.call("POST", `${chat.path}/stages`, { ...production, ...input });
  return { gateway, ...chat, url, created };
}

describe("stages", () => {
  test("a stage is deployed at once and has the defaults of API Gateway", async () => {
    const { created } = await createStage();
    expect(created).toEqual({
      status: 201,
      error: undefined,
      output: {
        stageName: "production",
        autoDeploy: true,
        createdDate: "2026-01-02T03:04:05Z",
        lastUpdatedDate: "2026-01-02T03:04:05Z",
        deploymentId: expect.stringMatching(/^[a-z0-9]{7}$/),
        lastDeploymentStatusMessage: expect.stringContaining("Successfully deployed"),
        defaultRouteSettings: {
          dataTraceEnabled: false,
          detailedMetricsEnabled: false,
          loggingLevel: "OFF",
        },
        routeSettings: {},
        stageVariables: {},
        tags: {},
      },
    });
  });

  test("throttling limits of 0 stay 0, as on AWS, where they stop all traffic", async () => {
    const limits = { throttlingBurstLimit: 0, throttlingRateLimit: 0 };
    const { created } = await createStage({ defaultRouteSettings: limits });
    expect(created.output).toMatchObject({ defaultRouteSettings: limits });
  });

  test("detailed metrics are stored, and stay on when another setting changes", async () => {
    const { gateway, url } = await createStage({
      defaultRouteSettings: { detailedMetricsEnabled: true },
    });
    await gateway.call("PATCH", url, { defaultRouteSettings: { throttlingRateLimit: 1 } });
    expect((await gateway.call("GET", url)).output).toMatchObject({
      defaultRouteSettings: { detailedMetricsEnabled: true, throttlingRateLimit: 1 },
    });
  });

  test("a change to the API replaces the deployment of the stage", async () => {
    const { gateway, path, url, created } = await createStage();
    await gateway.call("POST", `${path}/integrations`, {
      integrationType: "AWS_PROXY",
      integrationUri: FUNCTION_URI,
    });
    const { output: stage } = await gateway.call("GET", url);
    expect(stage["deploymentId"]).not.toBe(created.output["deploymentId"]);
    expect((await gateway.call("GET", `${path}/deployments`)).output).toEqual({
      items: [
        expect.objectContaining({
          deploymentId: stage["deploymentId"],
          autoDeployed: true,
          deploymentStatus: "DEPLOYED",
        }),
      ],
    });
  });

  test("the stage of an API without routes has the message that its deployment failed", async () => {
    const { gateway, path, routeId } = await createStage();
    await gateway.call("DELETE", `${path}/routes/${routeId}`);
    const { output } = await gateway.call("POST", `${path}/stages`, {
      stageName: "early",
      autoDeploy: true,
    });
    expect(output).toMatchObject({
      lastDeploymentStatusMessage:
        "Deployment attempt failed: At least one route is required before deploying the Api",
    });
  });

  test("the names of an API's stages are unique", async () => {
    const { gateway, path } = await createStage();
    expect(await gateway.call("POST", `${path}/stages`, production)).toEqual({
      status: 409,
      error: "ConflictException",
      output: { message: "Stage already exists" },
    });
  });

  test("a deployment can be deleted only if no stage uses it", async () => {
    const { gateway, path, created } = await createStage();
    const used = `${path}/deployments/${String(created.output["deploymentId"])}`;
    expect(await gateway.call("DELETE", used)).toMatchObject({ status: 400 });
    const { output } = await gateway.call("POST", `${path}/deployments`, {
      description: "by hand",
    });
    const unused = `${path}/deployments/${String(output["deploymentId"])}`;
    expect(await gateway.call("DELETE", unused)).toMatchObject({ status: 204 });
  });

  test.each([
    { what: "a client certificate", input: { clientCertificateId: "abc" } },
    {
      what: "an access log in Firehose",
      input: {
        accessLogSettings: {
          destinationArn:
            "arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-x",
          format: "$context.requestId",
        },
      },
    },
  ])("$what is refused with 501", async ({ input }) => {
    expect((await createStage(input)).created).toMatchObject({ status: 501 });
  });

  test("a stage without autoDeploy gets no automatic deployment", async () => {
    const gateway = createTestGateway();
    const { path } = await createChat(gateway);
    const { output } = await gateway.call("POST", `${path}/stages`, { stageName: "dev" });
    expect(output).toMatchObject({ autoDeploy: false });
    expect(output).not.toHaveProperty("deploymentId");
    expect(output).not.toHaveProperty("lastDeploymentStatusMessage");
    expect((await gateway.call("GET", `${path}/deployments`)).output).toEqual({ items: [] });
  });

  test("a stage cannot get a deployment that does not exist", async () => {
    const gateway = createTestGateway();
    const { path } = await createChat(gateway);
    const dev = { stageName: "dev", deploymentId: "0000000" };
    const refused = { status: 404, error: "NotFoundException" };
    expect(await gateway.call("POST", `${path}/stages`, dev)).toMatchObject(refused);
    expect((await gateway.call("GET", `${path}/stages`)).output).toEqual({ items: [] });
  });

  test("the deployment of a stage with autoDeploy cannot be set", async () => {
    const { gateway, path, url } = await createStage();
    const { output } = await gateway.call("POST", `${path}/deployments`, {});
    const { deploymentId } = output;
    const refused = { status: 400, error: "BadRequestException" };
    expect(await gateway.call("PATCH", url, { deploymentId })).toMatchObject(refused);
    const manual = { deploymentId, autoDeploy: false };
    expect(await gateway.call("PATCH", url, manual)).toMatchObject({ status: 200, output: manual });
  });

  test("route settings need a route that exists", async () => {
    const { gateway, url } = await createStage();
    const settings = { throttlingRateLimit: 1 };
    const unknown = { routeSettings: { $default: settings } };
    expect(await gateway.call("PATCH", url, unknown)).toEqual({
      status: 404,
      error: "NotFoundException",
      output: { message: "Unable to find Route by key $default within the provided RouteSettings" },
    });
    const known = { routeSettings: { $connect: settings } };
    expect((await gateway.call("PATCH", url, known)).output).toMatchObject(known);
    await gateway.call("DELETE", `${url}/routesettings/%24connect`);
    expect((await gateway.call("GET", url)).output).toMatchObject({ routeSettings: {} });
  });

  test("a stage variable is changed without the others, and removed with an empty value", async () => {
    const { gateway, url } = await createStage({ stageVariables: { a: "1", b: "2" } });
    const { output } = await gateway.call("PATCH", url, { stageVariables: { a: "", c: "3" } });
    expect(output["stageVariables"]).toEqual({ b: "2", c: "3" });
  });

  test.for([
    [
      { "a b": "1" },
      "Invalid stage variable name: a b.  Please use names with only word characters.",
    ],
    [
      { a: "<b>" },
      "Invalid stage variable value: <b>.  Please use values with alphanumeric characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.",
    ],
  ] as const)("the stage variables %j are refused", async ([stageVariables, message]) => {
    const { gateway, path, url } = await createStage({
      stageVariables: { table: "a-b_c.d/e?f=g,h" },
    });
    const refused = { status: 400, error: "BadRequestException", output: { message } };
    expect(await gateway.call("PATCH", url, { stageVariables })).toEqual(refused);
    const another = { stageName: "another", stageVariables };
    expect(await gateway.call("POST", `${path}/stages`, another)).toEqual(refused);
  });

  test("an API and its stage are tagged by ARN", async () => {
    const { gateway, apiId, path, url } = await createStage();
    const arn = `arn:aws:apigateway:us-east-1::/apis/${apiId}/stages/production`;
    const tagUrl = `/v2/tags/${encodeURIComponent(arn)}`;
    const tagged = await gateway.call("POST", tagUrl, { tags: { a: "1", b: "2", c: "3" } });
    expect(tagged.status).toBe(201);
    expect((await gateway.call("DELETE", `${tagUrl}?tagKeys=a&tagKeys=b`)).status).toBe(204);
    expect((await gateway.call("GET", tagUrl)).output).toEqual({ tags: { c: "3" } });
    expect((await gateway.call("GET", url)).output).toMatchObject({ tags: { c: "3" } });
    expect((await gateway.call("GET", path)).output).toMatchObject({ tags: {} });
  });
});

describe("access logs", () => {
  const format = '{"id":"$context.requestId"}';
  const roleUrl = "/account";
  const setRole = (value?: string) => ({
    patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value }],
  });

  test("need a role for logs in the account", async () => {
    const { gateway, url } = await createStage();
    const destinationArn = addLogGroup(gateway, "/access");
    const input = { accessLogSettings: { destinationArn, format } };
    expect(await gateway.call("PATCH", url, input)).toEqual({
      status: 400,
      error: "BadRequestException",
      output: {
        message: "CloudWatch Logs role ARN must be set in account settings to enable logging",
      },
    });
    const role = addRole(gateway.state, "logs", "apigateway.amazonaws.com");
    expect((await gateway.call("PATCH", roleUrl, setRole(role))).output).toMatchObject({
      cloudwatchRoleArn: role,
      throttleSettings: { burstLimit: 5000, rateLimit: 10000 },
    });
    expect((await gateway.call("PATCH", url, input)).output).toMatchObject(input);
    await gateway.call("DELETE", `${url}/accesslogsettings`);
    expect((await gateway.call("GET", url)).output).not.toHaveProperty("accessLogSettings");
  });

  test.each([
    {
      what: "without a request id",
      format: "$context.requestIdentity",
      text: "must include either",
    },
    { what: "of two lines", format: "$context.requestId\n", text: "must be single line" },
  ])("a format $what is refused", async ({ format: wrong, text }) => {
    const { gateway, url } = await createStage();
    const destinationArn = addLogGroup(gateway, "/access");
    const { output } = await gateway.call("PATCH", url, {
      accessLogSettings: { destinationArn, format: wrong },
    });
    expect(output["message"]).toContain(text);
  });

  test("need a log group that exists", async () => {
    const { gateway, url } = await createStage();
    const role = addRole(gateway.state, "logs", "apigateway.amazonaws.com");
    await gateway.call("PATCH", roleUrl, setRole(role));
    const destinationArn = "arn:aws:logs:us-east-1:000000000000:log-group:/missing";
    const input = { accessLogSettings: { destinationArn, format } };
    expect(await gateway.call("PATCH", url, input)).toMatchObject({ status: 400 });
  });

  test.each([
    { what: "does not exist", role: () => "arn:aws:iam::000000000000:role/missing" },
    {
      what: "trusts another service",
      role: (gateway: ReturnType<typeof createTestGateway>) =>
        addRole(gateway.state, "lambda", "lambda.amazonaws.com"),
    },
    {
      what: "is not allowed to write logs",
      role: (gateway: ReturnType<typeof createTestGateway>) => {
        gateway.iam.allows = () => false;
        return addRole(gateway.state, "logs", "apigateway.amazonaws.com");
      },
    },
  ])("a role that $what is refused", async ({ role }) => {
    const gateway = createTestGateway();
    expect(await gateway.call("PATCH", roleUrl, setRole(role(gateway)))).toEqual({
      status: 400,
      error: "BadRequestException",
      output: {
        message:
          "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.",
      },
    });
  });

  test.each([
    { what: "an empty role", value: "" },
    { what: "a change without a value, which Terraform sends,", value: undefined },
  ])("$what removes the account's role", async ({ value }) => {
    const gateway = createTestGateway();
    const role = addRole(gateway.state, "logs", "apigateway.amazonaws.com");
    await gateway.call("PATCH", roleUrl, setRole(role));
    await gateway.call("PATCH", roleUrl, setRole(value));
    expect((await gateway.call("GET", roleUrl)).output).not.toHaveProperty("cloudwatchRoleArn");
  });
});
