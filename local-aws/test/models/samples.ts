import { type Resources, ZIP } from "./account.ts";
import type { Samples } from "./inputs.ts";

/** Values that are valid where a text or a number alone is not, with the IDs of the resources. */
export function samplesOf(resources: Resources): Samples {
  const accessLogs = { DestinationArn: resources.logGroupArn, Format: "$context.requestId" };
  const operation = { op: "replace", path: "/cloudwatchRoleArn", value: resources.roleArn };
  const transformation = { metricName: "m", metricNamespace: "n", metricValue: "1" };
  const metric = { Namespace: "n", MetricName: "m", Dimensions: [{ Name: "n", Value: "v" }] };
  const ofMetric = { MetricName: "m", Namespace: "n", Period: 60, Statistic: "Sum" };
  const Binary = { DataType: "Binary", BinaryValue: Buffer.from("b") };
  const Entries = [{ Id: "a", ReceiptHandle: "b", VisibilityTimeout: 1 }];
  const AWSTraceHeader = {
    DataType: "String",
    StringValue: "Root=1-5759e988-bd862e3fe1be46a994272793",
  };
  const MetricStat = { Metric: metric, Period: 60, Stat: "Sum" };
  return {
    members: {
      // API Gateway
      ApiId: resources.apiId,
      IntegrationId: resources.integrationId,
      RouteId: resources.routeId,
      RouteResponseId: resources.routeResponseId,
      AuthorizerId: resources.authorizerId,
      DeploymentId: resources.deploymentId,
      ApiMappingId: resources.apiMappingId,
      DomainName: resources.domainName,
      CertificateArn: resources.certificateArn,
      StageName: "production",
      Stage: "production",
      ProtocolType: "WEBSOCKET",
      RouteSelectionExpression: "$request.body.action",
      RouteResponseKey: "$default",
      IntegrationType: "AWS_PROXY",
      IntegrationUri: resources.functionUri,
      Target: `integrations/${resources.integrationId}`,
      TimeoutInMillis: 1000,
      AuthorizerType: "REQUEST",
      AuthorizerUri: resources.functionUri,
      IdentitySource: ["route.request.querystring.token"],
      IpAddressType: "ipv4",
      ConnectionId: resources.connectionId,
      // Lambda
      FunctionName: "function",
      Role: resources.roleArn,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      ZipFile: ZIP,
      Architectures: ["arm64"],
      Destination: resources.queueArn,
      MemorySize: 128,
      MaximumEventAgeInSeconds: 60,
      ApplicationLogLevel: "INFO",
      SystemLogLevel: "INFO",
      LogFormat: "JSON",
      Resource: resources.functionArn,
      InvocationType: "DryRun",
      // SQS
      QueueUrl: resources.queueUrl,
      QueueName: "queue",
      // CloudWatch Logs
      logGroupName: "group",
      logStreamName: "stream",
      filterName: "filter",
      orderBy: "LogStreamName",
      // IAM
      RoleName: "role",
      PolicyName: "policy",
      Path: "/",
      MaxSessionDuration: 3600,
      // CloudWatch
      AlarmName: "alarm",
      DashboardName: "dashboard",
      DashboardBody: '{"widgets":[]}',
    },
    paths: {
      "CreateDomainName DomainNameConfigurations": [{ CertificateArn: resources.certificateArn }],
      "UpdateDomainName DomainNameConfigurations": [{ CertificateArn: resources.certificateArn }],
      "CreateStage AccessLogSettings": accessLogs,
      "UpdateStage AccessLogSettings": accessLogs,
      "CreateStage RouteSettings": { $default: {} },
      "UpdateStage RouteSettings": { $default: {} },
      "AddPermission Action": "lambda:InvokeFunction",
      "AddPermission Principal": "apigateway.amazonaws.com",
      "AddPermission SourceArn": resources.apiArn,
      "CreateDomainName DomainName": "other.example.com",
      "CreateFunction FunctionName": "other",
      "CreateFunction TracingConfig.Mode": "Active",
      "CreateRole AssumeRolePolicyDocument": resources.trustPolicy,
      "CreateRole RoleName": "other",
      "CreateStage StageName": "other",
      "TagResource ResourceArn": resources.apiArn,
      "UpdateAccount patchOperations": [operation],
      "UpdateFunctionConfiguration TracingConfig.Mode": "Active",
      "DescribeAlarms AlarmTypes": ["MetricAlarm"],
      "DescribeAlarms StateValue": "OK",
      "PutMetricAlarm AlarmActions": [resources.functionArn],
      "PutMetricAlarm ComparisonOperator": "GreaterThanThreshold",
      "PutMetricAlarm EvaluateLowSampleCountPercentile": "ignore",
      "PutMetricAlarm InsufficientDataActions": [resources.functionArn],
      "PutMetricAlarm Metrics": [{ Id: "a", MetricStat }],
      "PutMetricAlarm Metrics[].MetricStat": MetricStat,
      "PutMetricAlarm Metrics[].MetricStat.Metric": metric,
      "PutMetricAlarm Metrics[].MetricStat.Period": 60,
      "PutMetricAlarm Metrics[].Period": 60,
      "PutMetricAlarm OKActions": [resources.functionArn],
      "PutMetricAlarm Unit": "Count",
      "PutMetricAlarm Metrics[].MetricStat.Unit": "Count",
      "PutMetricFilter metricTransformations[].unit": "Count",
      "PutMetricAlarm Period": 60,
      "PutMetricAlarm Statistic": "Sum",
      "PutMetricAlarm TreatMissingData": "missing",
      "PutMetricFilter metricTransformations": [transformation],
      "PutMetricFilter metricTransformations[].metricValue": "1",
      "ChangeMessageVisibilityBatch Entries": Entries,
      "TagResource ResourceARN": resources.alarmArn,
      "SendMessage MessageSystemAttributes": { AWSTraceHeader },
      "SendMessageBatch Entries[].MessageSystemAttributes": { AWSTraceHeader },
      "SendMessage MessageAttributes": { a: { DataType: "String", StringValue: "b" } },
    },
    inputs: {
      "SendMessageBatch Entries[].MessageAttributes{}.BinaryValue": {
        Entries: [{ Id: "a", MessageBody: "b", MessageAttributes: { a: Binary } }],
      },
      PutFunctionEventInvokeConfig: { MaximumRetryAttempts: 1 },
      UpdateFunctionEventInvokeConfig: { MaximumRetryAttempts: 1 },
      ChangeMessageVisibilityBatch: { Entries },
      CreateApi: { RouteSelectionExpression: "$request.body.action" },
      CreateAuthorizer: { AuthorizerUri: resources.functionUri },
      CreateDomainName: {
        DomainNameConfigurations: [{ CertificateArn: resources.certificateArn }],
      },
      CreateFunction: { Runtime: "nodejs22.x", Handler: "index.handler" },
      CreateIntegration: { IntegrationUri: resources.functionUri },
      "TagResource ResourceArn": { Tags: { a: "b" } },
      CreateStage: { AutoDeploy: true },
      UpdateDomainName: {
        DomainNameConfigurations: [{ CertificateArn: resources.certificateArn }],
      },
      DescribeLogStreams: { logGroupName: "group" },
      FilterLogEvents: { logGroupName: "group" },
      GetLogEvents: { logGroupName: "group" },
      "PutDashboard Tags[].Key": { DashboardName: "other" },
      "PutDashboard Tags[].Value": { DashboardName: "other" },
      "PutMetricAlarm Dimensions[].Name": ofMetric,
      "PutMetricAlarm Dimensions[].Value": ofMetric,
      "PutMetricAlarm Tags[].Key": { ...ofMetric, AlarmName: "other" },
      "PutMetricAlarm Tags[].Value": { ...ofMetric, AlarmName: "other" },
      "SendMessage MessageAttributes{}.BinaryValue": { MessageAttributes: { a: Binary } },
      PutMetricAlarm: { EvaluationPeriods: 1, ComparisonOperator: "GreaterThanThreshold" },
    },
  };
}
