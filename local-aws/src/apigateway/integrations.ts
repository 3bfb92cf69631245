import * as v from "valibot";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { autoDeploy } from "./deployments.ts";
import { conflict, findApi, findPart, newId } from "./identifiers.ts";
import { changeIntegration, integrationSettings } from "./integration-settings.ts";
import { checkPassRole } from "./role-arn.ts";
import type { Api, Integration } from "./state.ts";

const createInput = v.strictObject({ apiId: v.string(), ...integrationSettings.create });

const integrationInput = v.strictObject({ apiId: v.string(), integrationId: v.string() });

const updateInput = v.strictObject({ ...integrationInput.entries, ...integrationSettings.update });

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html */
export function integrationRoutes(control: ControlPlane): Route[] {
  const { state, clock } = control;
  const apiOf = (region: string, apiId: string) => findApi(state, region, apiId);
  const path = "/v2/apis/{apiId}/integrations/{integrationId}";
  const put = (api: Api, integration: Integration) => {
    api.integrations[integration.integrationId] = integration;
    autoDeploy(api, clock);
    return describe(integration);
  };
  return [
    controlRoute({
      name: "CreateIntegration",
      method: "POST",
      path: "/v2/apis/{apiId}/integrations",
      status: 201,
      input: createInput,
      handle({ apiId, ...input }, region, caller) {
        const api = apiOf(region, apiId);
        checkPassRole(control, caller, input.credentialsArn);
        const { integrationUri } = input;
        return put(api, changeIntegration(newIntegration(integrationUri), input));
      },
    }),
    controlRoute({
      name: "GetIntegrations",
      method: "GET",
      path: "/v2/apis/{apiId}/integrations",
      input: v.strictObject({ apiId: v.string() }),
      handle: ({ apiId }, region) => ({
        items: Object.values(apiOf(region, apiId).integrations).map(describe),
      }),
    }),
    controlRoute({
      name: "GetIntegration",
      method: "GET",
      path,
      input: integrationInput,
      handle: ({ apiId, integrationId }, region) =>
        describe(findIntegration(apiOf(region, apiId), integrationId)),
    }),
    controlRoute({
      name: "UpdateIntegration",
      method: "PATCH",
      path,
      input: updateInput,
      handle({ apiId, integrationId, ...changes }, region, caller) {
        const api = apiOf(region, apiId);
        const integration = findIntegration(api, integrationId);
        checkPassRole(control, caller, changes.credentialsArn);
        return put(api, changeIntegration(integration, changes));
      },
    }),
    controlRoute({
      name: "DeleteIntegration",
      method: "DELETE",
      path,
      status: 204,
      input: integrationInput,
      handle({ apiId, integrationId }, region) {
        const api = apiOf(region, apiId);
        findIntegration(api, integrationId);
        refuseInUse(api, integrationId);
        delete api.integrations[integrationId];
        autoDeploy(api, clock);
      },
    }),
  ];
}

const newIntegration = (integrationUri: string): Integration => ({
  integrationId: newId(7),
  integrationType: "AWS_PROXY",
  integrationMethod: "POST",
  integrationUri,
  connectionType: "INTERNET",
  passthroughBehavior: "WHEN_NO_MATCH",
  payloadFormatVersion: "1.0",
  timeoutInMillis: 29_000,
  integrationResponses: {},
});

/** @throws {AwsError} 404 NotFoundException. */
export const findIntegration = (api: Api, integrationId: string): Integration =>
  findPart(api.integrations, "Integration", integrationId);

function describe(integration: Integration): Partial<Integration> {
  const described: Partial<Integration> = { ...integration };
  delete described.integrationResponses;
  return described;
}

/**
 * Checks that no route uses the integration. The source of the message is
 * https://github.com/milliHQ/terraform-aws-next-js/issues/247.
 */
function refuseInUse(api: Api, integrationId: string): void {
  const routeIds = Object.values(api.routes)
    .filter(({ target }) => target === `integrations/${integrationId}`)
    .map(({ routeId }) => routeId);
  if (routeIds.length > 0)
    throw conflict(
      `Cannot delete Integration because it is referenced by the following Routes with Ids: [${routeIds.join(", ")}]`,
    );
}
