import { createApi } from "./api.ts";
import { type Bench, errorOf, LOGS } from "./bench.ts";
import type { Observed, Question } from "./question.ts";
import { connect, open } from "./web-socket.ts";

/** What the APIs that manage resources accept, and the metrics. */
export const settings: Question[] = [
  {
    settles: "OPEN-13",
    question: "Which metrics count refused connections and failed functions?",
    minutes: 8,
    async ask(bench) {
      const stages = ["missing", "denied", "refused", "thrown", "message"] as const;
      const api = await createApi(bench, "metrics", {
        routes: { $connect: {}, $default: {} },
        authorizer: true,
        stages: [...stages],
      });
      const before = new Date(Date.now() + 60_000);
      // The connections of the setup count in an earlier minute.
      await bench.wait(120_000);
      const allowed = { headers: { authorization: "allow" } };
      for (let count = 0; count < 5; count += 1) {
        await connect(api.url("missing"));
        await connect(api.url("denied"), { headers: { authorization: "deny" } });
        await connect(`${api.url("refused")}?do=refuse`, allowed);
        await connect(`${api.url("thrown")}?do=throw`, allowed);
      }
      const client = await open(api.url("message"), allowed);
      for (let count = 0; count < 5; count += 1) {
        client.send({ do: "throw" });
        await client.next();
      }
      client.socket.close();
      await bench.wait(300_000);
      const observed: Record<string, Observed> = {};
      for (const stage of stages)
        observed[stage] = await metricsOf(bench, api.apiId, stage, before);
      return { timesEach: 5, sums: observed };
    },
  },
  {
    settles: "OPEN-14",
    question: "Can a route without authorization keep the ID of an authorizer, or an empty one?",
    minutes: 1,
    async ask(bench) {
      const { apigateway } = bench;
      const {
        apiId: ApiId,
        authorizerId,
        integrationId,
        routeIds,
      } = await createApi(bench, "routes", {
        routes: { $connect: {} },
        authorizer: true,
        stages: [],
      });
      const RouteId = routeIds.get("$connect") ?? "";
      const read = async () => {
        const { AuthorizationType, AuthorizerId } = await apigateway.getRoute({ ApiId, RouteId });
        return {
          AuthorizationType: AuthorizationType ?? null,
          AuthorizerId: AuthorizerId === authorizerId ? "the authorizer" : (AuthorizerId ?? null),
        };
      };
      const none = { ApiId, RouteId, AuthorizationType: "NONE" as const };
      const onlyType = await errorOf(apigateway.updateRoute(none));
      const afterOnlyType = await read();
      const emptyId = await errorOf(apigateway.updateRoute({ ...none, AuthorizerId: "" }));
      const afterEmptyId = await read();
      const createError = await errorOf(
        apigateway.createRoute({
          ApiId,
          RouteKey: "other",
          AuthorizationType: "NONE",
          AuthorizerId: authorizerId,
          Target: `integrations/${integrationId}`,
        }),
      );
      return { onlyType, afterOnlyType, emptyId, afterEmptyId, createError };
    },
  },
  {
    settles: "OPEN-15",
    question: "Does CreateStage with an access log need permissions for CloudWatch Logs?",
    minutes: 1,
    async ask(bench) {
      const { apiId } = await createApi(bench, "narrow", { routes: { $connect: {} }, stages: [] });
      const logGroupName = bench.name("access-log");
      await bench.logs.createLogGroup({ logGroupName });
      bench.onClose(`log group ${logGroupName}`, () => bench.logs.deleteLogGroup({ logGroupName }));
      const { arn } = await bench.fn();
      const [, , , region, account] = arn.split(":");
      const caller = await bench.createFunction("narrow", {
        source: CREATE_STAGE,
        Timeout: 30,
        Role: await bench.createRole("narrow", [
          LOGS,
          { Action: ["apigateway:*"], Resource: "*" },
          { Action: ["iam:PassRole"], Resource: "*" },
        ]),
      });
      // The permissions of a new role take effect some seconds later.
      await bench.wait(20_000);
      const { Payload } = await bench.lambda.invoke({
        FunctionName: caller.name,
        Payload: JSON.stringify({
          ApiId: apiId,
          StageName: "narrow",
          AutoDeploy: true,
          AccessLogSettings: {
            DestinationArn: `arn:aws:logs:${region}:${account}:log-group:${logGroupName}`,
            Format: "$context.requestId",
          },
        }),
      });
      return JSON.parse(Payload?.transformToString() ?? "null");
    },
  },
  {
    settles: "OPEN-16",
    question: "Does CreateQueue return an existing queue if the tags differ?",
    minutes: 1,
    async ask({ name, onClose, sqs }) {
      const QueueName = name("tags");
      const { QueueUrl } = await sqs.createQueue({ QueueName, tags: { a: "1" } });
      onClose(`queue ${QueueName}`, () => sqs.deleteQueue({ QueueUrl }));
      return {
        otherTags: await errorOf(sqs.createQueue({ QueueName, tags: { b: "2" } })),
        noTags: await errorOf(sqs.createQueue({ QueueName })),
        tagsAfterwards: (await sqs.listQueueTags({ QueueUrl })).Tags ?? null,
      };
    },
  },
  {
    settles: "OPEN-17",
    question: "Which platform lines does a start that fails write at the level INFO?",
    minutes: 2,
    async ask(bench) {
      const { name: FunctionName } = await bench.createFunction("init", {
        source: `throw new Error("thrown at the start");`,
        Role: await bench.createRole("init", [LOGS]),
        LoggingConfig: { LogFormat: "JSON", SystemLogLevel: "INFO" },
      });
      await bench.lambda.invoke({ FunctionName });
      if ((await bench.logged(FunctionName, `"platform.report"`)) === null) return null;
      const { events = [] } = await bench.logs.filterLogEvents({
        logGroupName: `/aws/lambda/${FunctionName}`,
      });
      return events.map(({ message = "" }) => shapeOf(message));
    },
  },
];

