import type { Clock } from "../clock.ts";
import type { Service } from "../protocols/operation.ts";
import { missingOperation, restJsonProtocol } from "../protocols/rest-json-protocol.ts";
import type { Iam } from "../iam/index.ts";
import type { State } from "../state.ts";
import { accountRoutes } from "./account.ts";
import { apiRoutes } from "./apis.ts";
import { apiMappingRoutes } from "./api-mappings.ts";
import { authorizerRoutes } from "./authorizers.ts";
import { deploymentRoutes } from "./deployments.ts";
import { domainNameRoutes } from "./domain-names.ts";
import { integrationResponseRoutes } from "./integration-responses.ts";
import { integrationRoutes } from "./integrations.ts";
import { MISSING_OPERATIONS } from "./missing-operations.ts";
import { modelRoutes } from "./models.ts";
import { routeResponseRoutes } from "./route-responses.ts";
import { routeRoutes } from "./routes.ts";
import { stageRoutes } from "./stages.ts";
import { tagRoutes } from "./tags.ts";

/**
 * Creates the control plane of API Gateway: WebSocket APIs (API version 2), and the setting of the
 * account (API version 1) that their logs need.
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/api-reference.html
 */
export function createApiGateway(options: {
  state: State;
  clock: Clock;
  iam: Iam;
  /**
   * Returns the URL of this local AWS, such as `http://localhost:4566`. It is called each time an API is
   * read.
   */
  endpoint(): string;
}): { service: Service } {
  const { iam } = options;
  const routes = [
    ...apiRoutes(options),
    ...integrationRoutes(options),
    ...integrationResponseRoutes(options),
    ...modelRoutes(options),
    ...routeRoutes(options),
    ...routeResponseRoutes(options),
    ...authorizerRoutes(options),
    ...deploymentRoutes(options),
    ...stageRoutes(options),
    ...domainNameRoutes(options),
    ...apiMappingRoutes(options),
    ...tagRoutes(options),
    ...accountRoutes(options, iam),
  ];
  const service = restJsonProtocol({
    authorize: iam.authorize,
    prefix: "apigateway",
    routes,
    unknownRoute: missingOperation("apigateway", MISSING_OPERATIONS),
    errorCode: ({ code }) => (code === "ValidationException" ? "BadRequestException" : code),
  });
  return { service };
}
