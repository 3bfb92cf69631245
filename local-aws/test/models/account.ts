import * as apigateway from "@aws-sdk/client-api-gateway";
import * as management from "@aws-sdk/client-apigatewaymanagementapi";
import * as apigatewayv2 from "@aws-sdk/client-apigatewayv2";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as iam from "@aws-sdk/client-iam";
import * as lambda from "@aws-sdk/client-lambda";
import * as sqs from "@aws-sdk/client-sqs";
import * as sts from "@aws-sdk/client-sts";
import { strToU8, zipSync } from "fflate";
import { createIds } from "../../src/execute-api/ids.ts";
import { createTestLocalAws } from "../../src/testing.ts";
import { type Reads, type RecordedCall, recordReads } from "./recorded-reads.ts";

/** The client of a service and its module, which contains the model. */
interface ServiceModel {
  module: object;
  Client: new (options: ClientOptions) => object;
}

interface ClientOptions {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
  disableHostPrefix: boolean;
}

/** The services of the local AWS, by their signing name and the version of their API. */
export const serviceModels = {
  apigateway: { module: apigateway, Client: apigateway.APIGatewayClient },
  apigatewayv2: { module: apigatewayv2, Client: apigatewayv2.ApiGatewayV2Client },
  "execute-api": { module: management, Client: management.ApiGatewayManagementApiClient },
  iam: { module: iam, Client: iam.IAMClient },
  lambda: { module: lambda, Client: lambda.LambdaClient },
  logs: { module: logs, Client: logs.CloudWatchLogsClient },
  monitoring: { module: cloudwatch, Client: cloudwatch.CloudWatchClient },
  sqs: { module: sqs, Client: sqs.SQSClient },
  sts: { module: sts, Client: sts.STSClient },
} satisfies Record<string, ServiceModel>;

export type ServiceName = keyof typeof serviceModels;

/** The response to a call, and the operation that the local AWS ran. */
export interface Outcome {
  /** The status of the response. Undefined if the client did not send the request. */
  status: number | undefined;
  /** Empty if the call succeeded. */
  message: string;
  /** Undefined if no operation was called, because the local AWS does not implement it. */
  called: { name: string; reads: Reads } | undefined;
}

/** The IDs that a call can name. */
export type Resources = Awaited<ReturnType<typeof createResources>>;

/** Starts a local AWS with one resource of each kind. Each call finds it in this state. */
export async function startAccount() {
  let call: RecordedCall | undefined;
  const aws = createTestLocalAws({ middleware: [recordReads((begun) => (call = begun))] });
  await aws.listen();
  const options = {
    endpoint: aws.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
    disableHostPrefix: true,
  };
  const resources = await createResources(options);
  const initial: unknown = JSON.parse(JSON.stringify(aws.state));
  const clients = Object.fromEntries(
    Object.entries(serviceModels).map(([name, { Client }]) => [
      name,
      new Client({
        ...options,
        ...(name === "execute-api" && {
          endpoint: `${aws.endpoint}/_aws/execute-api/${resources.apiId}/production`,
        }),
      }),
    ]),
  );
  const send = (name: ServiceName, command: unknown) =>
    (clients[name] as { send(command: unknown): Promise<unknown> }).send(command);
  return {
    resources,
    async call(service: ServiceName, operation: string, input: object): Promise<Outcome> {
      restore(aws.state, initial);
      call = undefined;
      const Command: unknown = Reflect.get(serviceModels[service].module, `${operation}Command`);
      const command: unknown = Reflect.construct(Command as typeof Object, [input]);
      const error: unknown = await send(service, command).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      const status = error === undefined ? 200 : statusOf(error);
      // Reads the members that the handler stored.
      JSON.stringify(aws.state);
      return { status, message: error instanceof Error ? error.message : "", called: call };
    },
    close: () => aws.close(),
  };
}

function statusOf(error: unknown): number | undefined {
  const metadata: unknown = Reflect.get(Object(error), "$metadata");
  const status: unknown = Reflect.get(Object(metadata), "httpStatusCode");
  return typeof status === "number" ? status : undefined;
}

/**
 * Changes an object in place into a copy of another one, because services keep references to its parts.
 */
function restore(target: object, source: unknown): void {
  for (const key of Object.keys(target))
    if (!Object.hasOwn(Object(source), key)) Reflect.deleteProperty(target, key);
  for (const [key, value] of Object.entries(Object(source))) {
    const present: unknown = Reflect.get(target, key);
    if (isObject(present) && isObject(value) && !Array.isArray(value)) restore(present, value);
    else Reflect.set(target, key, structuredClone(value));
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const policy = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });

/** Any zip file of a function. */
export const ZIP: Uint8Array = zipSync({
  "index.js": strToU8("exports.handler = async () => {};"),
});

