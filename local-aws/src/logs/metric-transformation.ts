import * as v from "valibot";
import { invalidParameter } from "./log-errors.ts";
import { pattern } from "./names.ts";
import { isExactSelector } from "./patterns/selector.ts";
import type { MetricTransformation } from "./state.ts";

export const MetricName = v.pipe(v.string(), v.maxLength(255), pattern("[^:*$]*"));

/**
 * AWS accepts a colon here, although its model does not:
 * https://github.com/localstack/localstack/blob/a32321c2bd0e46788c7369849dff27cdf751afce/tests/aws/services/logs/test_logs_metric_filters.py
 */
export const MetricNamespace = v.pipe(v.string(), v.maxLength(255));

/** In the order of AWS's error message. */
const units = [
  "Gigabits/Second",
  "Gigabits",
  "Percent",
  "Terabits",
  "Bits",
  "Kilobits",
  "Megabytes/Second",
  "Kilobytes",
  "Megabits/Second",
  "Terabytes",
  "Bytes",
  "Count",
  "Gigabytes",
  "Milliseconds",
  "Count/Second",
  "Gigabytes/Second",
  "None",
  "Terabytes/Second",
  "Bytes/Second",
  "Megabits",
  "Kilobytes/Second",
  "Megabytes",
  "Microseconds",
  "Kilobits/Second",
  "Terabits/Second",
  "Bits/Second",
  "Seconds",
] as const;

const dimensionText = v.pipe(v.string(), v.maxLength(255));

export const Transformation = v.strictObject({
  metricName: MetricName,
  metricNamespace: MetricNamespace,
  metricValue: v.pipe(v.string(), v.maxLength(100)),
  defaultValue: v.exactOptional(v.number()),
  unit: v.exactOptional(v.picklist(units)),
  dimensions: v.exactOptional(v.record(dimensionText, dimensionText)),
});

const MAX_DIMENSIONS = 3;

/** @throws {AwsError} 400 InvalidParameterException */
export function checkTransformation(transformation: MetricTransformation): void {
  const { metricValue, defaultValue, dimensions = {} } = transformation;
  const selectors = Object.values(dimensions);
  if (!/^-?\d+(\.\d+)?$/.test(metricValue) && !isExactSelector(metricValue))
    throw invalidTransformation(`metric value ${metricValue} must be a valid number`);
  if (selectors.length > MAX_DIMENSIONS)
    throw invalidParameter(
      "Number of dimensions exceeds the maximum number of dimensions supported per metric filter",
    );
  if (selectors.length > 0 && defaultValue !== undefined)
    throw invalidTransformation("dimensions and default value are mutually exclusive properties");
  if (!selectors.every(isExactSelector))
    throw invalidTransformation("dimension value must be valid selector");
}

const invalidTransformation = (problem: string) =>
  invalidParameter(`Invalid metric transformation: ${problem}`);
