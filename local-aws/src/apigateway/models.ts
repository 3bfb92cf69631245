import * as v from "valibot";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { autoDeploy } from "./deployments.ts";
import { badRequest, conflict, findApi, findPart, newId } from "./identifiers.ts";
import type { Api, Model } from "./state.ts";

/** Our choice, because there is no source: the messages. */
const settings = {
  name: v.pipe(
    v.string(),
    v.maxLength(128),
    v.regex(/^[a-zA-Z0-9]+$/, "Model name must be alphanumeric"),
  ),
  schema: v.pipe(v.string(), v.maxLength(32_768)),
  contentType: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(256))),
  description: v.exactOptional(v.pipe(v.string(), v.maxLength(1024))),
};

const modelInput = v.strictObject({ apiId: v.string(), modelId: v.string() });

const updateInput = v.strictObject({
  ...modelInput.entries,
  ...settings,
  name: v.exactOptional(settings.name),
  schema: v.exactOptional(settings.schema),
});

/**
 * Returns the routes for models. Models have no effect, because a route needs a model selection
 * expression to use one, which is not implemented.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-models.html
 */
export function modelRoutes({ state, clock }: ControlPlane): Route[] {
  const apiOf = (region: string, apiId: string) => findApi(state, region, apiId);
  const path = "/v2/apis/{apiId}/models/{modelId}";
  const get = (api: Api, modelId: string) => findPart(api.models, "Model", modelId);
  const put = (api: Api, model: Model) => {
    refuseTakenName(api, model);
    api.models[model.modelId] = model;
    autoDeploy(api, clock);
    return model;
  };
  return [
    controlRoute({
      name: "CreateModel",
      method: "POST",
      path: "/v2/apis/{apiId}/models",
      status: 201,
      input: v.strictObject({ apiId: v.string(), ...settings }),
      handle: ({ apiId, ...input }, region) =>
        put(apiOf(region, apiId), { modelId: newId(6), ...input }),
    }),
    controlRoute({
      name: "GetModels",
      method: "GET",
      path: "/v2/apis/{apiId}/models",
      input: v.strictObject({ apiId: v.string() }),
      handle: ({ apiId }, region) => ({ items: Object.values(apiOf(region, apiId).models) }),
    }),
    controlRoute({
      name: "GetModel",
      method: "GET",
      path,
      input: modelInput,
      handle: ({ apiId, modelId }, region) => get(apiOf(region, apiId), modelId),
    }),
    controlRoute({
      name: "UpdateModel",
      method: "PATCH",
      path,
      input: updateInput,
      handle({ apiId, modelId, ...changes }, region) {
        const api = apiOf(region, apiId);
        return put(api, { ...get(api, modelId), ...changes });
      },
    }),
    controlRoute({
      name: "DeleteModel",
      method: "DELETE",
      path,
      status: 204,
      input: modelInput,
      handle({ apiId, modelId }, region) {
        const api = apiOf(region, apiId);
        refuseInUse(api, get(api, modelId));
        delete api.models[modelId];
        autoDeploy(api, clock);
      },
    }),
  ];
}

/**
 * Checks that the request models exist.
 *
 * Our choice: the message of REST APIs, because no source has that of WebSocket APIs.
 * @throws {AwsError} 400 for a request model that the API does not have.
 */
export function checkRequestModels(
  api: Api,
  requestModels: Readonly<Record<string, string>>,
): void {
  const names = new Set(Object.values(api.models).map(({ name }) => name));
  for (const name of Object.values(requestModels))
    if (!names.has(name)) throw badRequest(`Invalid model identifier specified: ${name}`);
}

function refuseTakenName(api: Api, { modelId, name }: Model): void {
  const others = Object.values(api.models).filter((other) => other.modelId !== modelId);
  if (others.some((other) => other.name === name))
    throw conflict(`Model name already exists for this API: ${name}`);
}

function refuseInUse(api: Api, { name }: Model): void {
  const route = Object.values(api.routes).find(({ requestModels = {} }) =>
    Object.values(requestModels).includes(name),
  );
  if (route !== undefined)
    throw conflict(`Cannot delete model '${name}', is referenced in route: ${route.routeKey}`);
}