async function createResources(options: ClientOptions) {
  const trustPolicy = policy({
    Action: "sts:AssumeRole",
    Principal: { Service: ["lambda.amazonaws.com", "apigateway.amazonaws.com"] },
  });
  const { Role } = await new iam.IAM(options).createRole({
    RoleName: "role",
    AssumeRolePolicyDocument: trustPolicy,
  });
  const roleArn = Role?.Arn ?? "";
  const everything = policy({ Action: "*", Resource: "*" });
  const inline = { RoleName: "role", PolicyName: "policy", PolicyDocument: everything };
  await new iam.IAM(options).putRolePolicy(inline);
  const managed = { PolicyName: "managed", PolicyDocument: everything };
  const { Policy } = await new iam.IAM(options).createPolicy(managed);
  const policyArn = Policy?.Arn ?? "";
  await new iam.IAM(options).createPolicyVersion({
    PolicyArn: policyArn,
    PolicyDocument: everything,
  });

  const queue = await new sqs.SQS(options).createQueue({
    QueueName: "queue",
    Attributes: { VisibilityTimeout: "0" },
  });
  await new sqs.SQS(options).sendMessage({
    QueueUrl: queue.QueueUrl ?? "",
    MessageBody: "message",
    MessageAttributes: { a: { DataType: "String", StringValue: "b" } },
  });
  const queueArn = "arn:aws:sqs:us-east-1:000000000000:queue";
  await new sqs.SQS(options).createQueue({ QueueName: "source" });
  const sourceArn = "arn:aws:sqs:us-east-1:000000000000:source";

  const functions = new lambda.Lambda(options);
  const created = await functions.createFunction({
    FunctionName: "function",
    Role: roleArn,
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Code: { ZipFile: ZIP },
  });
  await functions.addPermission({
    FunctionName: "function",
    StatementId: "statement",
    Action: "lambda:InvokeFunction",
    Principal: "apigateway.amazonaws.com",
  });
  await functions.putFunctionEventInvokeConfig({
    FunctionName: "function",
    MaximumRetryAttempts: 1,
  });
  const functionArn = created.FunctionArn ?? "";
  const { LayerVersionArn: layerArn = "" } = await functions.publishLayerVersion({
    LayerName: "layer",
    Content: { ZipFile: ZIP },
  });

  const { UUID: mappingId = "" } = await functions.createEventSourceMapping({
    FunctionName: "function",
    EventSourceArn: sourceArn,
  });

  const groups = new logs.CloudWatchLogs(options);
  await groups.createLogGroup({ logGroupName: "group" });
  await groups.createLogStream({ logGroupName: "group", logStreamName: "stream" });
  await groups.putMetricFilter({
    logGroupName: "group",
    filterName: "filter",
    filterPattern: "ERROR",
    metricTransformations: [{ metricName: "m", metricNamespace: "n", metricValue: "1" }],
  });
  const query = { name: "query", queryString: "fields @message" };
  const { queryDefinitionId = "" } = await groups.putQueryDefinition(query);
  const logGroupArn = "arn:aws:logs:us-east-1:000000000000:log-group:group";

  const alarms = new cloudwatch.CloudWatch(options);
  await alarms.putMetricAlarm({
    AlarmName: "alarm",
    Namespace: "n",
    MetricName: "m",
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: "GreaterThanThreshold",
  });
  await alarms.putDashboard({ DashboardName: "dashboard", DashboardBody: '{"widgets":[]}' });

  const gateway = new apigatewayv2.ApiGatewayV2(options);
  const { ApiId: apiId = "", ...api } = await gateway.createApi({
    Name: "api",
    ProtocolType: "WEBSOCKET",
    RouteSelectionExpression: "$request.body.action",
  });
  const functionUri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
  const { IntegrationId: integrationId = "" } = await gateway.createIntegration({
    ApiId: apiId,
    IntegrationType: "AWS_PROXY",
    IntegrationUri: functionUri,
  });
  const { IntegrationResponseId: integrationResponseId = "" } =
    await gateway.createIntegrationResponse({
      ApiId: apiId,
      IntegrationId: integrationId,
      IntegrationResponseKey: "$default",
    });
  const { ModelId: modelId = "" } = await gateway.createModel({
    ApiId: apiId,
    Name: "model",
    Schema: "{}",
  });
  const { RouteId: routeId = "" } = await gateway.createRoute({
    ApiId: apiId,
    RouteKey: "$default",
    Target: `integrations/${integrationId}`,
    RouteResponseSelectionExpression: "$default",
  });
  const { RouteResponseId: routeResponseId = "" } = await gateway.createRouteResponse({
    ApiId: apiId,
    RouteId: routeId,
    RouteResponseKey: "$default",
  });
  const { AuthorizerId: authorizerId = "" } = await gateway.createAuthorizer({
    ApiId: apiId,
    Name: "authorizer",
    AuthorizerType: "REQUEST",
    AuthorizerUri: functionUri,
    IdentitySource: ["route.request.querystring.token"],
  });
  await gateway.createStage({ ApiId: apiId, StageName: "production", AutoDeploy: true });
  const { DeploymentId: deploymentId = "" } = await gateway.createDeployment({ ApiId: apiId });
  const certificateArn = "arn:aws:acm:us-east-1:000000000000:certificate/a";
  const domainName = "chat.example.com";
  await gateway.createDomainName({
    DomainName: domainName,
    DomainNameConfigurations: [{ CertificateArn: certificateArn }],
  });
  const { ApiMappingId: apiMappingId = "" } = await gateway.createApiMapping({
    DomainName: domainName,
    ApiId: apiId,
    Stage: "production",
  });
  return {
    ...{ apiId, apiArn: `arn:aws:apigateway:us-east-1::/apis/${apiId}`, api },
    ...{ integrationResponseId, modelId },
    ...{ integrationId, routeId, routeResponseId, authorizerId, deploymentId, apiMappingId },
    connectionId: createIds(apiId).connectionId(),
    ...{
      domainName,
      certificateArn,
      functionUri,
      functionArn,
      mappingId,
      layerArn,
      roleArn,
      trustPolicy,
      policyArn,
      everything,
    },
    ...{ queueUrl: queue.QueueUrl ?? "", queueArn, sourceArn, logGroupArn, queryDefinitionId },
    alarmArn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:alarm",
  };
}
