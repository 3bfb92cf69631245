/** The sources of the behaviors, in groups by basis. */

const captures =
  "https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws";

/** Raw responses of AWS, recorded in September and October 2026 by an unrelated project. */
export const captured = {
  alarms: `${captures}/cloudwatch/alarm_controls.json`,
  dashboards: `${captures}/cloudwatch/dashboards.json`,
  dashboardSize: `${captures}/cloudwatch/dashboard_size.json`,
  dashboardWidgets: `${captures}/cloudwatch/dashboard_widgets.json`,
  authorizers: `${captures}/apigateway/websocket_lambda_authorizers.json`,
  authorizerAdmission: `${captures}/apigateway/websocket_authorizer_admission.json`,
  integrationRoles: `${captures}/apigateway/v2_integration_credentials.json`,
  filters: `${captures}/logs/filters.json`,
  ingestion: `${captures}/logs/ingestion.json`,
  metricFilters: `${captures}/logs/metric_filters.json`,
  metricFilterExtractors: `${captures}/logs/metric_filter_extractors.json`,
  concurrencyAdmission: `${captures}/lambda/concurrency_admission.json`,
  concurrencyNumbers: `${captures}/lambda/concurrency_numeric.json`,
  deadLetterOwnership: `${captures}/lambda/dlq_ownership_20261001_summary.json`,
  functionArchitectures: `${captures}/lambda/architectures.json`,
  recreatedFunctions: `${captures}/lambda/async_deletion_analysis.json`,
  runtimeControls: `${captures}/lambda/runtime_controls.json`,
  webSockets: `${captures}/apigateway/websocket_lifecycle.json`,
  connections: `${captures}/apigateway/websocket_management.json`,
  accessLog: `${captures}/apigateway/rest_websocket_logs.json`,
  errorFrames: `${captures}/apigateway/v2_metrics.json`,
  logs: `${captures}/lambda/invocation_tails.json`,
  events: `${captures}/lambda/event_invocation.json`,
  eventEdges: `${captures}/lambda/event_edge_cases.json`,
  outcomes: `${captures}/lambda/outcomes_events.json`,
  expiredEvents: `${captures}/lambda/async_deleted_dlq_summary.json`,
  outcomesAdmission: `${captures}/lambda/outcomes_admission.json`,
} as const;

const localstack =
  "https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services";

/** Responses of AWS that LocalStack's tests compare with, in the files `*.snapshot.json`. */
export const snapshots = {
  dynamodb: `${localstack}/dynamodb/test_dynamodb.snapshot.json`,
  iam: `${localstack}/iam/test_iam.snapshot.json`,
  lambdaApi: `${localstack}/lambda_/test_lambda_api.snapshot.json`,
  logGroups: `${localstack}/logs/test_logs_groups.snapshot.json`,
  logStreams: `${localstack}/logs/test_logs_streams.snapshot.json`,
  logEvents: `${localstack}/logs/test_logs_events.snapshot.json`,
  logFilterEvents: `${localstack}/logs/test_logs_filter_events.snapshot.json`,
  metricFilters: `${localstack}/logs/test_logs_metric_filters.snapshot.json`,
  lambda: `${localstack}/lambda_/test_lambda.snapshot.json`,
  lambdaCommon: `${localstack}/lambda_/test_lambda_common.snapshot.json`,
  lambdaDestinations: `${localstack}/lambda_/test_lambda_destinations.snapshot.json`,
  sqs: `${localstack}/sqs/test_sqs.snapshot.json`,
  sqsEventSources: `${localstack}/lambda_/event_source_mapping/test_lambda_integration_sqs.snapshot.json`,
  sts: `${localstack}/sts/test_sts.snapshot.json`,
  /** The tests themselves, which are marked as validated. */
  sqsTests: `${localstack}/sqs/test_sqs.py`,
} as const;

const models =
  "https://github.com/aws/api-models-aws/blob/56c8953e87aeead95ae5e66a3ca6a355731db6ad/models";
const nodeRuntime =
  "https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/v3.3.0/src";

/** The Smithy models of AWS's APIs, and source code that AWS publishes. */
export const modelled = {
  logs: `${models}/cloudwatch-logs/service/2014-03-28/cloudwatch-logs-2014-03-28.json`,
  apigateway: `${models}/apigatewayv2/service/2018-11-29/apigatewayv2-2018-11-29.json`,
  sqs: `${models}/sqs/service/2012-11-05/sqs-2012-11-05.json`,
  runtimeErrors: `${nodeRuntime}/Errors.js`,
  runtimeLogs: `${nodeRuntime}/LogPatch.js`,
  runtimeExit: `${nodeRuntime}/Runtime.js`,
  handlerLoading: `${nodeRuntime}/UserFunction.js`,
  emulator: "https://github.com/aws/aws-lambda-runtime-interface-emulator",
} as const;

const gateway = "https://docs.aws.amazon.com/apigateway/latest/developerguide";
const lambda = "https://docs.aws.amazon.com/lambda/latest";

