import * as v from "valibot";

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const Actions = v.optional(v.array(v.string()), []);
const Dimensions = v.array(v.strictObject({ Name: v.string(), Value: v.string() }));
/** Seconds. */
const Period = v.pipe(
  count,
  v.check(
    (seconds) => [10, 20, 30].includes(seconds) || seconds % 60 === 0,
    "The period is neither 10, 20, 30 nor a multiple of 60",
  ),
);

export const Tags = v.array(v.strictObject({ Key: v.string(), Value: v.string() }));

const MetricDataQuery = v.strictObject({
  Id: v.string(),
  Expression: v.exactOptional(v.string()),
  Label: v.exactOptional(v.string()),
  ReturnData: v.exactOptional(v.boolean()),
  Period: v.exactOptional(Period),
  MetricStat: v.exactOptional(
    v.strictObject({
      Metric: v.strictObject({
        Namespace: v.string(),
        MetricName: v.string(),
        Dimensions: v.exactOptional(Dimensions),
      }),
      Period,
      Stat: v.string(),
      Unit: v.exactOptional(v.string()),
    }),
  ),
});

/**
 * The parameters of PutMetricAlarm.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export const AlarmParameters = v.strictObject({
  AlarmName: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  AlarmDescription: v.exactOptional(v.pipe(v.string(), v.maxLength(1024))),
  ActionsEnabled: v.optional(v.boolean(), true),
  OKActions: Actions,
  AlarmActions: Actions,
  InsufficientDataActions: Actions,
  MetricName: v.exactOptional(v.string()),
  Namespace: v.exactOptional(v.string()),
  Statistic: v.exactOptional(v.picklist(["SampleCount", "Average", "Sum", "Minimum", "Maximum"])),
  ExtendedStatistic: v.exactOptional(v.string()),
  Dimensions: v.optional(Dimensions, []),
  Period: v.exactOptional(Period),
  Unit: v.exactOptional(v.string()),
  EvaluationPeriods: count,
  DatapointsToAlarm: v.exactOptional(count),
  Threshold: v.exactOptional(v.pipe(v.number(), v.finite())),
  ThresholdMetricId: v.exactOptional(v.string()),
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
