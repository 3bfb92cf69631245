import * as v from "valibot";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { autoDeploy } from "./deployments.ts";
import { conflict, findApi, findPart, newId } from "./identifiers.ts";
import { findIntegration } from "./integrations.ts";
import type { IntegrationResponse } from "./state.ts";

const integrationInput = v.strictObject({ apiId: v.string(), integrationId: v.string() });

const responseInput = v.strictObject({
  ...integrationInput.entries,
  integrationResponseId: v.string(),
});

const texts = v.record(v.string(), v.string());

/** Our choice, because there is no source: the message for any other key. */
const integrationResponseKey = v.pipe(
  v.string(),
  v.regex(/^(\$default|\/.+\/)$/, "An integration response key is $default or /{expression}/"),
);

const settings = {
  integrationResponseKey,
  contentHandlingStrategy: v.exactOptional(v.picklist(["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"])),
  responseParameters: v.exactOptional(texts),
  responseTemplates: v.exactOptional(texts),
  templateSelectionExpression: v.exactOptional(v.string()),
};

const createInput = v.strictObject({ ...integrationInput.entries, ...settings });

const updateInput = v.strictObject({
  ...responseInput.entries,
  ...settings,
  integrationResponseKey: v.exactOptional(integrationResponseKey),
});

/**
 * Returns the routes for integration responses. They have no effect: a proxy integration passes the
 * output of its function to the client.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations-integrationid-integrationresponses.html
 */
export function integrationResponseRoutes({ state, clock }: ControlPlane): Route[] {
  const collection = "/v2/apis/{apiId}/integrations/{integrationId}/integrationresponses";
  const path = `${collection}/{integrationResponseId}`;
  const find = (region: string, input: v.InferOutput<typeof integrationInput>) => {
    const api = findApi(state, region, input.apiId);
    return { api, responses: findIntegration(api, input.integrationId).integrationResponses };
  };
  const get = (region: string, input: v.InferOutput<typeof responseInput>) =>
    findPart(find(region, input).responses, "IntegrationResponse", input.integrationResponseId);
  const put = (
    region: string,
    input: v.InferOutput<typeof integrationInput>,
    response: IntegrationResponse,
  ) => {
    const { api, responses } = find(region, input);
    refuseTakenKey(responses, response);
    responses[response.integrationResponseId] = response;
    autoDeploy(api, clock);
    return response;
  };
  return [
    controlRoute({
      name: "CreateIntegrationResponse",
      method: "POST",
      path: collection,
      status: 201,
      input: createInput,
      handle: ({ apiId, integrationId, ...input }, region) =>
        put(region, { apiId, integrationId }, { integrationResponseId: newId(7), ...input }),
    }),
    controlRoute({
      name: "GetIntegrationResponses",
      method: "GET",
      path: collection,
      input: integrationInput,
      handle: (input, region) => ({ items: Object.values(find(region, input).responses) }),
    }),
    controlRoute({
      name: "GetIntegrationResponse",
      method: "GET",
      path,
      input: responseInput,
      handle: (input, region) => get(region, input),
    }),
    controlRoute({
      name: "UpdateIntegrationResponse",
      method: "PATCH",
      path,
      input: updateInput,
      handle({ apiId, integrationId, integrationResponseId, ...changes }, region) {
        const before = get(region, { apiId, integrationId, integrationResponseId });
        return put(region, { apiId, integrationId }, { ...before, ...changes });
      },
    }),
    controlRoute({
      name: "DeleteIntegrationResponse",
      method: "DELETE",
      path,
      status: 204,
      input: responseInput,
      handle(input, region) {
        const { api, responses } = find(region, input);
        get(region, input);
        delete responses[input.integrationResponseId];
        autoDeploy(api, clock);
      },
    }),
  ];
}

/**
 * Checks that the integration has no other response with the key.
 *
 * Our choice, because there is no source: the message.
 */
function refuseTakenKey(
  responses: Readonly<Record<string, IntegrationResponse>>,
  { integrationResponseId, integrationResponseKey: key }: IntegrationResponse,
): void {
  const others = Object.values(responses).filter(
    (other) => other.integrationResponseId !== integrationResponseId,
  );
  if (others.some((other) => other.integrationResponseKey === key))
    throw conflict(`IntegrationResponse with key ${key} already exists for this Integration`);
}
