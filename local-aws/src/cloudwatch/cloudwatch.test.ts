import { beforeEach, describe, expect, test } from "vitest";
import { awsRequest } from "../protocols/testing.ts";
import { permissiveIam } from "../iam/testing.ts";
import type { Service } from "../protocols/operation.ts";
import { createManualClock } from "../manual-clock.ts";
import { emptyState, regionOf, type State } from "../state.ts";
import { createCloudWatch } from "./index.ts";

let state: State;
let service: Service;

async function call(Action: string, parameters: Record<string, string> = {}, request = {}) {
  const form = new URLSearchParams({ Action, Version: "2010-08-01", ...parameters });
  const answer = await service(awsRequest({ body: Buffer.from(form.toString()), ...request }));
  return { status: answer.status, body: String(answer.body) };
}

/** Calls an operation that is refused. */
async function refusal(Action: string, parameters: Record<string, string>) {
  const { status, body } = await call(Action, parameters);
  const [[code], [message = ""]] = [textsOf(body, "Code"), textsOf(body, "Message")];
  return [status, code, message.replaceAll("&quot;", '"').replaceAll("&gt;", ">")];
}

const textsOf = (body: string, tag: string) =>
  Array.from(body.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, "gs")), ([, text]) => text);

/** As Terraform's provider sends it. */
const alarm = {
  AlarmName: "errors",
  AlarmDescription: "Jobs > 0 fail",
  ActionsEnabled: "true",
  "AlarmActions.member.1": "arn:aws:sns:us-east-1:000000000000:topic",
  "OKActions.member.1": "arn:aws:sns:us-east-1:000000000000:ok",
  ComparisonOperator: "GreaterThanThreshold",
  "Dimensions.member.1.Name": "FunctionName",
  "Dimensions.member.1.Value": "processor",
  EvaluationPeriods: "1",
  MetricName: "Errors",
  Namespace: "AWS/Lambda",
  Period: "300",
  Statistic: "Sum",
  Threshold: "0",
  TreatMissingData: "notBreaching",
  "Tags.member.1.Key": "project",
  "Tags.member.1.Value": "x",
};

beforeEach(() => {
  state = emptyState();
  ({ service } = createCloudWatch({ state, clock: createManualClock(), iam: permissiveIam }));
});

