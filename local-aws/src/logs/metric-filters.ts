import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { only } from "../protocols/only.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { regionOf, type State } from "../state.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { invalidParameter } from "./log-errors.ts";
import { findGroup, streamArn } from "./log-groups.ts";
import {
  checkTransformation,
  MetricName,
  MetricNamespace,
  Transformation,
} from "./metric-transformation.ts";
import { FilterName, GroupName } from "./names.ts";
import { pageOf, pageParameters } from "./pages.ts";
import { hasExpression, parseFilterPattern } from "./patterns/filter-pattern.ts";
import { PatternText } from "./patterns/pattern-schema.ts";
import type { MetricFilter } from "./state.ts";

/**
 * Metric filters are stored and returned. They do not write metrics.
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
        logGroupName: GroupName,
        filterName: FilterName,
        filterPattern: PatternText,
        metricTransformations: v.pipe(v.array(Transformation), v.minLength(1), v.maxLength(1)),
        // The default, which newer clients write out.
        applyOnTransformedLogs: v.optional(only("applyOnTransformedLogs", false)),
      }),
      resource,
      handle({ logGroupName, filterName, filterPattern, metricTransformations }, { region }) {
        const { metricFilters } = findGroup(state, region, logGroupName);
        parseFilterPattern(filterPattern);
        metricTransformations.forEach(checkTransformation);
        const replaced = Object.hasOwn(metricFilters, filterName)
          ? metricFilters[filterName]
          : undefined;
        const others = Object.values(metricFilters).filter((filter) => filter !== replaced);
        checkLimits([...others.map((filter) => filter.filterPattern), filterPattern]);
        const creationTime = replaced?.creationTime ?? clock.now();
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
      input: v.strictObject({ logGroupName: GroupName, filterName: FilterName }),
      resource,
      handle({ logGroupName, filterName }, { region }) {
        const { metricFilters } = findGroup(state, region, logGroupName);
        if (!Object.hasOwn(metricFilters, filterName)) throw noSuchFilter();
        delete metricFilters[filterName];
      },
    }),
    TestMetricFilter: testMetricFilter,
  };
}

const describeMetricFilters = (
  state: State,
  resource: (input: { logGroupName?: string | undefined }, context: { region: string }) => string,
) =>
  defineOperation({
    input: v.strictObject({
      logGroupName: v.optional(GroupName),
      filterNamePrefix: v.optional(FilterName),
      metricName: v.optional(MetricName),
      metricNamespace: v.optional(MetricNamespace),
      ...pageParameters,
    }),
    resource,
    handle(input, { region }) {
      const { logGroupName, filterNamePrefix, metricName, metricNamespace, ...paging } = input;
      const hasMetric = metricName !== undefined;
      if (
        hasMetric !== (metricNamespace !== undefined) ||
        (hasMetric && logGroupName !== undefined)
      )
        throw invalidParameter(
          "Describe Metric Filters request must contain either logGroupName or metricName and metricNamespace",
        );
      const groups =
        logGroupName === undefined
          ? Object.values(regionOf(state, region).logs.groups)
          : [findGroup(state, region, logGroupName)];
      const filters = groups
        .flatMap((group) => Object.values(group.metricFilters))
        .filter((filter) => filter.filterName.startsWith(filterNamePrefix ?? ""))
        .filter(
          ({ metricTransformations: [metric] }) =>
            !hasMetric ||
            (metric?.metricName === metricName && metric?.metricNamespace === metricNamespace),
        )
        .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
      const { items, ...rest } = pageOf(filters, nameOf, paging, invalidToken);
      const metricFilters = items.map((item) => ({ ...item, applyOnTransformedLogs: false }));
      return { metricFilters, ...rest };
    },
  });

/** Unique, because the name of a group has no colon. */
const nameOf = (filter: MetricFilter) => `${filter.filterName}:${filter.logGroupName}`;

const invalidToken =
  "Pagination token in request is invalid. Only token from previous list call or null is valid.";

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html */
const testMetricFilter = defineOperation({
  input: v.strictObject({
    filterPattern: PatternText,
    logEventMessages: v.pipe(
      v.array(v.pipe(v.string(), v.minLength(1))),
      v.minLength(1),
      v.maxLength(50),
    ),
  }),
  handle({ filterPattern, logEventMessages }) {
    const extract = parseFilterPattern(filterPattern);
    const matches = logEventMessages.flatMap((eventMessage, index) => {
      const extractedValues = extract(eventMessage);
      // As recorded, the first event has the number 1, where the examples of the API have 0.
      const eventNumber = index + 1;
      return extractedValues === undefined ? [] : [{ eventNumber, eventMessage, extractedValues }];
    });
    return { matches };
  },
});

const MAX_FILTERS = 100;
const MAX_FILTERS_WITH_EXPRESSIONS = 5;

/**
 * @param patterns of all metric filters of a log group.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
function checkLimits(patterns: readonly string[]): void {
  const { length } = patterns.filter(hasExpression);
  if (patterns.length > MAX_FILTERS || length > MAX_FILTERS_WITH_EXPRESSIONS)
    throw new AwsError(400, "LimitExceededException", "Resource limit exceeded.");
}

const noSuchFilter = () =>
  new AwsError(400, "ResourceNotFoundException", "The specified metric filter does not exist.");
