import * as v from "valibot";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { authorizerSettings, changeAuthorizer } from "./authorizer-settings.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { autoDeploy } from "./deployments.ts";
import { badRequest, conflict, findApi, findPart, newId } from "./identifiers.ts";
import { checkPassRole } from "./role-arn.ts";
import type { Api, Authorizer } from "./state.ts";

const createInput = v.strictObject({ apiId: v.string(), ...authorizerSettings.create });

const authorizerInput = v.strictObject({ apiId: v.string(), authorizerId: v.string() });

const updateInput = v.strictObject({
  ...authorizerInput.entries,
  ...authorizerSettings.update,
});

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html */
export function authorizerRoutes(control: ControlPlane): Route[] {
  const { state, clock } = control;
  const apiOf = (region: string, apiId: string) => findApi(state, region, apiId);
  const path = "/v2/apis/{apiId}/authorizers/{authorizerId}";
  const put = (api: Api, authorizer: Authorizer) => {
    refuseTakenName(api, authorizer);
    api.authorizers[authorizer.authorizerId] = authorizer;
    autoDeploy(api, clock);
    return describe(authorizer);
  };
  return [
    controlRoute({
      name: "CreateAuthorizer",
      method: "POST",
      path: "/v2/apis/{apiId}/authorizers",
      status: 201,
      input: createInput,
      handle({ apiId, name, ...settings }, region, caller) {
        const api = apiOf(region, apiId);
        const authorizer = changeAuthorizer({ authorizerId: newId(6), name }, settings);
        checkPassRole(control, caller, settings.authorizerCredentialsArn);
        return put(api, authorizer);
      },
    }),
    controlRoute({
      name: "GetAuthorizers",
      method: "GET",
      path: "/v2/apis/{apiId}/authorizers",
      input: v.strictObject({ apiId: v.string() }),
      handle: ({ apiId }, region) => ({
        items: Object.values(apiOf(region, apiId).authorizers).map(describe),
      }),
    }),
    controlRoute({
      name: "GetAuthorizer",
      method: "GET",
      path,
      input: authorizerInput,
      handle: ({ apiId, authorizerId }, region) =>
        describe(get(apiOf(region, apiId), authorizerId)),
    }),
    controlRoute({
      name: "UpdateAuthorizer",
      method: "PATCH",
      path,
      input: updateInput,
      handle(input, region, caller) {
        const { apiId, authorizerId, authorizerPayloadFormatVersion = "", ...changes } = input;
        const api = apiOf(region, apiId);
        // As captured on AWS, an empty string is accepted. It would remove the version, but an authorizer
        // never has one.
        const version = authorizerPayloadFormatVersion !== "" && { authorizerPayloadFormatVersion };
        const authorizer = changeAuthorizer(get(api, authorizerId), { ...changes, ...version });
        checkPassRole(control, caller, changes.authorizerCredentialsArn);
        return put(api, authorizer);
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

/**
 * Returns an authorizer as the API returns it: without the member `identitySource` if it has none.
 */
const describe = ({ identitySource, ...authorizer }: Authorizer) => ({
  ...authorizer,
  ...(identitySource.length > 0 && { identitySource }),
});

const get = (api: Api, authorizerId: string) =>
  findPart(api.authorizers, "Authorizer", authorizerId);

/**
 * Checks that the name is unique.
 *
 * Our choice: the message of REST APIs, because no source has that of WebSocket APIs.
 */
function refuseTakenName(api: Api, { authorizerId, name }: Authorizer): void {
  const others = Object.values(api.authorizers).filter(
    (other) => other.authorizerId !== authorizerId,
  );
  if (others.some((other) => other.name === name))
    throw badRequest(
      `Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`,
    );
}

/**
 * Checks that no route uses the authorizer. The source of the message is
 * https://github.com/anomalyco/sst/issues/5586.
 */
function refuseInUse(api: Api, { authorizerId, name }: Authorizer): void {
  const route = Object.values(api.routes).find((one) => one.authorizerId === authorizerId);
  if (route !== undefined)
    throw conflict(`Cannot delete authorizer '${name}', is referenced in route: ${route.routeKey}`);
}
