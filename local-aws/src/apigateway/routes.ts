import * as v from "valibot";
import { notImplemented } from "../protocols/aws-error.ts";
import { only } from "../protocols/only.ts";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { autoDeploy } from "./deployments.ts";
import { badRequest, conflict, findApi, findPart, newId } from "./identifiers.ts";
import { checkRequestModels } from "./models.ts";
import type { Api, ApiRoute } from "./state.ts";

const settings = {
  routeKey: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  /** An empty string removes the target. The same is true for each string here. */
  target: v.exactOptional(v.pipe(v.string(), v.regex(/^(integrations\/[^/]+)?$/))),
  authorizationType: v.exactOptional(only("authorizationType", "NONE", "CUSTOM")),
  authorizerId: v.exactOptional(v.string()),
  operationName: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
  apiKeyRequired: v.exactOptional(only("apiKeyRequired", false)),
  /** With a model selection expression, AWS validates the messages of clients. */
  modelSelectionExpression: v.exactOptional(only("modelSelectionExpression", "")),
  requestModels: v.exactOptional(v.record(v.string(), v.string())),
  /** No source has the response to a client that does not send a required parameter. */
  requestParameters: v.exactOptional(
    v.record(
      v.string(),
      v.strictObject({ required: v.exactOptional(only("requestParameters.required", false)) }),
    ),
  ),
  routeResponseSelectionExpression: v.exactOptional(
    only("routeResponseSelectionExpression", "$default", ""),
  ),
};

const createInput = v.strictObject({ apiId: v.string(), ...settings });

const routeInput = v.strictObject({ apiId: v.string(), routeId: v.string() });

const updateInput = v.strictObject({
  ...routeInput.entries,
  ...settings,
  routeKey: v.exactOptional(settings.routeKey),
});

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html */
export function routeRoutes({ state, clock }: ControlPlane): Route[] {
  const apiOf = (region: string, apiId: string) => findApi(state, region, apiId);
  const path = "/v2/apis/{apiId}/routes/{routeId}";
  const put = (api: Api, route: ApiRoute) => {
    const checked = check(api, route);
    api.routes[route.routeId] = checked;
    autoDeploy(api, clock);
    return describe(checked);
  };
  return [
    controlRoute({
      name: "CreateRoute",
      method: "POST",
      path: "/v2/apis/{apiId}/routes",
      status: 201,
      input: createInput,
      handle: ({ apiId, ...input }, region) =>
        put(apiOf(region, apiId), {
          authorizationType: "NONE",
          apiKeyRequired: false,
          ...input,
          routeId: newId(7),
          routeResponses: {},
        }),
    }),
    controlRoute({
      name: "GetRoutes",
      method: "GET",
      path: "/v2/apis/{apiId}/routes",
      input: v.strictObject({ apiId: v.string() }),
      handle: ({ apiId }, region) => ({
        items: Object.values(apiOf(region, apiId).routes).map(describe),
      }),
    }),
    controlRoute({
      name: "GetRoute",
      method: "GET",
      path,
      input: routeInput,
      handle: ({ apiId, routeId }, region) => describe(findRoute(apiOf(region, apiId), routeId)),
    }),
    controlRoute({
      name: "UpdateRoute",
      method: "PATCH",
      path,
      // As captured on AWS, an update also returns 201.
      status: 201,
      input: updateInput,
      handle({ apiId, routeId, ...changes }, region) {
        const api = apiOf(region, apiId);
        const route = findRoute(api, routeId);
        const isOpened = changes.authorizationType === "NONE";
        return put(api, {
          ...route,
          ...(isOpened && { authorizerId: "" }),
          ...changes,
          requestParameters: { ...route.requestParameters, ...changes.requestParameters },
        });
      },
    }),
    controlRoute({
      name: "DeleteRoute",
      method: "DELETE",
      path,
      status: 204,
      input: routeInput,
      handle({ apiId, routeId }, region) {
        const api = apiOf(region, apiId);
        findRoute(api, routeId);
        delete api.routes[routeId];
        autoDeploy(api, clock);
      },
    }),
    controlRoute({
      name: "DeleteRouteRequestParameter",
      method: "DELETE",
      path: `${path}/requestparameters/{requestParameterKey}`,
      status: 204,
      input: v.strictObject({ ...routeInput.entries, requestParameterKey: v.string() }),
      handle({ apiId, routeId, requestParameterKey }, region) {
        const api = apiOf(region, apiId);
        const route = findRoute(api, routeId);
        const requestParameters = { ...route.requestParameters };
        findPart(requestParameters, "RequestParameter", requestParameterKey);
        delete requestParameters[requestParameterKey];
        put(api, { ...route, requestParameters });
      },
    }),
  ];
}

/** @throws {AwsError} 404 NotFoundException. */
export const findRoute = (api: Api, routeId: string): ApiRoute =>
  findPart(api.routes, "route", routeId);

/**
 * Checks a new or changed route. The source of the message for an existing key is
 * https://github.com/serverless/serverless/issues/7260.
 */
function check(api: Api, route: ApiRoute): ApiRoute {
  const { routeId, routeKey, target = "", authorizationType, apiKeyRequired } = route;
  const { operationName, routeResponseSelectionExpression, routeResponses } = route;
  const { requestModels = {}, requestParameters = {} } = route;
  const others = Object.values(api.routes).filter((other) => other.routeId !== routeId);
  if (others.some((other) => other.routeKey === routeKey))
    throw conflict(`Route with key ${routeKey} already exists for this API`);
  // Our choice, because there is no source: the message.
  if (target !== "" && !Object.hasOwn(api.integrations, target.replace("integrations/", "")))
    throw badRequest(`Unable to find the integration of the target ${target}`);
  checkRequestModels(api, requestModels);
  return {
    routeId,
    routeKey,
    authorizationType,
    ...checkAuthorizer(api, route),
    apiKeyRequired,
    routeResponses,
    ...(target && { target }),
    ...(operationName && { operationName }),
    ...(Object.keys(requestModels).length > 0 && { requestModels }),
    ...(Object.keys(requestParameters).length > 0 && { requestParameters }),
    ...(routeResponseSelectionExpression && { routeResponseSelectionExpression }),
  };
}

/**
 * Checks the authorizer of a route.
 *
 * Our choice: an authorizer without `CUSTOM` is refused. AWS reportedly accepts and drops it, so that
 * every client can connect.
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/40833
 */
function checkAuthorizer(api: Api, route: ApiRoute): Pick<ApiRoute, "authorizerId"> {
  const { routeKey, authorizationType, authorizerId = "" } = route;
  if (authorizationType === "NONE") {
    if (authorizerId === "") return {};
    throw notImplemented(`the authorizerId ${authorizerId} with authorizationType NONE`);
  }
  if (routeKey !== "$connect")
    throw badRequest("Currently, authorization is restricted to the $connect route only");
  // The source of the message is https://github.com/hashicorp/terraform-provider-aws/issues/17497.
  if (!Object.hasOwn(api.authorizers, authorizerId))
    throw badRequest(
      "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
    );
  return { authorizerId };
}

function describe(route: ApiRoute): Partial<ApiRoute> {
  const described: Partial<ApiRoute> = { ...route };
  delete described.routeResponses;
  return described;
}
