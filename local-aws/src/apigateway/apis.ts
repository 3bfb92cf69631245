import * as v from "valibot";
import { apiEndpoint } from "../execute-api-url.ts";
import { notImplemented } from "../protocols/aws-error.ts";
import { only } from "../protocols/only.ts";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { regionOf } from "../state.ts";
import { timestamp } from "../timestamp.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { autoDeploy } from "./deployments.ts";
import { ipAddressType, isMapped } from "./domain-names.ts";
import { badRequest, findApi, newId } from "./identifiers.ts";
import type { Api } from "./state.ts";

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html */
const API_KEY_EXPRESSION = "$request.header.x-api-key";
const AUTHORIZER_KEY_EXPRESSION = "$context.authorizer.usageIdentifierKey";

const SELECTION = /^\$(request\.body(\.[\w-]+)+|\{request\.body(\.[\w-]+)+\})$/;

const selectionExpression = v.pipe(
  v.string(),
  v.check((expression) => {
    if (SELECTION.test(expression)) return true;
    // AWS also allows headers, several variables with text between them, and the constant \$default.
    if (expression.includes("$"))
      throw notImplemented(`the route selection expression ${expression}`);
    return false;
  }, "A route selection expression is $request.body.{member} or ${request.body.{member}}"),
);

const settings = {
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  description: v.exactOptional(v.pipe(v.string(), v.maxLength(1024))),
  routeSelectionExpression: selectionExpression,
  version: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
  // These settings have no effect, because no route can require an API key or a model.
  apiKeySelectionExpression: v.exactOptional(
    only("apiKeySelectionExpression", API_KEY_EXPRESSION, AUTHORIZER_KEY_EXPRESSION),
  ),
  disableSchemaValidation: v.exactOptional(v.boolean()),
  disableExecuteApiEndpoint: v.exactOptional(v.boolean()),
  ipAddressType: v.exactOptional(ipAddressType),
};

const createInput = v.strictObject({
  // This member is the first, because it decides which values the others can have.
  protocolType: only("protocolType", "WEBSOCKET"),
  ...settings,
  tags: v.exactOptional(v.record(v.string(), v.string()), {}),
});

const updateInput = v.strictObject({
  ...settings,
  apiId: v.string(),
  name: v.exactOptional(settings.name),
  routeSelectionExpression: v.exactOptional(selectionExpression),
});

const apiInput = v.strictObject({ apiId: v.string() });

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html */
export function apiRoutes(control: ControlPlane): Route[] {
  const { state, clock } = control;
  const get = (region: string, apiId: string) => findApi(state, region, apiId);
  const path = "/v2/apis/{apiId}";
  return [
    controlRoute({
      name: "CreateApi",
      method: "POST",
      path: "/v2/apis",
      status: 201,
      input: createInput,
      handle(input, region) {
        const api = newApi(input, timestamp(clock.now()));
        regionOf(state, region).apigateway.apis[api.apiId] = api;
        return describe(api, control);
      },
    }),
    controlRoute({
      name: "GetApis",
      method: "GET",
      path: "/v2/apis",
      input: v.strictObject({}),
      handle: (_, region) => ({
        items: Object.values(regionOf(state, region).apigateway.apis).map((api) =>
          describe(api, control),
        ),
      }),
    }),
    controlRoute({
      name: "GetApi",
      method: "GET",
      path,
      input: apiInput,
      handle: ({ apiId }, region) => describe(get(region, apiId), control),
    }),
    controlRoute({
      name: "UpdateApi",
      method: "PATCH",
      path,
      input: updateInput,
      handle({ apiId, ...changes }, region) {
        const api = get(region, apiId);
        Object.assign(api, changes);
        autoDeploy(api, clock);
        return describe(api, control);
      },
    }),
    controlRoute({
      name: "DeleteApi",
      method: "DELETE",
      path,
      status: 204,
      input: apiInput,
      handle({ apiId }, region) {
        get(region, apiId);
        if (isMapped(state, region, ({ apiId: mapped }) => mapped === apiId))
          throw badRequest(
            `Deleting API ${apiId} failed. Please remove all API mappings for the API from your custom domain names.`,
          );
        delete regionOf(state, region).apigateway.apis[apiId];
      },
    }),
  ];
}

function newApi(input: v.InferOutput<typeof createInput>, createdDate: string): Api {
  return {
    apiKeySelectionExpression: API_KEY_EXPRESSION,
    ...input,
    apiId: newId(10),
    protocolType: "WEBSOCKET",
    createdDate,
    models: {},
    integrations: {},
    routes: {},
    authorizers: {},
    deployments: {},
    stages: {},
  };
}

function describe(api: Api, { endpoint }: ControlPlane) {
  const { apiId, name, description, protocolType, version, tags } = api;
  const { routeSelectionExpression, apiKeySelectionExpression, createdDate } = api;
  const { disableSchemaValidation } = api;
  const { disableExecuteApiEndpoint = false, ipAddressType: type = "ipv4" } = api;
  return {
    apiId,
    apiEndpoint: apiEndpoint(endpoint(), apiId),
    name,
    description,
    protocolType,
    version,
    routeSelectionExpression,
    apiKeySelectionExpression,
    disableSchemaValidation,
    createdDate,
    tags,
    disableExecuteApiEndpoint,
    ipAddressType: type,
  };
}
