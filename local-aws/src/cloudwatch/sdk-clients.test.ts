import { AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  ListDashboardsCommand,
  ListTagsForResourceCommand,
  paginateDescribeAlarms,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  TagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import { describe, expect, test } from "vitest";
import { createTestLocalAws } from "../testing.ts";

/** Starts a local AWS, and creates a client for it. */
async function start(config: CloudWatchClientConfig) {
  const aws = createTestLocalAws();
  await aws.listen();
  const connect = (more: CloudWatchClientConfig = {}) =>
    new CloudWatchClient({
      endpoint: aws.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
      ...config,
      ...more,
    });
  const client = connect();
  return {
    client,
    connect,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await aws.close();
    },
  };
}

const alarm = {
  AlarmName: "errors",
  AlarmActions: ["arn:aws:sns:us-east-1:000000000000:topic"],
  ActionsEnabled: false,
  ComparisonOperator: "GreaterThanThreshold",
  Dimensions: [{ Name: "FunctionName", Value: "processor" }],
  EvaluationPeriods: 1,
  MetricName: "Errors",
  Namespace: "AWS/Lambda",
  Period: 300,
  Statistic: "Sum",
  Threshold: 0.1,
} satisfies PutMetricAlarmCommandInput;

const expression = {
  AlarmName: "rate",
  ComparisonOperator: "GreaterThanThreshold",
  EvaluationPeriods: 2,
  Threshold: -3,
  Metrics: [
    { Id: "e1", Expression: "m1 / 2", ReturnData: true },
    {
      Id: "m1",
      ReturnData: false,
      MetricStat: {
        Metric: { Namespace: "AWS/Lambda", MetricName: "Errors" },
        Period: 60,
        Stat: "Sum",
      },
    },
  ],
} satisfies PutMetricAlarmCommandInput;

describe.for<[string, CloudWatchClientConfig]>([
  ["AWS JSON, its default", {}],
  ["Smithy RPC v2 CBOR", { protocol: AwsSmithyRpcV2CborProtocol }],
])("the SDK's client with %s", ([, config]) => {
  test("creates, reads, changes and deletes alarms", async () => {
    await using started = await start(config);
    const { client } = started;
    await client.send(
      new PutMetricAlarmCommand({ ...alarm, Tags: [{ Key: "project", Value: "x" }] }),
    );
    await client.send(new PutMetricAlarmCommand(expression));
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand());
    expect(MetricAlarms).toMatchObject([
      { ...alarm, StateValue: "INSUFFICIENT_DATA", StateUpdatedTimestamp: expect.any(Date) },
      { ...expression, ActionsEnabled: true },
    ]);
    const updated = MetricAlarms?.[0]?.AlarmConfigurationUpdatedTimestamp;
    expect(Math.abs(Date.now() - (updated?.getTime() ?? 0))).toBeLessThan(60_000);

    await client.send(new PutMetricAlarmCommand({ ...alarm, Threshold: 1e21, AlarmActions: [] }));
    const changed = await client.send(new DescribeAlarmsCommand({ AlarmNames: ["errors"] }));
    expect(changed.MetricAlarms).toMatchObject([{ ...alarm, Threshold: 1e21, AlarmActions: [] }]);
    const ResourceARN = changed.MetricAlarms?.[0]?.AlarmArn;
    await client.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: "a", Value: "" }] }));
    const tags = await client.send(new ListTagsForResourceCommand({ ResourceARN }));
    expect(tags.Tags).toEqual([
      { Key: "project", Value: "x" },
      { Key: "a", Value: "" },
    ]);

    const pages = [];
    for await (const page of paginateDescribeAlarms({ client, pageSize: 1 }, {}))
      pages.push(page.MetricAlarms?.map(({ AlarmName }) => AlarmName));
    expect(pages).toEqual([["errors"], ["rate"]]);

    await client.send(new DeleteAlarmsCommand({ AlarmNames: ["errors", "rate"] }));
    const rest = await client.send(new DescribeAlarmsCommand());
    expect(rest).toMatchObject({ MetricAlarms: [], CompositeAlarms: [] });
  });

  test("creates, reads, changes and deletes a dashboard", async () => {
    await using started = await start(config);
    const { client } = started;
    const DashboardName = "main";
    await client.send(new PutDashboardCommand({ DashboardName, DashboardBody: '{"widgets":[]}' }));
    const DashboardBody = '{"widgets":[{"type":"text","properties":{"markdown":"é"}}]}';
    await client.send(new PutDashboardCommand({ DashboardName, DashboardBody }));
    expect(await client.send(new GetDashboardCommand({ DashboardName }))).toMatchObject({
      DashboardName,
      DashboardArn: "arn:aws:cloudwatch::000000000000:dashboard/main",
      DashboardBody,
    });
    expect(await client.send(new ListDashboardsCommand({}))).toMatchObject({
      DashboardEntries: [
        { DashboardName, LastModified: expect.any(Date), Size: expect.any(Number) },
      ],
    });
    await client.send(new DeleteDashboardsCommand({ DashboardNames: [DashboardName] }));
    await expect(client.send(new GetDashboardCommand({ DashboardName }))).rejects.toMatchObject({
      Code: "ResourceNotFound",
      message: "Dashboard main does not exist",
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("gets the errors of AWS", async () => {
    await using started = await start(config);
    const { client, connect } = started;
    const body = { DashboardName: "main", DashboardBody: "[" };
    await expect(client.send(new PutDashboardCommand(body))).rejects.toMatchObject({
      name: "DashboardInvalidInputError",
      Code: "InvalidParameterInput",
      $metadata: { httpStatusCode: 400 },
    });
    const ResourceARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors";
    await expect(
      client.send(new ListTagsForResourceCommand({ ResourceARN })),
    ).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: `Unknown resource ${ResourceARN}`,
    });
    await expect(
      client.send(new DescribeAlarmsCommand({ NextToken: "no token" })),
    ).rejects.toMatchObject({ name: "InvalidNextToken" });
    await expect(
      client.send(new PutMetricAlarmCommand({ ...alarm, Period: 90 })),
    ).rejects.toMatchObject({
      Code: "ValidationError",
      message: "Period must be 10, 20, 30 or a multiple of 60",
    });
    await expect(
      client.send(
        new GetMetricDataCommand({
          MetricDataQueries: [],
          StartTime: new Date(),
          EndTime: new Date(),
        }),
      ),
    ).rejects.toMatchObject({
      message: "The local AWS does not implement cloudwatch:GetMetricData.",
      $metadata: { httpStatusCode: 501 },
    });
    const stranger = connect({ credentials: { accessKeyId: "AKIA1", secretAccessKey: "x" } });
    await expect(stranger.send(new DescribeAlarmsCommand())).rejects.toMatchObject({
      Code: "InvalidClientTokenId",
      message: expect.stringContaining("The security token included in the request is invalid."),
      $metadata: { httpStatusCode: 403 },
    });
  });
});
