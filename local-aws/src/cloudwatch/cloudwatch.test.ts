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
  const response = await service(awsRequest({ body: Buffer.from(form.toString()), ...request }));
  return { status: response.status, body: String(response.body) };
}

/** Calls an operation that fails. Returns the code and the message of its error. */
async function refusal(Action: string, parameters: Record<string, string>) {
  const { status, body } = await call(Action, parameters);
  const [[code], [message = ""]] = [textsOf(body, "Code"), textsOf(body, "Message")];
  return [status, code, message.replaceAll("&quot;", '"').replaceAll("&gt;", ">")];
}

const textsOf = (body: string, tag: string) =>
  Array.from(body.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, "gs")), ([, text]) => text);

/** An alarm as the Terraform provider sends it. */
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

  test("an alarm is returned as it was created, without data", async () => {
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

  test("an alarm on an expression is returned with its queries", async () => {
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

  const { Statistic: _, ...withoutStatistic } = alarm;
  test.each([
    [{ Threshold: "much" }, 400],
    [{ Statistic: "Median" }, 400],
    [{ Unit: "Widgets" }, 400],
    [{ Color: "red" }, 501],
  ])("an alarm with %o is refused with %i", async (change, status) => {
    expect(await call("PutMetricAlarm", { ...alarm, ...change })).toMatchObject({ status });
  });

  test("the error names a missing parameter", async () => {
    expect(await refusal("PutMetricAlarm", withoutStatistic)).toEqual([
      400,
      "ValidationError",
      "PutMetricAlarm request should have a Statistic parameter",
    ]);
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

  test("a dashboard is returned with its body", async () => {
    await call("PutDashboard", { DashboardName: "main", DashboardBody });
    const { body } = await call("GetDashboard", { DashboardName: "main" });
    expect(textsOf(body, "DashboardBody")).toEqual([DashboardBody.replaceAll('"', "&quot;")]);
    expect(textsOf(body, "DashboardArn")).toEqual([
      "arn:aws:cloudwatch::000000000000:dashboard/main",
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
});
