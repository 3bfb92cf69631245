import type { Api, ApiRoute, DomainName, Stage } from "../apigateway/state.ts";
import { FUNCTION_ARN } from "./testing-lambda.ts";

export const API_ID = "chat000000";
export const REGION = "us-east-1";

const route = (routeKey: string): ApiRoute => ({
  routeId: routeKey,
  routeKey,
  target: "integrations/function",
  authorizationType: "NONE",
  apiKeyRequired: false,
  routeResponses: {},
});

/** Gives an API another route to its one function. */
export function addRoute(api: Api, routeKey: string): void {
  api.routes[routeKey] = route(routeKey);
}

/** An API with the routes `$connect`, `$disconnect` and `$default`, and a stage named `test`. */
export function createTestApi(): { api: Api; stage: Stage } {
  const stage: Stage = {
    stageName: "test",
    autoDeploy: true,
    deploymentId: "current",
    createdDate: "2026-01-01T00:00:00Z",
    lastUpdatedDate: "2026-01-01T00:00:00Z",
    defaultRouteSettings: {},
    routeSettings: {},
    tags: {},
  };
  const api: Api = {
    apiId: API_ID,
    name: "chat",
    protocolType: "WEBSOCKET",
    routeSelectionExpression: "$request.body.action",
    apiKeySelectionExpression: "$request.header.x-api-key",
    createdDate: "2026-01-01T00:00:00Z",
    tags: {},
    integrations: {
      function: {
        integrationId: "function",
        integrationType: "AWS_PROXY",
        integrationMethod: "POST",
        integrationUri: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`,
        connectionType: "INTERNET",
        passthroughBehavior: "WHEN_NO_MATCH",
        payloadFormatVersion: "1.0",
        timeoutInMillis: 29_000,
        integrationResponses: {},
      },
    },
    routes: {
      connect: route("$connect"),
      disconnect: route("$disconnect"),
      default: route("$default"),
    },
    authorizers: {},
    models: {},
    deployments: {},
    stages: { test: stage },
  };
  // It is not a copy, so a test that changes a route changes the route of the stage.
  const { routeSelectionExpression, integrations, routes, authorizers } = api;
  api.deployments["current"] = {
    deploymentId: "current",
    autoDeployed: true,
    createdDate: "2026-01-01T00:00:00Z",
    deploymentStatus: "DEPLOYED",
    api: { routeSelectionExpression, integrations, routes, authorizers },
  };
  return { api, stage };
}

/** Adds a route response, so that the client gets the return value of the function. */
export function addRouteResponse(api: Api, routeKey: string): void {
  const found = Object.values(api.routes).find((one) => one.routeKey === routeKey);
  if (found === undefined) throw new Error(`There is no route ${routeKey}.`);
  found.routeResponseSelectionExpression = "$default";
  found.routeResponses = { only: { routeResponseId: "only", routeResponseKey: "$default" } };
}

/** A custom domain name. @param mappings the stage of the API for each path. */
export function createTestDomain(
  domainName: string,
  mappings: Readonly<Record<string, string>>,
): DomainName {
  return {
    domainName,
    certificateArn: `arn:aws:acm:${REGION}:000000000000:certificate/test`,
    ipAddressType: "ipv4",
    apiGatewayDomainName: `d-test.execute-api.${REGION}.localhost`,
    tags: {},
    apiMappings: Object.fromEntries(
      Object.entries(mappings).map(([apiMappingKey, stage], index) => {
        const apiMappingId = `mapping${index}`;
        return [apiMappingId, { apiMappingId, apiId: API_ID, stage, apiMappingKey }];
      }),
    ),
  };
}
