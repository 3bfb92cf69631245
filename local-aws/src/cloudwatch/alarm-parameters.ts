import * as v from "valibot";
import { Tags } from "./tag-rules.ts";

const text = (maximum: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(maximum));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const Actions = v.optional(v.pipe(v.array(text(1024)), v.maxLength(5)), []);
const Namespace = v.pipe(text(255), v.regex(/^[^:].*$/));
const Dimensions = v.pipe(
  v.array(v.strictObject({ Name: text(255), Value: text(1024) })),
  v.maxLength(30),
);

const Unit = v.picklist([
  "Seconds",
  "Microseconds",
  "Milliseconds",
  "Bytes",
  "Kilobytes",
  "Megabytes",
  "Gigabytes",
  "Terabytes",
  "Bits",
  "Kilobits",
  "Megabits",
  "Gigabits",
  "Terabits",
  "Percent",
  "Count",
  "Bytes/Second",
  "Kilobytes/Second",
  "Megabytes/Second",
  "Gigabytes/Second",
  "Terabytes/Second",
  "Bits/Second",
  "Kilobits/Second",
  "Megabits/Second",
  "Gigabits/Second",
  "Terabits/Second",
  "Count/Second",
  "None",
]);

const MetricDataQuery = v.strictObject({
  Id: text(255),
  Expression: v.exactOptional(text(2048)),
  Label: v.exactOptional(v.string()),
  ReturnData: v.exactOptional(v.boolean()),
  Period: v.exactOptional(count),
  MetricStat: v.exactOptional(
    v.strictObject({
      Metric: v.strictObject({
        Namespace,
        MetricName: text(255),
        Dimensions: v.optional(Dimensions, []),
      }),
      Period: count,
      Stat: v.string(),
      Unit: v.exactOptional(Unit),
    }),
  ),
});

/**
 * The parameters of PutMetricAlarm.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export const AlarmParameters = v.strictObject({
  AlarmName: text(255),
  AlarmDescription: v.exactOptional(v.pipe(v.string(), v.maxLength(1024))),
  ActionsEnabled: v.optional(v.boolean(), true),
  OKActions: Actions,
  AlarmActions: Actions,
  InsufficientDataActions: Actions,
  MetricName: v.exactOptional(text(255)),
  Namespace: v.exactOptional(Namespace),
  Statistic: v.exactOptional(v.picklist(["SampleCount", "Average", "Sum", "Minimum", "Maximum"])),
  ExtendedStatistic: v.exactOptional(v.string()),
  Dimensions: v.optional(Dimensions, []),
  /** In seconds. */
  Period: v.exactOptional(count),
  Unit: v.exactOptional(Unit),
  EvaluationPeriods: count,
  DatapointsToAlarm: v.exactOptional(count),
  Threshold: v.exactOptional(v.pipe(v.number(), v.finite())),
  ThresholdMetricId: v.exactOptional(text(255)),
  ComparisonOperator: v.picklist([
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
  ]),
  TreatMissingData: v.exactOptional(v.picklist(["breaching", "notBreaching", "ignore", "missing"])),
  EvaluateLowSampleCountPercentile: v.exactOptional(v.picklist(["evaluate", "ignore"])),
  Metrics: v.exactOptional(v.array(MetricDataQuery)),
  Tags: v.optional(Tags, []),
});

export type AlarmParameters = v.InferOutput<typeof AlarmParameters>;
