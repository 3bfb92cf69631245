import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { only } from "../protocols/only.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { regionOf, type State } from "../state.ts";
import { parseFilterPattern } from "./patterns/filter-pattern.ts";
import { PatternText } from "./patterns/pattern-schema.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { invalidParameter } from "./log-errors.ts";
import { findGroup, streamArn } from "./log-groups.ts";
import { pageOf } from "./pages.ts";
import type { MetricFilter, MetricTransformation } from "./state.ts";

const Transformation = v.strictObject({
  metricName: v.string(),
  metricNamespace: v.string(),
  metricValue: v.string(),
  defaultValue: v.exactOptional(v.number()),
  unit: v.exactOptional(v.string()),
  dimensions: v.exactOptional(v.record(v.string(), v.string())),
});

/**
 * Metric filters are stored and read back; nothing counts with them.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
 */
export function metricFilterOperations({
  state,
  clock,
}: {
  state: State;
  clock: Clock;
}): Record<string, Operation> {
  const resource = (input: { logGroupName?: string | undefined }, { region }: { region: string }) =>
    streamArn(state, region, input.logGroupName ?? "");

  return {
    PutMetricFilter: defineOperation({
      input: v.strictObject({
        logGroupName: v.string(),
        filterName: v.pipe(v.string(), v.regex(/^[^:*]{1,512}$/)),
        filterPattern: PatternText,
        metricTransformations: v.pipe(v.array(Transformation), v.length(1)),
        // The default, which newer clients write out.
        applyOnTransformedLogs: v.optional(only("applyOnTransformedLogs", false)),
      }),
      resource,
      handle({ logGroupName, filterName, filterPattern, metricTransformations }, { region }) {
        const { metricFilters } = findGroup(state, region, logGroupName);
        parseFilterPattern(filterPattern);
        metricTransformations.forEach(checkTransformation);
        const creationTime = clock.now();
        metricFilters[filterName] = {
          filterName,
          filterPattern,
          logGroupName,
          creationTime,
          metricTransformations,
        };
      },
    }),
    DescribeMetricFilters: describeMetricFilters(state, resource),
    DeleteMetricFilter: defineOperation({
      input: v.strictObject({ logGroupName: v.string(), filterName: v.string() }),
      resource,
      handle({ logGroupName, filterName }, { region }) {
        const { metricFilters } = findGroup(state, region, logGroupName);
        if (!Object.hasOwn(metricFilters, filterName)) throw noSuchFilter();
        delete metricFilters[filterName];
      },
    }),
  };
}

const describeMetricFilters = (
  state: State,
  resource: (input: { logGroupName?: string | undefined }, context: { region: string }) => string,
) =>
  defineOperation({
    input: v.strictObject({
      logGroupName: v.optional(v.string()),
      filterNamePrefix: v.optional(v.string(), ""),
      metricName: v.optional(v.string()),
      metricNamespace: v.optional(v.string()),
      limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50))),
      nextToken: v.optional(v.string()),
    }),
    resource,
    handle(input, { region }) {
      const { logGroupName, filterNamePrefix, metricName, metricNamespace, ...paging } = input;
      const groups =
        logGroupName === undefined
          ? Object.values(regionOf(state, region).logs.groups)
          : [findGroup(state, region, logGroupName)];
      const filters = groups
        .flatMap((group) => Object.values(group.metricFilters))
        .filter((filter) => filter.filterName.startsWith(filterNamePrefix))
        .filter(({ metricTransformations: [metric] }) => {
          const sameName = metricName === undefined || metric?.metricName === metricName;
          const anySpace = metricNamespace === undefined;
          return sameName && (anySpace || metric?.metricNamespace === metricNamespace);
        })
        .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
      const { items, ...rest } = pageOf(filters, nameOf, paging);
      return { metricFilters: items, ...rest };
    },
  });

/** Unique, for a group's name holds no colon. */
const nameOf = (filter: MetricFilter) => `${filter.filterName}:${filter.logGroupName}`;

function checkTransformation({ metricValue, defaultValue, dimensions }: MetricTransformation) {
  if (!/^(-?\d+(\.\d+)?|\$\S+)$/.test(metricValue))
    throw invalidParameter(`Invalid metric transformation: ${metricValue} is not a metric value`);
  if (dimensions !== undefined && defaultValue !== undefined) {
    const message =
      "Invalid metric transformation: dimensions and default value are mutually exclusive properties.";
    throw invalidParameter(message);
  }
}

const noSuchFilter = () =>
  new AwsError(400, "ResourceNotFoundException", "The specified metric filter does not exist.");