describe("alarms", () => {
  const arn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors";

  test("an alarm reads back as it was put, without data", async () => {
    expect(await call("PutMetricAlarm", alarm)).toMatchObject({ status: 200 });
    const { body } = await call("DescribeAlarms", {
      "AlarmNames.member.1": "errors",
      "AlarmTypes.member.1": "MetricAlarm",
    });
    expect(body).toContain('xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"');
    expect(body).toContain(
      "<Dimensions><member><Name>FunctionName</Name><Value>processor</Value></member></Dimensions>",
    );
    expect(body).toContain("<AlarmDescription>Jobs &gt; 0 fail</AlarmDescription>");
    expect(body).toContain("<AlarmActions><member>arn:aws:sns:");
    expect(body).toContain("<OKActions><member>arn:aws:sns:us-east-1:000000000000:ok</member>");
    expect(textsOf(body, "AlarmArn")).toEqual([arn]);
    expect(textsOf(body, "StateValue")).toEqual(["INSUFFICIENT_DATA"]);
    expect(textsOf(body, "Threshold")).toEqual(["0"]);
  });

  test("an alarm on an expression reads back with its queries", async () => {
    const single = /^(MetricName|Namespace|Period|Statistic|Dimensions\..*)$/;
    const rest = Object.fromEntries(Object.entries(alarm).filter(([name]) => !single.test(name)));
    const query = {
      "Metrics.member.1.Id": "e1",
      "Metrics.member.1.Expression": "m1 / 2",
      "Metrics.member.1.ReturnData": "true",
      "Metrics.member.2.Id": "m1",
      "Metrics.member.2.MetricStat.Metric.Namespace": "AWS/Lambda",
      "Metrics.member.2.MetricStat.Metric.MetricName": "Errors",
      "Metrics.member.2.MetricStat.Period": "60",
      "Metrics.member.2.MetricStat.Stat": "Sum",
    };
    expect(await call("PutMetricAlarm", { ...rest, ...query })).toMatchObject({ status: 200 });
    const { body } = await call("DescribeAlarms");
    expect(textsOf(body, "Expression")).toEqual(["m1 / 2"]);
    expect(textsOf(body, "Stat")).toEqual(["Sum"]);
  });

  test("alarms are listed in pages and by prefix", async () => {
    for (const AlarmName of ["b", "a", "ab"]) await call("PutMetricAlarm", { ...alarm, AlarmName });
    const first = await call("DescribeAlarms", { MaxRecords: "2" });
    const [NextToken = ""] = textsOf(first.body, "NextToken");
    const second = await call("DescribeAlarms", { MaxRecords: "2", NextToken });
    const byPrefix = await call("DescribeAlarms", { AlarmNamePrefix: "a" });
    const none = await call("DescribeAlarms", { StateValue: "ALARM" });
    expect([first, second, byPrefix, none].map(({ body }) => textsOf(body, "AlarmName"))).toEqual([
      ["a", "ab"],
      ["b"],
      ["a", "ab"],
      [],
    ]);
    expect(textsOf(second.body, "NextToken")).toEqual([]);
  });

  test("the tags of an alarm are those of its creation, as tagging changed them", async () => {
    await call("PutMetricAlarm", alarm);
    await call("PutMetricAlarm", { ...alarm, "Tags.member.1.Value": "ignored by AWS too" });
    const added = { "Tags.member.1.Key": "stage", "Tags.member.1.Value": "test" };
    await call("TagResource", { ResourceARN: arn, ...added });
    expect(
      textsOf((await call("ListTagsForResource", { ResourceARN: arn })).body, "Value"),
    ).toEqual(["x", "test"]);
    await call("UntagResource", { ResourceARN: arn, "TagKeys.member.1": "project" });
    expect(textsOf((await call("ListTagsForResource", { ResourceARN: arn })).body, "Key")).toEqual([
      "stage",
    ]);
  });

  test("DeleteAlarms deletes the alarms that exist, and ignores the others", async () => {
    await call("PutMetricAlarm", alarm);
    const names = { "AlarmNames.member.1": "missing", "AlarmNames.member.2": "errors" };
    for (const _time of ["first", "again"])
      expect(await call("DeleteAlarms", names)).toMatchObject({ status: 200 });
    expect(textsOf((await call("DescribeAlarms")).body, "AlarmName")).toEqual([]);
  });

  const { Statistic: _, ...withoutStatistic } = alarm;
  test.each([
    [
      { ...alarm, Period: "90" },
      "ValidationError",
      "Period must be 10, 20, 30 or a multiple of 60",
    ],
    [
      { ...alarm, EvaluationPeriods: "289" },
      "ValidationError",
      "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400) for alarms using period &lt; 3600",
    ],
    [
      { ...alarm, Period: "86400", EvaluationPeriods: "8" },
      "ValidationError",
      "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be &lt;= 604800) for alarms using period >= 3600",
    ],
    [
      withoutStatistic,
      "ValidationError",
      "PutMetricAlarm request should have a Statistic parameter",
    ],
    [
      { ...alarm, EvaluateLowSampleCountPercentile: "ignore" },
      "ValidationError",
      "Option evaluateLowSampleCountPercentile can not be applied with statistic Sum. This option is enabled only for percentile statistics.",
    ],
  ])("an alarm like %o is refused", async (input, code, message) => {
    expect(await refusal("PutMetricAlarm", input)).toEqual([
      400,
      code,
      message.replace("be <=", "be &lt;="),
    ]);
  });

  test.each([
    [{ Threshold: "much" }, 400],
    [{ Statistic: "Median" }, 400],
    [{ Unit: "Widgets" }, 400],
    [{ Colour: "red" }, 501],
  ])("an alarm with %o is refused with %i", async (change, status) => {
    expect(await call("PutMetricAlarm", { ...alarm, ...change })).toMatchObject({ status });
  });

  test.each(["p99", "p99.9", "tm90", "TM(10%:90%)", "PR(0:100)", "IQM"])(
    "%s is an extended statistic",
    async (ExtendedStatistic) => {
      const input = { ...withoutStatistic, ExtendedStatistic };
      expect(await call("PutMetricAlarm", input)).toMatchObject({ status: 200 });
    },
  );

  test("metrics are not implemented", async () => {
    expect(await call("PutMetricData")).toMatchObject({ status: 501 });
  });
});

