import { expect } from "vitest";
import { type Account, uniqueName } from "./account.ts";
import type { Behaviour } from "./behaviour.ts";
import { connectRefused } from "./raw-connection.ts";
import { captured } from "./sources.ts";

const OWN_API = "local: the API is created for the row";

/** Creates an API with a Lambda authorizer, whose function runs the source. Returns its URL. */
async function createApi(account: Account, source: string): Promise<string> {
  const { apigateway, createFunction, lambda, region } = account;
  const apiName = uniqueName();
  const { ApiId } = await apigateway.createApi({
    Name: apiName,
    ProtocolType: "WEBSOCKET",
    RouteSelectionExpression: "$request.body.action",
  });
  const invokable = async (code?: string) => {
    const { FunctionName, FunctionArn } = await createFunction(
      code === undefined ? {} : { source: code },
    );
    await lambda.addPermission({
      FunctionName,
      StatementId: "api",
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
    });
    return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`;
  };
  const { AuthorizerId } = await apigateway.createAuthorizer({
    ApiId,
    Name: "authorizer",
    AuthorizerType: "REQUEST",
    AuthorizerUri: await invokable(source),
    IdentitySource: ["route.request.header.Authorization"],
  });
  const { IntegrationId } = await apigateway.createIntegration({
    ApiId,
    IntegrationType: "AWS_PROXY",
    IntegrationUri: await invokable("exports.handler = async () => ({ statusCode: 200 });"),
    IntegrationMethod: "POST",
  });
  await apigateway.createRoute({
    ApiId,
    RouteKey: "$connect",
    AuthorizationType: "CUSTOM",
    AuthorizerId,
    Target: `integrations/${IntegrationId}`,
  });
  await apigateway.createStage({ ApiId, StageName: "dev", AutoDeploy: true });
  const aws = await account.localAws();
  return aws.webSocketUrl("dev", { apiName });
}

/** Lambda authorizers: who is let in, and what the function's response does. */
export const authorizers: Behaviour[] = [
  {
    behaviour: "a function that throws Unauthorized refuses the upgrade with 401",
    basis: "capture",
    source: captured.authorizers,
    only: OWN_API,
    check: async ({ account }) => {
      const url = await createApi(
        account,
        `exports.handler = async () => { throw "Unauthorized"; };`,
      );
      const { status, body } = await connectRefused(url, { headers: { authorization: "x" } });
      expect(status).toBe(401);
      expect(JSON.parse(body)).toMatchObject({ message: "Unauthorized" });
    },
  },
];
