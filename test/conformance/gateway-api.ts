import type {
  CreateAuthorizerCommandInput,
  UpdateAuthorizerCommandInput,
} from "@aws-sdk/client-apigatewayv2";
import { expect } from "vitest";
import { type Account, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { statusOf } from "./gateway-client.ts";
import { captured, modelled, reported } from "./sources.ts";

/** Creates an API, and returns the parameters of a valid authorizer for it. */
async function authorizerInput({ apigateway, createFunction, region }: Account) {
  const { ApiId } = await apigateway.createApi({
    Name: uniqueName(),
    ProtocolType: "WEBSOCKET",
    RouteSelectionExpression: "$request.body.action",
  });
  const { FunctionArn } = await createFunction();
  return {
    ApiId,
    Name: "token",
    AuthorizerType: "REQUEST",
    AuthorizerUri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`,
    IdentitySource: ["route.request.header.Authorization"],
  } satisfies CreateAuthorizerCommandInput;
}

/** Settings that AWS refuses, even if the types of the SDK do not have them. */
type Settings = Partial<Omit<CreateAuthorizerCommandInput, "AuthorizerType">> & {
  AuthorizerType?: string;
};

const badRequest = (message: string) => ({ name: "BadRequestException", status: 400, message });

const basis = "capture";
const source = captured.authorizerAdmission;

const refuses = (what: string, message: string, cases: Settings[]): Behavior => ({
  behavior: `CreateAuthorizer for a WebSocket API refuses ${what}`,
  basis,
  source,
  check: async ({ account }) => {
    const { apigateway } = account;
    const input = await authorizerInput(account);
    for (const settings of cases) {
      const changed = { ...input, ...settings } as CreateAuthorizerCommandInput;
      const refusal = await refusalOf(apigateway.createAuthorizer(changed));
      expect({ settings, refusal }).toEqual({ settings, refusal: badRequest(message) });
    }
    const { Items } = await apigateway.getAuthorizers({ ApiId: input.ApiId });
    expect(Items).toEqual([]);
  },
});

const notSettable = (member: string) => `${member} cannot be set for WEBSOCKET protocol Apis.`;

const ONLY_REQUEST =
  "Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.";
const VERSION = notSettable("AuthorizerPayloadFormatVersion");
const TTL = notSettable("AuthorizerResultTtlInSeconds");
const SIMPLE = notSettable("EnableSimpleResponses");

const noSource = (expression: string) =>
  `Invalid request identity source expression: ${expression}. The sources must be separated by comma, and each source must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching 'context.[a-zA-Z0-9._-]+'`;

const NO_SOURCES = [
  "route.request.header.",
  "invalid",
  "$request.header.Authorization",
  "$request.querystring.tenant",
  "$context.routeKey",
  "$stageVariables.tenant",
  "route.request.context.routeKey",
  "route.request.stageVariables.tenant",
  "method.request.header.Authorization",
  "route.request.body.action",
  "route.request.header.Invalid Name",
];

/** APIs, routes, integrations, authorizers and stages. */
export const gatewayApi: Behavior[] = [
  {
    behavior: "an authorizer has no members that were not set",
    basis,
    source,
    check: async ({ account }) => {
      const { ApiId, ...input } = await authorizerInput(account);
      const created = await account.apigateway.createAuthorizer({ ApiId, ...input });
      const { $metadata: _, AuthorizerId, ...members } = created;
      expect(AuthorizerId).toMatch(/^[a-z0-9]{6}$/);
      expect(members).toEqual(input);
    },
  },
  refuses("any type other than REQUEST", ONLY_REQUEST, [
    { AuthorizerType: "JWT" },
    { AuthorizerType: "TOKEN" },
    {
      AuthorizerType: "JWT",
      AuthorizerUri: undefined,
      IdentitySource: ["$request.header.Authorization"],
      JwtConfiguration: { Issuer: "https://example.com", Audience: ["probe"] },
    },
  ]),
  refuses("a payload format version", VERSION, [
    { AuthorizerPayloadFormatVersion: "" },
    { AuthorizerPayloadFormatVersion: "1.0" },
    { AuthorizerPayloadFormatVersion: "3.0" },
    { AuthorizerPayloadFormatVersion: "2.0", EnableSimpleResponses: true },
  ]),
  refuses("a TTL of results", TTL, [
    { AuthorizerResultTtlInSeconds: 0 },
    { AuthorizerResultTtlInSeconds: 60 },
    { AuthorizerResultTtlInSeconds: -1 },
    { AuthorizerResultTtlInSeconds: 3601 },
    { AuthorizerResultTtlInSeconds: 60, IdentitySource: [] },
  ]),
  refuses("simple responses, switched on or off", SIMPLE, [
    { EnableSimpleResponses: true },
    { EnableSimpleResponses: false },
  ]),
  ...NO_SOURCES.map((expression) =>
    refuses(`the identity source ${expression}`, noSource(expression), [
      { IdentitySource: [expression] },
    ]),
  ),
  {
    behavior: "an authorizer without identity sources has no member for them",
    basis,
    source,
    check: async ({ account }) => {
      const { apigateway } = account;
      const input = await authorizerInput(account);
      for (const IdentitySource of [undefined, [], [""]]) {
        const Name = uniqueName();
        const created = await apigateway.createAuthorizer({ ...input, Name, IdentitySource });
        const { ApiId } = input;
        const { AuthorizerId } = created;
        expect(created).not.toHaveProperty("IdentitySource");
        const got = await apigateway.getAuthorizer({ ApiId, AuthorizerId });
        expect(got).toMatchObject({ Name });
        expect(got).not.toHaveProperty("IdentitySource");
      }
    },
  },
  {
    behavior: "UpdateAuthorizer refuses what CreateAuthorizer refuses, and then changes nothing",
    basis,
    source,
    check: async ({ account }) => {
      const { apigateway } = account;
      const input = await authorizerInput(account);
      const { ApiId } = input;
      const { AuthorizerId } = await apigateway.createAuthorizer(input);
      const cases: [Settings, string][] = [
        [{ IdentitySource: ["invalid"] }, noSource("invalid")],
        [{ AuthorizerType: "TOKEN" }, ONLY_REQUEST],
        [{ AuthorizerPayloadFormatVersion: "2.0" }, VERSION],
        [{ AuthorizerResultTtlInSeconds: 60 }, TTL],
        [{ EnableSimpleResponses: false }, SIMPLE],
      ];
      for (const [settings, message] of cases) {
        const changed = { ApiId, AuthorizerId, Name: "rejected", ...settings };
        const refused = await refusalOf(
          apigateway.updateAuthorizer(changed as UpdateAuthorizerCommandInput),
        );
        expect(refused).toEqual(badRequest(message));
      }
      const { Name, IdentitySource } = await apigateway.getAuthorizer({ ApiId, AuthorizerId });
      expect({ Name, IdentitySource }).toEqual({
        Name: "token",
        IdentitySource: input.IdentitySource,
      });
    },
  },
  {
    behavior: "UpdateAuthorizer accepts an empty payload format version, which changes nothing",
    basis,
    source,
    check: async ({ account }) => {
      const input = await authorizerInput(account);
      const { ApiId } = input;
      const { $metadata: _, ...created } = await account.apigateway.createAuthorizer(input);
      const { AuthorizerId } = created;
      const changes = { ApiId, AuthorizerId, AuthorizerPayloadFormatVersion: "" };
      expect(await account.apigateway.updateAuthorizer(changes)).toMatchObject(created);
    },
  },
  {
    behavior: "UpdateAuthorizer removes the identity sources with an empty list",
    basis,
    source,
    check: async ({ account }) => {
      const input = await authorizerInput(account);
      const { ApiId } = input;
      const { AuthorizerId } = await account.apigateway.createAuthorizer(input);
      const changes = { ApiId, AuthorizerId, IdentitySource: [] };
      const updated = await account.apigateway.updateAuthorizer(changes);
      expect(updated).not.toHaveProperty("IdentitySource");
    },
  },
  {
    behavior: "a missing authorizer or route is a NotFoundException that names its kind",
    basis,
    source,
    check: async ({ account }) => {
      const { apigateway } = account;
      const { ApiId } = await authorizerInput(account);
      const absent = (message: string) => ({ name: "NotFoundException", status: 404, message });
      expect(await refusalOf(apigateway.getAuthorizer({ ApiId, AuthorizerId: "absent" }))).toEqual(
        absent("Invalid Authorizer identifier specified"),
      );
      expect(await refusalOf(apigateway.getRoute({ ApiId, RouteId: "absent" }))).toEqual(
        absent("Invalid route identifier specified"),
      );
    },
  },
  {
    behavior: "UpdateRoute returns status 201, like CreateRoute",
    basis,
    source,
    check: async ({ account }) => {
      const { apigateway } = account;
      const input = await authorizerInput(account);
      const { ApiId } = input;
      const { AuthorizerId } = await apigateway.createAuthorizer(input);
      const custom = { AuthorizationType: "CUSTOM", AuthorizerId } as const;
      const { RouteId } = await apigateway.createRoute({ ApiId, RouteKey: "$connect", ...custom });
      const updated = await apigateway.updateRoute({ ApiId, RouteId, ...custom });
      expect(updated).toMatchObject({ ...custom, $metadata: { httpStatusCode: 201 } });
    },
  },
  {
    behavior: "a route with the authorization type CUSTOM needs an authorizer of the API",
    basis: "report",
    source: reported.absentAuthorizer,
    check: async ({ account }) => {
      const { ApiId } = await authorizerInput(account);
      const route = { ApiId, RouteKey: "$connect", AuthorizationType: "CUSTOM" } as const;
      expect(
        await refusalOf(account.apigateway.createRoute({ ...route, AuthorizerId: "absent" })),
      ).toEqual(
        badRequest(
          "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
        ),
      );
    },
  },
  {
    behavior: "a log level of a stage needs the account's role for CloudWatch logs",
    basis: "report",
    source: reported.logRole,
    check: async ({ account }) => {
      const { apigateway } = account;
      const { ApiId } = await authorizerInput(account);
      const stage = { ApiId, StageName: "dev" };
      const settings = { DataTraceEnabled: true, DetailedMetricsEnabled: true } as const;
      const refused = { ...stage, DefaultRouteSettings: { LoggingLevel: "INFO" } } as const;
      expect(await refusalOf(apigateway.createStage(refused))).toEqual(
        badRequest("CloudWatch Logs role ARN must be set in account settings to enable logging"),
      );
      const created = await apigateway.createStage({ ...stage, DefaultRouteSettings: settings });
      expect(created.DefaultRouteSettings).toMatchObject(settings);
    },
  },
  {
    behavior: "a stage without autoDeploy has the deployment that it was given, and no message",
    basis: "model",
    source: modelled.apigateway,
    check: async ({ account }) => {
      const { apigateway } = account;
      const { ApiId } = await authorizerInput(account);
      await apigateway.createRoute({ ApiId, RouteKey: "$default" });
      const { DeploymentId: first } = await apigateway.createDeployment({ ApiId });
      const stage = { ApiId, StageName: "dev" };
      await apigateway.createStage({ ...stage, DeploymentId: first });
      await apigateway.createRoute({ ApiId, RouteKey: "$connect" });
      const { $metadata: _, ...read } = await apigateway.getStage(stage);
      expect(read).toMatchObject({ DeploymentId: first });
      expect(read).not.toHaveProperty("LastDeploymentStatusMessage");
      const { DeploymentId } = await apigateway.createDeployment({ ApiId });
      expect(await apigateway.updateStage({ ...stage, DeploymentId })).toMatchObject({
        DeploymentId,
      });
    },
  },
  {
    behavior: "a stage without a deployment refuses clients with 403",
    basis: "report",
    source: reported.undeployedStage,
    check: async ({ account }) => {
      const { apigateway } = account;
      const { ApiId } = await authorizerInput(account);
      await apigateway.createRoute({ ApiId, RouteKey: "$default" });
      const stage = { ApiId, StageName: "dev" };
      await apigateway.createStage(stage);
      const { endpoint } = await account.localAws();
      const url = `${endpoint.replace("http:", "ws:")}/_aws/execute-api/${ApiId}/dev`;
      expect(await statusOf(url)).toBe(403);
      const { DeploymentId } = await apigateway.createDeployment({ ApiId });
      await apigateway.updateStage({ ...stage, DeploymentId });
      expect(await statusOf(url)).toBe(101);
    },
  },
];
