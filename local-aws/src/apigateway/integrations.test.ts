import { describe, expect, test } from "vitest";
import { AwsError } from "../protocols/aws-error.ts";
import { createChat, createTestGateway, FUNCTION_URI } from "./testing.ts";

const integration = { integrationType: "AWS_PROXY", integrationUri: FUNCTION_URI };
const authorizer = { name: "token", authorizerType: "REQUEST", authorizerUri: FUNCTION_URI };
const roleArn = "arn:aws:iam::000000000000:role/gateway";

/** Returns a control plane whose callers are not allowed to pass a role. */
const withoutPassRole = () =>
  createTestGateway({
    authorize(_, action, resource) {
      if (action === "iam:PassRole")
        throw new AwsError(403, "AccessDeniedException", `no ${action} on ${resource}`);
    },
  });

describe("a role", () => {
  test.each([
    { of: "integrations", settings: integration, member: "credentialsArn" },
    { of: "authorizers", settings: authorizer, member: "authorizerCredentialsArn" },
  ])("of $of needs the permission iam:PassRole", async ({ of, settings, member }) => {
    const gateway = withoutPassRole();
    const { path } = await createChat(gateway);
    const denied = { status: 403, output: { message: `no iam:PassRole on ${roleArn}` } };
    const withRole = { ...settings, [member]: roleArn };
    expect(await gateway.call("POST", `${path}/${of}`, withRole)).toMatchObject(denied);
    const { output, status } = await gateway.call("POST", `${path}/${of}`, settings);
    expect(status).toBe(201);
    const id = String(output["integrationId"] ?? output["authorizerId"]);
    const one = `${path}/${of}/${id}`;
    expect(await gateway.call("PATCH", one, { [member]: roleArn })).toMatchObject(denied);
    expect((await gateway.call("GET", one)).output).toEqual(output);
    // An empty ARN passes no role, so it needs no permission.
    expect(await gateway.call("PATCH", one, { [member]: "" })).toMatchObject({ status: 200 });
  });

  test("of an authorizer is returned, and an empty ARN removes it", async () => {
    const gateway = createTestGateway();
    const { path } = await createChat(gateway);
    const input = { ...authorizer, authorizerCredentialsArn: roleArn };
    const { output } = await gateway.call("POST", `${path}/authorizers`, input);
    expect(output).toMatchObject({ authorizerCredentialsArn: roleArn });
    const one = `${path}/authorizers/${String(output["authorizerId"])}`;
    const renamed = await gateway.call("PATCH", one, { name: "other" });
    expect(renamed.output).toEqual({ ...output, name: "other" });
    const removed = await gateway.call("PATCH", one, { authorizerCredentialsArn: "" });
    expect(removed.output).not.toHaveProperty("authorizerCredentialsArn");
    const invalid = await gateway.call("PATCH", one, { authorizerCredentialsArn: "gateway" });
    expect(invalid).toMatchObject({ status: 400, output: { message: "Invalid role ARN" } });
  });
});

test.each([
  { settings: { integrationType: "HTTP_PROXY" }, named: "integrationType" },
  { settings: { contentHandlingStrategy: "CONVERT_TO_BINARY" }, named: "contentHandlingStrategy" },
  {
    settings: {
      requestParameters: { "integration.request.header.X-Amz-Invocation-Type": "'Event'" },
    },
    named: "requestParameters.integration.request.header.X-Amz-Invocation-Type",
  },
])("a setting of an integration that is not implemented is refused: $named", async (refused) => {
  const gateway = createTestGateway();
  const { path } = await createChat(gateway);
  const input = { ...integration, ...refused.settings };
  const { status, output } = await gateway.call("POST", `${path}/integrations`, input);
  expect({ status, output }).toEqual({
    status: 501,
    output: { message: expect.stringContaining(refused.named) },
  });
});

test("the request templates of an integration are replaced as a whole", async () => {
  const gateway = createTestGateway();
  const { path, target } = await createChat(gateway);
  const update = async (requestTemplates: object) =>
    (await gateway.call("PATCH", `${path}/${target}`, { requestTemplates })).output;
  expect(await update({ "text/a": "a", "text/b": "b" })).toMatchObject({
    requestTemplates: { "text/a": "a", "text/b": "b" },
  });
  expect((await update({ "text/b": "c" }))["requestTemplates"]).toEqual({ "text/b": "c" });
  expect(await update({})).not.toHaveProperty("requestTemplates");
});

describe("integration responses", () => {
  test("have unique keys", async () => {
    const gateway = createTestGateway();
    const { path, target } = await createChat(gateway);
    const collection = `${path}/${target}/integrationresponses`;
    const create = (integrationResponseKey: string) =>
      gateway.call("POST", collection, { integrationResponseKey });
    const { output } = await create("/200/");
    expect(await create("/200/")).toMatchObject({ status: 409, error: "ConflictException" });
    expect(await create("/404/")).toMatchObject({ status: 201 });
    const one = `${collection}/${String(output["integrationResponseId"])}`;
    const rename = (integrationResponseKey: string) =>
      gateway.call("PATCH", one, { integrationResponseKey });
    expect(await rename("/404/")).toMatchObject({ status: 409 });
    expect(await rename("/200/")).toMatchObject({ status: 200 });
    expect(await create("200")).toMatchObject({ status: 400, error: "BadRequestException" });
  });

  test("are not part of the integration, but of its deployment", async () => {
    const gateway = createTestGateway();
    const { path, target, apiId } = await createChat(gateway);
    await gateway.call("POST", `${path}/stages`, { stageName: "dev", autoDeploy: true });
    const collection = `${path}/${target}/integrationresponses`;
    const { output } = await gateway.call("POST", collection, {
      integrationResponseKey: "$default",
    });
    const read = await gateway.call("GET", `${path}/${target}`);
    expect(read.output).not.toHaveProperty("integrationResponses");
    const deployed = () => {
      const api = gateway.state.regions["us-east-1"]?.apigateway.apis[apiId];
      const { deploymentId = "" } = api?.stages["dev"] ?? {};
      const { integrations = {} } = api?.deployments[deploymentId]?.api ?? {};
      return Object.values(integrations).flatMap((one) => Object.values(one.integrationResponses));
    };
    expect(deployed()).toEqual([output]);
    await gateway.call("DELETE", `${collection}/${String(output["integrationResponseId"])}`);
    expect(deployed()).toEqual([]);
  });
});
