import type { PutMetricAlarmInput, Tag } from "@aws-sdk/client-cloudwatch";
import { expect } from "vitest";
import { type Account, type Refusal, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { captured, documented, reported } from "./sources.ts";

/** An alarm on a metric. */
const alarmOf = (more: Partial<PutMetricAlarmInput> = {}): PutMetricAlarmInput => ({
  AlarmName: uniqueName(),
  Namespace: "N",
  MetricName: "M",
  Statistic: "Average",
  Period: 60,
  EvaluationPeriods: 3,
  Threshold: 10,
  ComparisonOperator: "GreaterThanThreshold",
  ...more,
});

/** An alarm on an expression. */
const mathAlarm = (): PutMetricAlarmInput => ({
  AlarmName: uniqueName(),
  EvaluationPeriods: 1,
  Threshold: 10,
  ComparisonOperator: "GreaterThanThreshold",
  Metrics: [
    {
      Id: "m1",
      MetricStat: { Metric: { Namespace: "N", MetricName: "M" }, Period: 60, Stat: "Average" },
      ReturnData: false,
    },
    { Id: "e1", Expression: "m1*2", ReturnData: true },
  ],
});

const tagsOf = (values: Record<string, string>): Tag[] =>
  Object.entries(values).map(([Key, Value]) => ({ Key, Value }));

async function arnOf({ cloudwatch: client }: Account, name: string): Promise<string> {
  const { MetricAlarms: [alarm] = [] } = await client.describeAlarms({ AlarmNames: [name] });
  return alarm?.AlarmArn ?? "";
}

/** Alarms that AWS refuses, with its error. */
const refused: Record<
  string,
  {
    alarm: PutMetricAlarmInput;
    message: string;
    name?: string;
    status?: number;
    basis?: "documentation" | "report";
    source?: string;
  }
> = {
  "with MetricName and Metrics": {
    alarm: { ...alarmOf(), ...mathAlarm() },
    message: "MetricName should not be set if list of Metrics is set.",
  },
  "with Statistic and ExtendedStatistic": {
    alarm: alarmOf({ ExtendedStatistic: "p90" }),
    message:
      "PutMetricAlarm request can not be made with both Statistic and ExtendedStatistic parameters. Only one of them should be present",
  },
  "with an unknown percentile": {
    alarm: alarmOf({ Statistic: undefined, ExtendedStatistic: "p101" }),
    name: "InvalidParameterValueException",
    message: "The value p101 for parameter ExtendedStatistic is not supported.",
  },
  "with an action that is not an ARN, even if actions are disabled": {
    alarm: alarmOf({ AlarmActions: ["not-an-arn"], ActionsEnabled: false }),
    message: "Invalid arn syntax: not-an-arn",
  },
  "with 51 tags": {
    alarm: alarmOf({
      Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "v" })),
    }),
    message: "The resultant tag set must not have more than 50 user tags.",
  },
  "with a reserved tag": {
    alarm: alarmOf({ Tags: tagsOf({ "aWs:reserved": "v" }) }),
    name: "AccessDenied",
    status: 403,
    message: 'The provided tag keys must not start with any case of "aws:"',
  },
  "that evaluates more than a week": {
    alarm: alarmOf({ Period: 86_400, EvaluationPeriods: 8 }),
    message:
      "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= 604800) for alarms using period >= 3600",
    basis: "report",
    source: reported.alarmRules,
  },
  "that evaluates more than a day of short periods": {
    alarm: alarmOf({ Period: 300, EvaluationPeriods: 289 }),
    message:
      "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400) for alarms using period < 3600",
    basis: "report",
    source: reported.alarmRules,
  },
  "with a period that is not a multiple of 60": {
    alarm: alarmOf({ Period: 90 }),
    message: "Period must be 10, 20, 30 or a multiple of 60",
    basis: "report",
    source: reported.alarmRules,
  },
  "with EvaluateLowSampleCountPercentile and no percentile": {
    alarm: alarmOf({ EvaluateLowSampleCountPercentile: "ignore" }),
    message:
      "Option evaluateLowSampleCountPercentile can not be applied with statistic Average. This option is enabled only for percentile statistics.",
    basis: "report",
    source: reported.alarmRules,
  },
  "with Dimensions and Metrics": {
    alarm: { ...mathAlarm(), Dimensions: [{ Name: "a", Value: "b" }] },
    message: "Dimensions should not be set if list of Metrics is set.",
    basis: "documentation",
    source: documented.putMetricAlarm,
  },
};

async function expectRefused(
  { cloudwatch: client }: Account,
  alarm: PutMetricAlarmInput,
  refusal: Partial<Refusal>,
) {
  expect(await refusalOf(client.putMetricAlarm(alarm))).toMatchObject(refusal);
  const AlarmNames = [alarm.AlarmName ?? ""];
  expect((await client.describeAlarms({ AlarmNames })).MetricAlarms).toEqual([]);
}