export const documented = {
  quotas: `${gateway}/apigateway-execution-service-websocket-limits-table.html`,
  events: `${gateway}/apigateway-websocket-api-integration-requests.html`,
  routes: `${gateway}/websocket-api-develop-routes.html`,
  lifeCycleRoutes: `${gateway}/apigateway-websocket-api-route-keys-connect-disconnect.html`,
  routeResponses: `${gateway}/apigateway-websocket-api-route-response.html`,
  integrationResponses: `${gateway}/apigateway-websocket-api-integration-responses.html`,
  passthroughBehaviors: `${gateway}/integration-passthrough-behaviors.html`,
  requestValidation: `${gateway}/websocket-api-request-validation.html`,
  disabledEndpoint: `${gateway}/websocket-api-disable-default-endpoint.html`,
  subprotocols: `${gateway}/websocket-connect-route-subprotocol.html`,
  invoke: `${lambda}/api/API_Invoke.html`,
  lambdaQuotas: `${lambda}/dg/gettingstarted-limits.html`,
  retries: `${lambda}/dg/invocation-async-error-handling.html`,
  records: `${lambda}/dg/invocation-async-retain-records.html`,
  concurrency: `${lambda}/dg/configuration-concurrency.html`,
  layers: `${lambda}/dg/nodejs-layers.html`,
  addingLayers: `${lambda}/dg/adding-layers.html`,
  importedLayers:
    "https://aws.amazon.com/blogs/compute/node-js-18-x-runtime-now-available-in-aws-lambda/",
  createPolicyVersion:
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html",
  deletePolicy: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html",
  conditionOperators:
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
  policyVariables:
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",
  managedPolicies:
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
  putMetricAlarm:
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
  getQueueAttributes:
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html",
  sqsErrors: `${lambda}/dg/services-sqs-errorhandling.html`,
  updateEventSourceMapping: `${lambda}/api/API_UpdateEventSourceMapping.html`,
  setQueueAttributes:
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
  policyEvaluation:
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
  principals:
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
  nodejs: `${lambda}/dg/lambda-nodejs.html`,
  logLevels: `${lambda}/dg/monitoring-cloudwatchlogs-log-level.html`,
  billing: "https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/",
} as const;

export const reported = {
  alarmRules:
    "https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/internal/services/cloudwatch/alarms_validation.go",
  iam: "https://github.com/getmoto/moto/blob/0af643a5dbfc98797f08ee64f5be3ef8002d56ff/moto/iam/models.py",
  policies:
    "https://github.com/getmoto/moto/blob/0af643a5dbfc98797f08ee64f5be3ef8002d56ff/tests/test_iam/test_iam_policies.py",
  wrongTypes: "https://github.com/mhart/kinesalite/blob/master/validations/index.js",
  sqs: "https://github.com/getmoto/moto/blob/master/tests/test_sqs/test_sqs.py",
  visibilityTimeout: "https://github.com/winglang/wing/issues/1507",
  sourcePermission: "https://github.com/anomalyco/sst/issues/5737",
  batchItems:
    "https://github.com/localstack/localstack/blob/main/localstack-core/localstack/services/lambda_/event_source_mapping/pollers/poller.py",
  batchWindow: "https://github.com/zappa/Zappa/issues/1117",
  removedSettings:
    "https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/lambda/event_source_mapping.go",
  queuePermission: "https://github.com/RaiderIO/keystone.guru/issues/3901",
  queuePolicy: "https://github.com/hashicorp/terraform-provider-aws/pull/42209",
  redriveMembers: "https://github.com/ansible-collections/community.aws/issues/2321",
  redriveTarget: "https://github.com/crossplane-contrib/provider-aws/issues/443",
  missingDeadLetterQueue: "https://github.com/serverless/serverless/issues/5215",
  receiveCount:
    "https://github.com/localstack/localstack/blob/main/localstack-core/localstack/services/sqs/provider.py",
  absentAuthorizer: "https://github.com/hashicorp/terraform-provider-aws/issues/17497",
  logRole: "https://github.com/anomalyco/sst/issues/1556",
  /** The resources of the provider, with acceptance tests that run on AWS. */
  terraformGateway:
    "https://github.com/hashicorp/terraform-provider-aws/blob/021e60b20cb737cff59c270d617f8fb237dec712/internal/service/apigatewayv2",
  undeployedStage: "https://github.com/hashicorp/terraform-provider-aws/issues/17955",
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
  layerSize: "https://github.com/lambci/git-lambda-layer/issues/27",
  largeEvent: "https://github.com/ASFHyP3/hyp3/issues/2241",
  largeRequest: "https://github.com/pelmers/streetwarp-web/issues/14",
  killedRuntime: "https://github.com/praetorian-inc/chariot-ui/issues/166",
  timedOutLog: "https://github.com/DataBiosphere/azul/issues/8140",
  ownDestination:
    "https://github.com/localstack/localstack/blob/main/localstack-core/localstack/services/lambda_/provider.py",
} as const;
