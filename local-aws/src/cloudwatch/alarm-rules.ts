import { AwsError } from "../protocols/aws-error.ts";
import type { AlarmParameters } from "./alarm-parameters.ts";
import { STATISTIC } from "./statistics.ts";

type Parameters = Omit<AlarmParameters, "AlarmName" | "Tags">;

/**
 * Checks the rules that are not in the schema of the parameters.
 * @throws {AwsError} 400, with the message of AWS if it is known.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/cloudwatch/alarm_controls.json
 */
export function checkAlarm(parameters: Parameters): void {
  const { Metrics = [], AlarmActions, OKActions, InsufficientDataActions } = parameters;
  if (Metrics.length > 0) checkMetrics(Metrics, parameters);
  else checkMetric(parameters);
  for (const action of [...OKActions, ...AlarmActions, ...InsufficientDataActions])
    if (!ARN.test(action)) throw invalid(`Invalid arn syntax: ${action}`);
}

const ARN = /^arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:\S+$/;

/** The parameters of an alarm on one metric. */
const SINGLE = [
  "MetricName",
  "Namespace",
  "Statistic",
  "ExtendedStatistic",
  "Period",
  "Unit",
] as const;

/**
 * Checks an alarm on an expression or on metrics of other accounts, which cannot have the parameters of a
 * single metric.
 */
function checkMetrics(metrics: NonNullable<Parameters["Metrics"]>, parameters: Parameters): void {
  const single = SINGLE.find((name) => parameters[name] !== undefined);
  const given = single ?? (parameters.Dimensions.length > 0 ? "Dimensions" : undefined);
  if (given !== undefined) throw invalid(`${given} should not be set if list of Metrics is set.`);
  for (const { MetricStat, Period = MetricStat?.Period } of metrics) {
    if (MetricStat !== undefined) checkStatistic("Stat", MetricStat.Stat);
    if (Period !== undefined) checkPeriod(Period, parameters.EvaluationPeriods);
  }
}

function checkMetric(parameters: Parameters): void {
  const { MetricName, Namespace, Period, Statistic, ExtendedStatistic } = parameters;
  if (Statistic !== undefined && ExtendedStatistic !== undefined)
    throw invalid(
      "PutMetricAlarm request can not be made with both Statistic and ExtendedStatistic parameters. Only one of them should be present",
    );
  const statistic = Statistic ?? ExtendedStatistic;
  // Our choice, because there is no source: the message for a missing parameter.
  const missing = Object.entries({ MetricName, Namespace, Statistic: statistic, Period }).find(
    ([, value]) => value === undefined,
  );
  if (missing !== undefined || statistic === undefined || Period === undefined)
    throw invalid(`PutMetricAlarm request should have a ${missing?.[0]} parameter`);
  checkStatistic("ExtendedStatistic", statistic);
  if (parameters.EvaluateLowSampleCountPercentile !== undefined && !statistic.startsWith("p"))
    throw invalid(
      `Option evaluateLowSampleCountPercentile can not be applied with statistic ${statistic}. This option is enabled only for percentile statistics.`,
    );
  checkPeriod(Period, parameters.EvaluationPeriods);
}

function checkStatistic(parameter: string, statistic: string): void {
  if (STATISTIC.test(statistic)) return;
  const message = `The value ${statistic} for parameter ${parameter} is not supported.`;
  throw new AwsError(400, "InvalidParameterValueException", message);
}

const DAY = 86_400;

/** @param period seconds. */
function checkPeriod(period: number, evaluationPeriods: number): void {
  if (![10, 20, 30].includes(period) && period % 60 !== 0)
    throw invalid("Period must be 10, 20, 30 or a multiple of 60");
  const isShort = period < 3600;
  const limit = isShort ? DAY : 7 * DAY;
  const [span, periods] = isShort ? ["day", "< 3600"] : ["week", ">= 3600"];
  if (period * evaluationPeriods <= limit) return;
  throw invalid(
    `Metrics cannot be checked across more than a ${span} (EvaluationPeriods * Period must be <= ${limit}) for alarms using period ${periods}`,
  );
}

const invalid = (message: string) => new AwsError(400, "ValidationException", message);
