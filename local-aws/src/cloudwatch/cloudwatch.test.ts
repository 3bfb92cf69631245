import { beforeEach, describe, expect, test } from "vitest";
import { awsRequest } from "../protocols/testing.ts";
import { permissiveIam } from "../iam/testing.ts";
import type { Service } from "../protocols/operation.ts";
import { createManualClock } from "../manual-clock.ts";
import { emptyState, type State } from "../state.ts";
import { createCloudWatch } from "./index.ts";

let state: State;
let service: Service;

async function call(Action: string, parameters: Record<string, string> = {}) {
  const form = new URLSearchParams({ Action, Version: "2010-08-01", ...parameters });
  const answer = await service(awsRequest({ body: Buffer.from(form.toString()) }));
  return { status: answer.status, body: String(answer.body) };
}

const textsOf = (body: string, tag: string) =>
  Array.from(body.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, "g")), ([, text]) => text);

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
    const { MetricName: _1, Namespace: _2, Period: _3, Statistic: _4, ...rest } = alarm;
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

  test("a deleted alarm is gone; one unknown name deletes none", async () => {
    await call("PutMetricAlarm", alarm);
    const names = { "AlarmNames.member.1": "errors" };
    const mixed = await call("DeleteAlarms", { ...names, "AlarmNames.member.2": "missing" });
    expect([mixed.status, textsOf(mixed.body, "Code")]).toEqual([404, ["ResourceNotFound"]]);
    await call("DeleteAlarms", names);
    expect(textsOf((await call("DescribeAlarms")).body, "AlarmName")).toEqual([]);
  });

  test.each([
    [{ Period: "90" }, 400],
    [{ Threshold: "much" }, 400],
    [{ Statistic: "Median" }, 400],
    [{ ExtendedStatistic: "p99" }, 400],
    [{ "Metrics.member.1.Id": "m1" }, 400],
    [{ Colour: "red" }, 501],
  ])("an alarm with %o is refused with %i", async (change, status) => {
    expect(await call("PutMetricAlarm", { ...alarm, ...change })).toMatchObject({ status });
  });

  test("metrics are not implemented", async () => {
    expect(await call("PutMetricData")).toMatchObject({ status: 501 });
  });
});

describe("dashboards", () => {
  const DashboardBody = '{"widgets":[{"type":"text"}]}';

  test("a dashboard reads back with the text of its body", async () => {
    await call("PutDashboard", { DashboardName: "main", DashboardBody });
    const { body } = await call("GetDashboard", { DashboardName: "main" });
    expect(textsOf(body, "DashboardBody")).toEqual([DashboardBody.replaceAll('"', "&quot;")]);
    expect(textsOf(body, "DashboardArn")).toEqual([
      "arn:aws:cloudwatch::000000000000:dashboard/main",
    ]);
    const list = await call("ListDashboards", { DashboardNamePrefix: "m" });
    expect([textsOf(list.body, "DashboardName"), textsOf(list.body, "Size")]).toEqual([
      ["main"],
      ["29"],
    ]);
  });

  test("a deleted dashboard is answered with 404", async () => {
    await call("PutDashboard", { DashboardName: "main", DashboardBody });
    expect(await call("DeleteDashboards", { "DashboardNames.member.1": "main" })).toMatchObject({
      status: 200,
    });
    const { status, body } = await call("GetDashboard", { DashboardName: "main" });
    expect([status, textsOf(body, "Code")]).toEqual([404, ["ResourceNotFound"]]);
  });

  test.each(["{", "[]", '"text"'])("the body %s is refused", async (text) => {
    const input = { DashboardName: "main", DashboardBody: text };
    expect(await call("PutDashboard", input)).toMatchObject({ status: 400 });
  });
});
