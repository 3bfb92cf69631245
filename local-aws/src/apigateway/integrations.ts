import * as v from "valibot";
import { only } from "../protocols/only.ts";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { functionUri } from "./function-uri.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { autoDeploy } from "./deployments.ts";
import { conflict, findApi, findPart, newId } from "./identifiers.ts";
import type { Api } from "./state.ts";

const TIMEOUT = "Timeout should be between 50 ms and 29000 ms";

const settings = {
  integrationType: only("integrationType", "AWS_PROXY"),
  integrationMethod: v.exactOptional(only("integrationMethod", "POST")),
  integrationUri: functionUri("Invalid function ARN or invalid URI"),
  connectionType: v.exactOptional(only("connectionType", "INTERNET")),
  contentHandlingStrategy: v.exactOptional(only("contentHandlingStrategy", "CONVERT_TO_TEXT")),
  description: v.exactOptional(v.pipe(v.string(), v.maxLength(1024))),
  passthroughBehavior: v.exactOptional(only("passthroughBehavior", "WHEN_NO_MATCH")),
  payloadFormatVersion: v.exactOptional(only("payloadFormatVersion", "1.0")),
  timeoutInMillis: v.exactOptional(
    v.pipe(v.number(), v.integer(), v.minValue(50, TIMEOUT), v.maxValue(29_000, TIMEOUT)),
  ),
};

const createInput = v.strictObject({ apiId: v.string(), ...settings });

const integrationInput = v.strictObject({ apiId: v.string(), integrationId: v.string() });

const updateInput = v.strictObject({
  ...integrationInput.entries,
  ...settings,
  integrationType: v.exactOptional(settings.integrationType),
  integrationUri: v.exactOptional(settings.integrationUri),
});

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html */
export function integrationRoutes({ state, clock }: ControlPlane): Route[] {
  const apiOf = (region: string, apiId: string) => findApi(state, region, apiId);
  const path = "/v2/apis/{apiId}/integrations/{integrationId}";
  return [
    controlRoute({
      name: "CreateIntegration",
      method: "POST",
      path: "/v2/apis/{apiId}/integrations",
      status: 201,
      input: createInput,
      handle({ apiId, ...input }, region) {
        const api = apiOf(region, apiId);
        const integration = { ...defaults, ...input, integrationId: newId(7) };
        api.integrations[integration.integrationId] = integration;
        autoDeploy(api, clock);
        return integration;
      },
    }),
    controlRoute({
      name: "GetIntegrations",
      method: "GET",
      path: "/v2/apis/{apiId}/integrations",
      input: v.strictObject({ apiId: v.string() }),
      handle: ({ apiId }, region) => ({ items: Object.values(apiOf(region, apiId).integrations) }),
    }),
    controlRoute({
      name: "GetIntegration",
      method: "GET",
      path,
      input: integrationInput,
      handle: ({ apiId, integrationId }, region) => get(apiOf(region, apiId), integrationId),
    }),
    controlRoute({
      name: "UpdateIntegration",
      method: "PATCH",
      path,
      input: updateInput,
      handle({ apiId, integrationId, ...changes }, region) {
        const api = apiOf(region, apiId);
        const integration = { ...get(api, integrationId), ...changes };
        api.integrations[integrationId] = integration;
        autoDeploy(api, clock);
        return integration;
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
        get(api, integrationId);
        refuseInUse(api, integrationId);
        delete api.integrations[integrationId];
        autoDeploy(api, clock);
      },
    }),
  ];
}

const defaults = {
  integrationMethod: "POST",
  connectionType: "INTERNET",
  passthroughBehavior: "WHEN_NO_MATCH",
  payloadFormatVersion: "1.0",
  timeoutInMillis: 29_000,
} as const;

const get = (api: Api, integrationId: string) =>
  findPart(api.integrations, "Integration", integrationId);

/** The text: https://github.com/milliHQ/terraform-aws-next-js/issues/247 */
function refuseInUse(api: Api, integrationId: string): void {
  const routeIds = Object.values(api.routes)
    .filter(({ target }) => target === `integrations/${integrationId}`)
    .map(({ routeId }) => routeId);
  if (routeIds.length > 0)
    throw conflict(
      `Cannot delete Integration because it is referenced by the following Routes with Ids: [${routeIds.join(", ")}]`,
    );
}
