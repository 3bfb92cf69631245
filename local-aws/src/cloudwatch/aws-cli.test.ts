/** @module-tag extended */
import { expect, test } from "vitest";
import { aws, awsCliVersion } from "../protocols/testing-aws-cli.ts";
import { serve } from "../server/testing.ts";
import { permissiveIam } from "../iam/testing.ts";
import { createManualClock } from "../manual-clock.ts";
import { emptyState } from "../state.ts";
import { createCloudWatch } from "./index.ts";

test.skipIf(awsCliVersion === undefined)(
  "the AWS CLI reads an alarm that it created",
  { timeout: 30_000 },
  async () => {
    const options = { state: emptyState(), clock: createManualClock(), iam: permissiveIam };
    await using served = await serve(createCloudWatch(options).service);
    const alarm = {
      AlarmName: "errors",
      ActionsEnabled: true,
      MetricName: "Errors",
      Namespace: "AWS/Lambda",
      Statistic: "Sum",
      Dimensions: [{ Name: "FunctionName", Value: "processor" }],
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 0.5,
      ComparisonOperator: "GreaterThanThreshold",
    };
    const input = ["--cli-input-json", JSON.stringify(alarm)];
    await aws(served.endpoint, "cloudwatch", "put-metric-alarm", ...input);
    const output = await aws(served.endpoint, "cloudwatch", "describe-alarms");
    expect(JSON.parse(output)).toMatchObject({
      MetricAlarms: [{ ...alarm, StateValue: "INSUFFICIENT_DATA" }],
    });
    const dashboard = ["cloudwatch", "get-dashboard", "--dashboard-name", "main"];
    await expect(aws(served.endpoint, ...dashboard)).rejects.toThrow(
      "(ResourceNotFound) when calling the GetDashboard operation: Dashboard main does not exist",
    );
  },
);
