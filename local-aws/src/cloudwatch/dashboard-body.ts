import { AwsError } from "../protocols/aws-error.ts";
import {
  bool,
  type Check,
  choice,
  type Findings,
  integer,
  isObject,
  list,
  missing,
  object,
  text,
  type ValidationMessage,
  warning,
} from "./body-schema.ts";
import { STATISTIC } from "./statistics.ts";

/**
 * Checks the body of a dashboard. Returns the body as AWS prints it, and the warnings of AWS.
 *
 * Our choice: variables and the widgets `chart`, `explorer`, `log`, `service`, `serviceMap`,
 * `serviceTable`, `timeline` and `trace` only have to be objects.
 * @throws {AwsError} 400 if the body is not valid, with the error messages of AWS.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/cloudwatch/dashboards.json
 */
export function checkDashboardBody(body: string): {
  printed: string;
  warnings: ValidationMessage[];
} {
  if (body === "")
    throw new AwsError(
      400,
      "InvalidParameterValueException",
      "The parameter DashboardBody is required.\n",
    );
  const { value, printed } = parse(body);
  const findings: Findings = { errors: [], warnings: [] };
  dashboard(value, "", findings);
  const { errors, warnings } = findings;
  if (errors.length === 0) return { printed, warnings };
  throw invalidBody(
    `The dashboard body is invalid, there are ${errors.length} validation errors:\n${JSON.stringify(errors, null, 2)}`,
  );
}

function parse(body: string): { value: object; printed: string } {
  try {
    const value: unknown = JSON.parse(body);
    if (isObject(value)) return { value, printed: JSON.stringify(value) };
  } catch (error) {
    // A RangeError means that the body is nested too deeply to be printed.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
  }
  throw invalidBody("The field DashboardBody must be a valid JSON object");
}

const invalidBody = (message: string) => new AwsError(400, "DashboardInvalidInputError", message);

const notInWidget = (name: string) =>
  `The "${name}" property is not expected to be part of a widget definition, will be ignored`;

const anything: Check = () => {};
const anyObject = object({});

const period: Check = (value, path, { errors }) => {
  if (!Number.isInteger(value)) {
    errors.push({ dataPath: path, message: "Should be integer" });
    return;
  }
  const seconds = Number(value);
  if ([1, 5, 10, 30].includes(seconds) || (seconds >= 60 && seconds % 60 === 0)) return;
  if (seconds < 60) errors.push({ dataPath: path, message: "Should be >= 60" });
  if (seconds % 60 !== 0) errors.push({ dataPath: path, message: "Should be multiple of 60" });
  errors.push({ dataPath: path, message: "Should match exactly one schema in oneOf" });
};

/** Checks a row of a metric widget: strings, with an optional object at the end. */
const metricRow: Check = (value, path, { errors }) => {
  const isRow =
    Array.isArray(value) &&
    value.every(
      (each, index) => typeof each === "string" || (index === value.length - 1 && isObject(each)),
    );
  if (isRow) return;
  if (!Array.isArray(value)) errors.push({ dataPath: path, message: "Should be array" });
  const message =
    'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element';
  errors.push({ dataPath: path, message });
};

const metric = object({
  members: {
    accountId: text(),
    annotations: anyObject,
    labels: anything,
    legend: anyObject,
    liveData: bool,
    metrics: list(metricRow, { max: 500 }),
    period,
    region: text(),
    setPeriodToTimeRange: bool,
    singleValueFullPrecision: bool,
    sparkline: bool,
    stacked: bool,
    start: anything,
    end: anything,
    stat: text(STATISTIC),
    table: anyObject,
    timezone: text(),
    title: text(),
    trend: bool,
    view: choice("singleValue", "timeSeries", "bar", "pie", "gauge", "table"),
    yAxis: anyObject,
  },
  unexpected: notInWidget,
  more(value, dataPath, { errors }) {
    const absent = ["metrics", "region"].find((name) => !Object.hasOwn(value, name));
    if (absent === undefined || Object.hasOwn(value, "annotations")) return;
    const message =
      "The metric widget should have specified a region and a data source or an alarm annotation";
    for (const each of [missing(absent), message, missing("annotations")])
      errors.push({ dataPath, message: each });
  },
});

/** The checks for the properties of a widget, by its type. */
const properties: Readonly<Record<string, Check>> = {
  chart: anyObject,
  custom: object({ required: ["endpoint"], members: { endpoint: text() } }),
  metric,
  service: anyObject,
  text: object({
    required: ["markdown"],
    members: { background: choice("solid", "transparent"), markdown: text() },
    unexpected: notInWidget,
  }),
  log: anyObject,
  alarm: object({
    required: ["alarms"],
    members: {
      alarms: list(text(), { min: 1, max: 100 }),
      sortBy: choice("default", "stateUpdatedTimestamp", "timestamp"),
      states: list(text(/OK|ALARM|INSUFFICIENT_DATA/)),
      title: text(),
    },
    unexpected: notInWidget,
  }),
  explorer: anyObject,
  timeline: anyObject,
  serviceMap: anyObject,
  serviceTable: anyObject,
  trace: anyObject,
};

const widget = object({
  required: ["type", "properties"],
  members: {
    height: integer({ min: 1, max: 1000 }),
    properties: anything,
    type: text(),
    width: integer({ min: 1, max: 24 }),
    x: integer({ min: 0, max: 23 }),
    y: integer({ min: 0 }),
  },
  unexpected: notInWidget,
  more(value, path, findings) {
    for (const [one, other] of [
      ["x", "y"],
      ["y", "x"],
    ] as const)
      if (Object.hasOwn(value, one) && !Object.hasOwn(value, other))
        findings.errors.push({
          dataPath: path,
          message: `Should have property ${other} when property ${one} is present`,
        });
    const { type } = value;
    if (typeof type !== "string" || !Object.hasOwn(value, "properties")) return;
    const check = Object.hasOwn(properties, type) ? properties[type] : undefined;
    if (check !== undefined) check(value["properties"], `${path}/properties`, findings);
    else
      findings.warnings.push({
        dataPath: `${path}/type`,
        message: `The specified widget type is unknown. Use one of the allowed values: ${Object.keys(properties).join()}`,
      });
  },
});

// The regular expression is a string, because AWS prints it with an unnecessary escape.
const START = new RegExp(
  String.raw`(^(?:[1-9]\d{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)|(?:[1-9]\d(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)-02-29)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-][01]\d:[0-5]\d)$)|(^\-?P(T|\d))`,
);

const dashboard = object({
  required: ["widgets"],
  members: {
    end: warning(text()),
    periodOverride: warning(text(/^(inherit|auto)$/)),
    start: warning(text(START)),
    variables: list(anyObject, { max: 25 }),
    widgets: list(widget, { max: 500 }),
  },
  unexpected: (name) => `The "${name}" property is not expected, will be ignored`,
});