/** Alarms. */
export const cloudwatch: Behavior[] = [
  {
    behavior: "DescribeAlarms returns an alarm once for a name that is given twice",
    basis: "capture",
    source: captured.alarms,
    check: async ({ account: { cloudwatch: client } }) => {
      const AlarmName = uniqueName();
      await client.putMetricAlarm(alarmOf({ AlarmName }));
      const names = [AlarmName, AlarmName, `${AlarmName}-missing`];
      const { MetricAlarms = [] } = await client.describeAlarms({ AlarmNames: names });
      expect(MetricAlarms.map((alarm) => alarm.AlarmName)).toEqual([AlarmName]);
    },
  },
  ...Object.entries(refused).map(
    ([title, { alarm, message, name, status = 400, basis, source }]): Behavior => ({
      behavior: `an alarm ${title} is refused, and nothing of it applies`,
      basis: basis ?? "capture",
      source: source ?? captured.alarms,
      check: ({ account }) =>
        expectRefused(account, alarm, { message, status, ...(name !== undefined && { name }) }),
    }),
  ),
  {
    behavior: "DescribeAlarms returns the time of the last transition, and a list of log alarms",
    basis: "capture",
    source: captured.alarms,
    check: async ({ account: { cloudwatch: client } }) => {
      const alarm = alarmOf();
      await client.putMetricAlarm(alarm);
      const described = await client.describeAlarms({ AlarmNames: [alarm.AlarmName ?? ""] });
      expect(described).toMatchObject({ CompositeAlarms: [], LogAlarms: [] });
      expect(described.MetricAlarms).toMatchObject([
        {
          StateValue: "INSUFFICIENT_DATA",
          StateReason: "Unchecked: Initial alarm creation",
          StateTransitionedTimestamp: expect.any(Date),
        },
      ]);
    },
  },
  {
    behavior: "a metric in an expression has a list of dimensions, and so has its alarm",
    basis: "capture",
    source: captured.alarms,
    check: async ({ account: { cloudwatch: client } }) => {
      const alarm = mathAlarm();
      await client.putMetricAlarm(alarm);
      const { MetricAlarms: [described] = [] } = await client.describeAlarms({
        AlarmNames: [alarm.AlarmName ?? ""],
      });
      expect(described?.Dimensions).toEqual([]);
      expect(described?.Metrics?.[0]?.MetricStat?.Metric?.Dimensions).toEqual([]);
    },
  },
  {
    behavior: "DeleteAlarms deletes the alarms that exist and ignores missing ones, also again",
    basis: "capture",
    source: captured.alarms,
    check: async ({ account: { cloudwatch: client } }) => {
      const alarm = alarmOf();
      await client.putMetricAlarm(alarm);
      const AlarmNames = [alarm.AlarmName ?? "", uniqueName("missing")];
      await client.deleteAlarms({ AlarmNames });
      expect((await client.describeAlarms({ AlarmNames })).MetricAlarms).toEqual([]);
      await client.deleteAlarms({ AlarmNames });
    },
  },
  {
    behavior:
      "PutMetricAlarm does not change the tags of an alarm; TagResource does, the last wins",
    basis: "capture",
    source: captured.alarms,
    check: async ({ account }) => {
      const { cloudwatch: client } = account;
      const alarm = alarmOf({ Tags: tagsOf({ create: "original", keep: "yes" }) });
      await client.putMetricAlarm(alarm);
      await client.putMetricAlarm({ ...alarm, Tags: tagsOf({ create: "ignored", new: "x" }) });
      const ResourceARN = await arnOf(account, alarm.AlarmName ?? "");
      const tags = async () => (await client.listTagsForResource({ ResourceARN })).Tags;
      expect(await tags()).toEqual(tagsOf({ create: "original", keep: "yes" }));
      const twice = [...tagsOf({ dup: "first" }), ...tagsOf({ dup: "second" })];
      await client.tagResource({ ResourceARN, Tags: twice });
      expect(await tags()).toEqual(tagsOf({ create: "original", keep: "yes", dup: "second" }));
      await client.untagResource({ ResourceARN, TagKeys: ["dup", "never-present"] });
      expect(await tags()).toEqual(tagsOf({ create: "original", keep: "yes" }));
    },
  },
  {
    behavior: "TagResource with a reserved key is refused, and adds none of the tags",
    basis: "capture",
    source: captured.alarms,
    check: async ({ account }) => {
      const { cloudwatch: client } = account;
      const alarm = alarmOf();
      await client.putMetricAlarm(alarm);
      const ResourceARN = await arnOf(account, alarm.AlarmName ?? "");
      const Tags = tagsOf({ valid: "v", "aws:reserved": "v" });
      expect(await refusalOf(client.tagResource({ ResourceARN, Tags }))).toMatchObject({
        name: "AccessDenied",
        message: 'The provided tag keys must not start with any case of "aws:"',
        status: 403,
      });
      expect((await client.listTagsForResource({ ResourceARN })).Tags).toEqual([]);
    },
  },
];
