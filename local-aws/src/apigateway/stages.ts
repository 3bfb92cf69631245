import * as v from "valibot";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { timestamp } from "../timestamp.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { autoDeploy, deploymentMessage } from "./deployments.ts";
import { isMapped } from "./domain-names.ts";
import { badRequest, conflict, findApi, findPart } from "./identifiers.ts";
import { changeStage, newStage, stageSettings } from "./stage-settings.ts";
import type { Stage } from "./state.ts";

const stageInput = v.strictObject({ apiId: v.string(), stageName: v.string() });

const createInput = v.strictObject({
  ...stageSettings,
  apiId: v.string(),
  stageName: v.pipe(v.string(), v.regex(/^[\w-]{1,128}$/, "1 to 128 of a-z, A-Z, 0-9, _ and -")),
  tags: v.exactOptional(v.record(v.string(), v.string()), {}),
});

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html */
export function stageRoutes(control: ControlPlane): Route[] {
  const { state, clock } = control;
  const apiOf = (region: string, apiId: string) => findApi(state, region, apiId);
  const find = (region: string, { apiId, stageName }: v.InferOutput<typeof stageInput>) => {
    const api = apiOf(region, apiId);
    return { api, stage: findPart(api.stages, "stage", stageName) };
  };
  const path = "/v2/apis/{apiId}/stages/{stageName}";
  return [
    controlRoute({
      name: "CreateStage",
      method: "POST",
      path: "/v2/apis/{apiId}/stages",
      status: 201,
      input: createInput,
      handle({ apiId, stageName, tags, ...settings }, region) {
        const api = apiOf(region, apiId);
        if (Object.hasOwn(api.stages, stageName)) throw conflict("Stage already exists");
        const stage = newStage(stageName, tags, timestamp(clock.now()));
        api.stages[stageName] = changeStage(control, region, { api, stage }, settings);
        if (settings.autoDeploy === true) autoDeploy(api, clock);
        return describe(find(region, { apiId, stageName }).stage);
      },
    }),
    controlRoute({
      name: "GetStages",
      method: "GET",
      path: "/v2/apis/{apiId}/stages",
      input: v.strictObject({ apiId: v.string() }),
      handle: ({ apiId }, region) => ({
        items: Object.values(apiOf(region, apiId).stages).map(describe),
      }),
    }),
    controlRoute({
      name: "GetStage",
      method: "GET",
      path,
      input: stageInput,
      handle: (input, region) => describe(find(region, input).stage),
    }),
    controlRoute({
      name: "UpdateStage",
      method: "PATCH",
      path,
      input: v.strictObject({ ...stageInput.entries, ...stageSettings }),
      handle({ apiId, stageName, ...changes }, region) {
        const found = find(region, { apiId, stageName });
        const { api } = found;
        api.stages[stageName] = changeStage(control, region, found, changes);
        if (changes.autoDeploy === true && !found.stage.autoDeploy) autoDeploy(api, clock);
        return describe(find(region, { apiId, stageName }).stage);
      },
    }),
    controlRoute({
      name: "DeleteStage",
      method: "DELETE",
      path,
      status: 204,
      input: stageInput,
      handle(input, region) {
        const { api, stage } = find(region, input);
        const { stageName } = stage;
        // Our choice: the message. The source only has that for APIs.
        if (isMapped(state, region, (one) => one.apiId === api.apiId && one.stage === stageName))
          throw badRequest(
            `Deleting stage ${stageName} failed. Please remove all API mappings for the stage from your custom domain names.`,
          );
        delete api.stages[stageName];
      },
    }),
    controlRoute({
      name: "DeleteAccessLogSettings",
      method: "DELETE",
      path: `${path}/accesslogsettings`,
      status: 204,
      input: stageInput,
      handle(input, region) {
        delete find(region, input).stage.accessLogSettings;
      },
    }),
    controlRoute({
      name: "DeleteRouteSettings",
      method: "DELETE",
      path: `${path}/routesettings/{routeKey}`,
      status: 204,
      input: v.strictObject({ ...stageInput.entries, routeKey: v.string() }),
      handle({ routeKey, ...input }, region) {
        const { stage } = find(region, input);
        findPart(stage.routeSettings, "RouteSettings", routeKey);
        delete stage.routeSettings[routeKey];
      },
    }),
  ];
}

/**
 * Returns a stage as the API returns it. Only stages with `autoDeploy` have a message, as in the model of
 * the API.
 */
const describe = (stage: Stage) => ({
  ...stage,
  ...(stage.autoDeploy && { lastDeploymentStatusMessage: deploymentMessage(stage.deploymentId) }),
});
