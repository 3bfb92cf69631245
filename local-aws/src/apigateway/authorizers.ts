import * as v from "valibot";
import { only } from "../protocols/only.ts";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { functionUri } from "./function-uri.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { autoDeploy } from "./deployments.ts";
import { badRequest, conflict, findApi, findPart, newId } from "./identifiers.ts";
import type { Api, Authorizer } from "./state.ts";

/** The text: https://github.com/aws/aws-cdk/issues/18307 */
const IDENTITY_SOURCE =
  /^(route\.request\.(querystring|header)|stageVariables|context)\.[a-zA-Z0-9._-]+$/;
const invalidSource = ({ input }: v.BaseIssue<unknown>) =>
  `Invalid request identity source expression: ${String(input)}. The sources must be separated by comma, and each source must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9.\\_-]+', or a stage variable, matching 'stageVariables.[a-zA-Z0-9.\\_-]+', or a context parameter, matching 'context.[a-zA-Z0-9.\\_-]+'`;

const settings = {
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  authorizerType: only("authorizerType", "REQUEST"),
  authorizerUri: functionUri("Invalid Authorizer URI"),
  identitySource: v.array(v.pipe(v.string(), v.regex(IDENTITY_SOURCE, invalidSource))),
};

const createInput = v.strictObject({ apiId: v.string(), ...settings });

const authorizerInput = v.strictObject({ apiId: v.string(), authorizerId: v.string() });

const updateInput = v.strictObject({
  ...authorizerInput.entries,
  name: v.exactOptional(settings.name),
  authorizerType: v.exactOptional(settings.authorizerType),
  authorizerUri: v.exactOptional(settings.authorizerUri),
  identitySource: v.exactOptional(settings.identitySource),
});

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html */
export function authorizerRoutes({ state, clock }: ControlPlane): Route[] {
  const apiOf = (region: string, apiId: string) => findApi(state, region, apiId);
  const path = "/v2/apis/{apiId}/authorizers/{authorizerId}";
  const put = (api: Api, authorizer: Authorizer) => {
    refuseTakenName(api, authorizer);
    api.authorizers[authorizer.authorizerId] = authorizer;
    autoDeploy(api, clock);
    return authorizer;
  };
  return [
    controlRoute({
      name: "CreateAuthorizer",
      method: "POST",
      path: "/v2/apis/{apiId}/authorizers",
      status: 201,
      input: createInput,
      handle: ({ apiId, ...input }, region) =>
        put(apiOf(region, apiId), { ...input, authorizerId: newId(7) }),
    }),
    controlRoute({
      name: "GetAuthorizers",
      method: "GET",
      path: "/v2/apis/{apiId}/authorizers",
      input: v.strictObject({ apiId: v.string() }),
      handle: ({ apiId }, region) => ({ items: Object.values(apiOf(region, apiId).authorizers) }),
    }),
    controlRoute({
      name: "GetAuthorizer",
      method: "GET",
      path,
      input: authorizerInput,
      handle: ({ apiId, authorizerId }, region) => get(apiOf(region, apiId), authorizerId),
    }),
    controlRoute({
      name: "UpdateAuthorizer",
      method: "PATCH",
      path,
      input: updateInput,
      handle({ apiId, authorizerId, ...changes }, region) {
        const api = apiOf(region, apiId);
        return put(api, { ...get(api, authorizerId), ...changes });
      },
    }),
    controlRoute({
      name: "DeleteAuthorizer",
      method: "DELETE",
      path,
      status: 204,
      input: authorizerInput,
      handle({ apiId, authorizerId }, region) {
        const api = apiOf(region, apiId);
        refuseInUse(api, get(api, authorizerId));
        delete api.authorizers[authorizerId];
        autoDeploy(api, clock);
      },
    }),
  ];
}

const get = (api: Api, authorizerId: string) =>
  findPart(api.authorizers, "Authorizer", authorizerId);

/** Our choice: the text is REST APIs', as no source gives that of WebSocket APIs. */
function refuseTakenName(api: Api, { authorizerId, name }: Authorizer): void {
  const others = Object.values(api.authorizers).filter(
    (other) => other.authorizerId !== authorizerId,
  );
  if (others.some((other) => other.name === name))
    throw badRequest(
      `Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`,
    );
}

/** The text: https://github.com/anomalyco/sst/issues/5586 */
function refuseInUse(api: Api, { authorizerId, name }: Authorizer): void {
  const route = Object.values(api.routes).find((one) => one.authorizerId === authorizerId);
  if (route !== undefined)
    throw conflict(`Cannot delete authorizer '${name}', is referenced in route: ${route.routeKey}`);
}
