import * as v from "valibot";
import type { Clock } from "../clock.ts";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { timestamp } from "../timestamp.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { badRequest, findApi, findPart, newId } from "./identifiers.ts";
import type { Api, DeployedApi, Deployment } from "./state.ts";

const NO_ROUTES = "At least one route is required before deploying the Api";

/**
 * Creates a new deployment for the stages of an API that have `autoDeploy`. It is called after a change
 * to the API or to one of these stages.
 *
 * Our choice: an automatic deployment is deleted when no stage uses it any more. AWS keeps it.
 */
export function autoDeploy(api: Api, clock: Clock): void {
  const stages = Object.values(api.stages).filter((stage) => stage.autoDeploy);
  if (stages.length === 0 || Object.keys(api.routes).length === 0) return;
  const { deploymentId } = addDeployment(api, clock, {
    autoDeployed: true,
    description: "Automatic deployment triggered by changes to the Api configuration",
  });
  for (const stage of stages) api.stages[stage.stageName] = { ...stage, deploymentId };
  for (const deployment of Object.values(api.deployments))
    if (deployment.autoDeployed && !isInUse(api, deployment.deploymentId))
      delete api.deployments[deployment.deploymentId];
}

/** Returns the message of GetStage about the last automatic deployment of the stage. */
export const deploymentMessage = (deploymentId: string | undefined): string =>
  deploymentId === undefined
    ? `Deployment attempt failed: ${NO_ROUTES}`
    : `Successfully deployed stage with deployment ID '${deploymentId}'`;

const deploymentInput = v.strictObject({ apiId: v.string(), deploymentId: v.string() });

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-deployments.html */
export function deploymentRoutes({ state, clock }: ControlPlane): Route[] {
  const apiOf = (region: string, apiId: string) => findApi(state, region, apiId);
  const path = "/v2/apis/{apiId}/deployments/{deploymentId}";
  const description = v.exactOptional(v.pipe(v.string(), v.maxLength(1024)));
  return [
    controlRoute({
      name: "CreateDeployment",
      method: "POST",
      path: "/v2/apis/{apiId}/deployments",
      status: 201,
      input: v.strictObject({ apiId: v.string(), description }),
      handle({ apiId, ...input }, region) {
        const api = apiOf(region, apiId);
        if (Object.keys(api.routes).length === 0) throw badRequest(NO_ROUTES);
        return describe(addDeployment(api, clock, { ...input, autoDeployed: false }));
      },
    }),
    controlRoute({
      name: "GetDeployments",
      method: "GET",
      path: "/v2/apis/{apiId}/deployments",
      input: v.strictObject({ apiId: v.string() }),
      handle: ({ apiId }, region) => ({
        items: Object.values(apiOf(region, apiId).deployments).map(describe),
      }),
    }),
    controlRoute({
      name: "GetDeployment",
      method: "GET",
      path,
      input: deploymentInput,
      handle: ({ apiId, deploymentId }, region) =>
        describe(findDeployment(apiOf(region, apiId), deploymentId)),
    }),
    controlRoute({
      name: "UpdateDeployment",
      method: "PATCH",
      path,
      input: v.strictObject({ ...deploymentInput.entries, description }),
      handle({ apiId, deploymentId, ...changes }, region) {
        const api = apiOf(region, apiId);
        const deployment = { ...findDeployment(api, deploymentId), ...changes };
        api.deployments[deploymentId] = deployment;
        return describe(deployment);
      },
    }),
    controlRoute({
      name: "DeleteDeployment",
      method: "DELETE",
      path,
      status: 204,
      input: deploymentInput,
      handle({ apiId, deploymentId }, region) {
        const api = apiOf(region, apiId);
        findDeployment(api, deploymentId);
        // Our choice: the message of REST APIs, because no source has that of WebSocket APIs.
        if (isInUse(api, deploymentId))
          throw badRequest("Active stages pointing to this deployment must be moved or deleted");
        delete api.deployments[deploymentId];
      },
    }),
  ];
}

/** @throws {AwsError} 404 NotFoundException. */
export const findDeployment = (api: Api, deploymentId: string): Deployment =>
  findPart(api.deployments, "Deployment", deploymentId);

/**
 * Returns the deployment that a stage serves. Returns undefined if the stage does not exist or has no
 * deployment.
 */
export function deploymentAt(api: Api, stageName: string): Deployment | undefined {
  const stage = Object.hasOwn(api.stages, stageName) ? api.stages[stageName] : undefined;
  const { deploymentId = "" } = stage ?? {};
  return Object.hasOwn(api.deployments, deploymentId) ? api.deployments[deploymentId] : undefined;
}

function describe(deployment: Deployment): Partial<Deployment> {
  const described: Partial<Deployment> = { ...deployment };
  delete described.api;
  return described;
}

/** Returns a copy of an API that later changes to the API do not affect. */
export function deployedApi(api: DeployedApi): DeployedApi {
  const { routeSelectionExpression, disableExecuteApiEndpoint } = api;
  const { integrations, routes, authorizers } = api;
  const part: DeployedApi = {
    routeSelectionExpression,
    ...(disableExecuteApiEndpoint !== undefined && { disableExecuteApiEndpoint }),
    integrations,
    routes,
    authorizers,
  };
  return JSON.parse(JSON.stringify(part)) as DeployedApi;
}

function addDeployment(
  api: Api,
  clock: Clock,
  settings: Pick<Deployment, "autoDeployed" | "description">,
): Deployment {
  const deployment: Deployment = {
    ...settings,
    deploymentId: newId(7),
    createdDate: timestamp(clock.now()),
    deploymentStatus: "DEPLOYED",
    api: deployedApi(api),
  };
  api.deployments[deployment.deploymentId] = deployment;
  return deployment;
}

const isInUse = (api: Api, deploymentId: string) =>
  Object.values(api.stages).some((stage) => stage.deploymentId === deploymentId);
