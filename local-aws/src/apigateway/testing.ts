import { systemClock } from "../clock.ts";
import { awsRequest } from "../protocols/testing.ts";
import { permissiveIam } from "../iam/testing.ts";
import type { Iam } from "../iam/index.ts";
import { sessionOf } from "../iam/sessions.ts";
import { emptyState, regionOf } from "../state.ts";
import { deployedApi } from "./deployments.ts";
import { createApiGateway } from "./index.ts";
import type { Api } from "./state.ts";

export const FUNCTION_URI =
  "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:handler/invocations";

/**
 * Creates a control plane, and a function that calls it and returns the status and the parsed body.
 */
export function createTestGateway(replaced: Partial<Iam> = {}) {
  const state = emptyState();
  const iam = { ...permissiveIam, sessionOf, ...replaced };
  const { service } = createApiGateway({
    state,
    clock: { ...systemClock, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) },
    iam,
    endpoint: () => "http://localhost:4566",
  });
  const call = async (method: string, url: string, input?: unknown) => {
    const [path = "", query = ""] = url.split("?");
    const body = Buffer.from(input === undefined ? "" : JSON.stringify(input));
    const request = { method, path, query: new URLSearchParams(query), body };
    const { status, headers, body: response } = await service(awsRequest(request));
    const output = JSON.parse(String(response ?? "{}")) as Record<string, unknown>;
    return { status, error: headers?.["X-Amzn-ErrorType"], output };
  };
  return { state, iam, service, call };
}

/**
 * Updates the copies of an API in its deployments. Tests call it after they have changed a state
 * directly.
 */
export function redeploy(api: Api): void {
  for (const deployment of Object.values(api.deployments))
    Object.assign(deployment.api, deployedApi(api));
}

export type TestGateway = ReturnType<typeof createTestGateway>;

/** Creates an API with an integration and its `$connect` route. */
export async function createChat({ call }: TestGateway) {
  const input = { name: "chat", protocolType: "WEBSOCKET" };
  const { output: api } = await call("POST", "/v2/apis", {
    ...input,
    routeSelectionExpression: "$request.body.action",
  });
  const path = `/v2/apis/${String(api["apiId"])}`;
  const { output: integration } = await call("POST", `${path}/integrations`, {
    integrationType: "AWS_PROXY",
    integrationUri: FUNCTION_URI,
  });
  const target = `integrations/${String(integration["integrationId"])}`;
  const { output: route } = await call("POST", `${path}/routes`, { routeKey: "$connect", target });
  return { path, apiId: String(api["apiId"]), target, routeId: String(route["routeId"]) };
}

export function addLogGroup({ state }: TestGateway, name: string): string {
  const arn = `arn:aws:logs:us-east-1:000000000000:log-group:${name}`;
  regionOf(state, "us-east-1").logs.groups[name] = {
    logGroupName: name,
    arn: `${arn}:*`,
    creationTime: 0,
    tags: {},
    metricFilters: {},
  };
  return arn;
}
