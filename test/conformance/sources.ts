/** Where the behaviours are known from. */

const captures =
  "https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws";

/** Raw answers of AWS, recorded in September 2026 by a project that isn't related to this one. */
export const captured = {
  webSockets: `${captures}/apigateway/websocket_lifecycle.json`,
  connections: `${captures}/apigateway/websocket_management.json`,
  errorFrames: `${captures}/apigateway/v2_metrics.json`,
  logs: `${captures}/lambda/invocation_tails.json`,
  events: `${captures}/lambda/event_invocation.json`,
  eventEdges: `${captures}/lambda/event_edge_cases.json`,
  outcomes: `${captures}/lambda/outcomes_events.json`,
} as const;

const gateway = "https://docs.aws.amazon.com/apigateway/latest/developerguide";
const lambda = "https://docs.aws.amazon.com/lambda/latest";
const nodeRuntime =
  "https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/v3.3.0/src";

export const documented = {
  quotas: `${gateway}/apigateway-execution-service-websocket-limits-table.html`,
  events: `${gateway}/apigateway-websocket-api-integration-requests.html`,
  routes: `${gateway}/websocket-api-develop-routes.html`,
  lifeCycleRoutes: `${gateway}/apigateway-websocket-api-route-keys-connect-disconnect.html`,
  routeResponses: `${gateway}/apigateway-websocket-api-route-response.html`,
  subprotocols: `${gateway}/websocket-connect-route-subprotocol.html`,
  invoke: `${lambda}/api/API_Invoke.html`,
  lambdaQuotas: `${lambda}/dg/gettingstarted-limits.html`,
  retries: `${lambda}/dg/invocation-async-error-handling.html`,
  records: `${lambda}/dg/invocation-async-retain-records.html`,
  concurrency: `${lambda}/dg/configuration-concurrency.html`,
  logLevels: `${lambda}/dg/monitoring-cloudwatchlogs-log-level.html`,
  runtimeErrors: `${nodeRuntime}/Errors.js`,
  runtimeLogs: `${nodeRuntime}/LogPatch.js`,
  runtimeExit: `${nodeRuntime}/Runtime.js`,
  emulator: "https://github.com/aws/aws-lambda-runtime-interface-emulator",
  billing: "https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/",
} as const;

export const reported = {
  functionError:
    "https://github.com/dherault/serverless-offline/blob/master/tests/manual/websocket/main/test/e2e/ws.e2e.js",
  refusedConnect:
    "https://github.com/dherault/serverless-offline/blob/master/src/events/websocket/WebSocketClients.js",
  emptyMessage: "https://github.com/serverless/serverless/issues/6816",
  droppedConnection:
    "https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/internal/services/apigatewaywebsocket/lifecycle.go",
  binaryPost:
    "https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/internal/services/apigatewaywebsocket/management.go",
  postBeforeConnect: "https://repost.aws/knowledge-center/410-gone-api-gateway",
  largeEvent: "https://github.com/ASFHyP3/hyp3/issues/2241",
  largeRequest: "https://github.com/pelmers/streetwarp-web/issues/14",
  killedRuntime: "https://github.com/praetorian-inc/chariot-ui/issues/166",
  timedOutLog: "https://github.com/DataBiosphere/azul/issues/8140",
  ownDestination:
    "https://github.com/localstack/localstack/blob/main/localstack-core/localstack/services/lambda_/provider.py",
} as const;
