import { expect } from "vitest";
import { uniqueName } from "./account.ts";
import type { Behaviour } from "./behaviour.ts";
import { captured } from "./sources.ts";

/** Alarms and dashboards. */
export const cloudwatch: Behaviour[] = [
  {
    behaviour: "DescribeAlarms returns an alarm once for a name that is given twice",
    basis: "capture",
    source: captured.alarms,
    check: async ({ account: { cloudwatch: client } }) => {
      const AlarmName = uniqueName();
      await client.putMetricAlarm({
        AlarmName,
        Namespace: "N",
        MetricName: "M",
        Statistic: "Average",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: "GreaterThanThreshold",
      });
      const names = [AlarmName, AlarmName, `${AlarmName}-missing`];
      const { MetricAlarms = [] } = await client.describeAlarms({ AlarmNames: names });
      expect(MetricAlarms.map((alarm) => alarm.AlarmName)).toEqual([AlarmName]);
    },
  },
];