const CREATE_STAGE = `
const { ApiGatewayV2 } = require("@aws-sdk/client-apigatewayv2");
exports.handler = async (input) =>
  await new ApiGatewayV2({ maxAttempts: 1 }).createStage(input).then(
    () => ({ error: null }),
    (error) => ({ error: String(error) }),
  );
`;

/** The type, the status and the error type of a line in JSON. */
function shapeOf(line: string): Observed {
  const { type = null, level = null, record = {} } = JSON.parse(line);
  const { status = null, errorType = null } = record;
  return { type, level, status, errorType };
}

const METRICS = [
  "ConnectCount",
  "MessageCount",
  "ClientError",
  "ExecutionError",
  "IntegrationError",
];

/** The sums of the metrics of a stage, or the error of the request. */
export async function metricsOf(
  { cloudwatch }: Bench,
  apiId: string,
  stage: string,
  StartTime: Date,
): Promise<Observed> {
  const Dimensions = [
    { Name: "ApiId", Value: apiId },
    { Name: "Stage", Value: stage },
  ];
  const request = {
    StartTime,
    EndTime: new Date(StartTime.getTime() + 3_600_000),
    MetricDataQueries: METRICS.map((MetricName) => ({
      Id: MetricName.toLowerCase(),
      Label: MetricName,
      MetricStat: {
        Metric: { Namespace: "AWS/ApiGateway", MetricName, Dimensions },
        Period: 60,
        Stat: "Sum",
      },
    })),
  };
  return await cloudwatch.getMetricData(request).then(
    ({ MetricDataResults = [] }) =>
      Object.fromEntries(
        MetricDataResults.map(({ Label = "", Values = [] }) => [
          Label,
          Values.length === 0 ? "no data" : Values.reduce((sum, value) => sum + value, 0),
        ]),
      ),
    (error: unknown) => String(error),
  );
}