describe("dashboards", () => {
  const DashboardBody = '{"widgets":[{"type":"text","properties":{"markdown":"x"}}]}';

  test("a dashboard reads back with its body", async () => {
    await call("PutDashboard", { DashboardName: "main", DashboardBody });
    const { body } = await call("GetDashboard", { DashboardName: "main" });
    expect(textsOf(body, "DashboardBody")).toEqual([DashboardBody.replaceAll('"', "&quot;")]);
    expect(textsOf(body, "DashboardArn")).toEqual([
      "arn:aws:cloudwatch::000000000000:dashboard/main",
    ]);
  });

  test("every region changes and deletes the same dashboard", async () => {
    await call("PutDashboard", { DashboardName: "main", DashboardBody: '{"widgets":[]}' });
    const elsewhere = { region: "eu-west-1" };
    await call("PutDashboard", { DashboardName: "main", DashboardBody }, elsewhere);
    const { body } = await call("GetDashboard", { DashboardName: "main" });
    expect(textsOf(body, "DashboardBody")).toEqual([DashboardBody.replaceAll('"', "&quot;")]);
    expect(textsOf((await call("ListDashboards")).body, "DashboardName")).toEqual(["main"]);
    await call("DeleteDashboards", { "DashboardNames.member.1": "main" }, elsewhere);
    expect(await refusal("GetDashboard", { DashboardName: "main" })).toEqual([
      404,
      "ResourceNotFound",
      "Dashboard main does not exist",
    ]);
  });

  test("a page of dashboards continues at its token", async () => {
    const dashboards = Object.fromEntries(
      Array.from({ length: 1001 }, (_, index) => {
        const DashboardName = `d${String(index).padStart(4, "0")}`;
        const LastModified = "2026-01-01T00:00:00.000Z";
        return [DashboardName, { DashboardName, DashboardArn: "", DashboardBody, LastModified }];
      }),
    );
    regionOf(state, "us-east-1").cloudwatch.dashboards = dashboards;
    const [NextToken = ""] = textsOf((await call("ListDashboards")).body, "NextToken");
    const { body } = await call("ListDashboards", { NextToken });
    expect(textsOf(body, "DashboardName")).toEqual(["d1000"]);
  });

  test("the size of a dashboard counts its tags", async () => {
    const size = async () => textsOf((await call("ListDashboards")).body, "Size");
    const ResourceARN = "arn:aws:cloudwatch::000000000000:dashboard/main";
    await call("PutDashboard", { DashboardName: "main", DashboardBody: '{"widgets":[]}' });
    expect(await size()).toEqual(["51"]);
    const tag = { "Tags.member.1.Key": "owned", "Tags.member.1.Value": "size-control" };
    await call("TagResource", { ResourceARN, ...tag });
    expect(await size()).toEqual(["232"]);
    const { body } = await call("ListTagsForResource", { ResourceARN });
    expect(textsOf(body, "Value")).toEqual(["size-control"]);
    await call("UntagResource", { ResourceARN, "TagKeys.member.1": "owned" });
    expect(await size()).toEqual(["200"]);
  });

  const tooDeep = `{"widgets":[],"x":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
  test.each([
    ["is cut off", "{"],
    ["is a list", "[]"],
    ["is a text", '"text"'],
    ["is nested too deeply", tooDeep],
  ])("a body that %s is refused", async (_name, text) => {
    const input = { DashboardName: "main", DashboardBody: text };
    expect(await refusal("PutDashboard", input)).toEqual([
      400,
      "InvalidParameterInput",
      "The field DashboardBody must be a valid JSON object",
    ]);
  });

  test("the fault of a body is in the response as JSON", async () => {
    const input = { DashboardName: "main", DashboardBody: '{"widgets":null}' };
    expect(await refusal("PutDashboard", input)).toEqual([
      400,
      "InvalidParameterInput",
      `The dashboard body is invalid, there are 1 validation errors:
[
  {
    "dataPath": "/widgets",
    "message": "Should be array"
  }
]`,
    ]);
  });
});
