import type { CloudWatchLogs, MetricTransformation } from "@aws-sdk/client-cloudwatch-logs";
import { expect } from "vitest";
import { refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { captured, snapshots } from "./sources.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

const invalidParameter = (message: string) => ({
  name: "InvalidParameterException",
  message,
  status: 400,
});

/** Creates a log group with a log stream. */
async function createStream(logs: CloudWatchLogs) {
  const stream = { logGroupName: uniqueName(), logStreamName: "only" };
  await logs.createLogGroup({ logGroupName: stream.logGroupName });
  await logs.createLogStream(stream);
  return stream;
}

/** Log events at offsets from now, in milliseconds. */
const eventsAt = (...offsets: number[]) => {
  const now = Date.now();
  return offsets.map((offset) => ({ timestamp: now + offset, message: "m" }));
};

const METRIC = { metricName: "M", metricNamespace: "N", metricValue: "1" };

/** Creates a log group and puts a metric filter into it. */
async function putMetricFilter(
  logs: CloudWatchLogs,
  metric: Partial<MetricTransformation>,
): Promise<void> {
  const { logGroupName } = await createStream(logs);
  const metricTransformations = [{ ...METRIC, ...metric }];
  const filterPattern = '{ $.bucket = "b" }';
  await logs.putMetricFilter({
    logGroupName,
    filterName: "f",
    filterPattern,
    metricTransformations,
  });
}

const refusedTransformations: [metric: Partial<MetricTransformation>, problem: string][] = [
  [{ metricValue: "not-a-number" }, "metric value not-a-number must be a valid number"],
  [{ metricValue: "$.items[*].value" }, "metric value $.items[*].value must be a valid number"],
  [{ dimensions: { Bucket: "literal" } }, "dimension value must be valid selector"],
  [{ dimensions: { Bucket: "$.items[*].bucket" } }, "dimension value must be valid selector"],
  [
    { dimensions: { Bucket: "$.bucket" }, defaultValue: 0 },
    "dimensions and default value are mutually exclusive properties",
  ],
];

const transformationRow = ([
  metric,
  problem,
]: (typeof refusedTransformations)[number]): Behavior => ({
  behavior: `a metric filter with ${JSON.stringify(metric)} is refused`,
  basis: "capture",
  source: JSON.stringify(metric).includes("[*]")
    ? captured.metricFilterExtractors
    : captured.metricFilters,
  check: async ({ account: { logs } }) => {
    expect(await refusalOf(putMetricFilter(logs, metric))).toEqual(
      invalidParameter(`Invalid metric transformation: ${problem}`),
    );
  },
});

const validation = (value: string, member: string, constraint: string) =>
  invalidParameter(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );

/** Log groups, log streams, log events and metric filters, without what a pattern matches. */
export const logsApi: Behavior[] = [
  {
    behavior: "a log group of a name that exists is refused",
    basis: "snapshot",
    source: snapshots.logGroups,
    check: async ({ account: { logs } }) => {
      const logGroupName = uniqueName();
      await logs.createLogGroup({ logGroupName });
      expect(await refusalOf(logs.createLogGroup({ logGroupName }))).toEqual({
        name: "ResourceAlreadyExistsException",
        message: "The specified log group already exists",
        status: 400,
      });
    },
  },
  {
    behavior: "the name of a log group can have 512 characters",
    basis: "snapshot",
    source: snapshots.logGroups,
    check: async ({ account: { logs } }) => {
      const logGroupName = uniqueName().padEnd(512, "x");
      await logs.createLogGroup({ logGroupName });
      expect(await refusalOf(logs.createLogGroup({ logGroupName: `${logGroupName}x` }))).toEqual(
        invalidParameter(
          "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
        ),
      );
    },
  },
  {
    behavior: "a page of log events has up to 10,000",
    basis: "snapshot",
    source: snapshots.logEvents,
    check: async ({ account: { logs } }) => {
      const stream = await createStream(logs);
      const limit = 10_001;
      const expected = validation("10001", "limit", "have value less than or equal to 10000");
      expect(await refusalOf(logs.getLogEvents({ ...stream, limit }))).toEqual(expected);
      const { logGroupName } = stream;
      expect(await refusalOf(logs.filterLogEvents({ logGroupName, limit }))).toEqual(expected);
    },
  },
  {
    behavior: "names and patterns of metric filters have the lengths of the model",
    basis: "snapshot",
    source: snapshots.metricFilters,
    check: async ({ account: { logs } }) => {
      const { logGroupName } = await createStream(logs);
      const name = "X".repeat(513);
      const nameError = (member: string) =>
        validation(name, member, "have length less than or equal to 512");
      const put = (filterName: string, filterPattern: string) =>
        logs.putMetricFilter({
          logGroupName,
          filterName,
          filterPattern,
          metricTransformations: [METRIC],
        });
      const pattern = "X".repeat(1025);
      expect(await refusalOf(put(name, "pattern"))).toEqual(nameError("filterName"));
      expect(await refusalOf(put("f", pattern))).toEqual(
        validation(pattern, "filterPattern", "have length less than or equal to 1024"),
      );
      const remove = (filterName: string, group: string) =>
        logs.deleteMetricFilter({ logGroupName: group, filterName });
      expect(await refusalOf(remove(name, logGroupName))).toEqual(nameError("filterName"));
      expect(await refusalOf(remove("f", name))).toEqual(
        invalidParameter(
          "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
        ),
      );
      const list = (query: { filterNamePrefix?: string; metricName?: string }) =>
        refusalOf(logs.describeMetricFilters({ metricNamespace: "N", metricName: "M", ...query }));
      expect(await list({ filterNamePrefix: name })).toEqual(nameError("filterNamePrefix"));
      const metricName = "X".repeat(256);
      expect(await list({ metricName })).toEqual(
        validation(metricName, "metricName", "have length less than or equal to 255"),
      );
    },
  },
  {
    behavior: "a unit that CloudWatch does not have is refused, and the units are listed",
    basis: "capture",
    source: captured.metricFilters,
    check: async ({ account: { logs } }) => {
      const unit = "Widgets" as "None";
      const { name, message } = await refusalOf(putMetricFilter(logs, { unit }));
      expect(name).toBe("InvalidParameterException");
      expect(message).toMatch(
        /at 'metricTransformations\.1\.member\.unit' failed to satisfy constraint: Member must satisfy enum value set: \[Gigabits\/Second, Gigabits, Percent, .+, Bits\/Second, Seconds\]$/,
      );
    },
  },
  {
    behavior: "a new log group has no retention, and two kinds of protection that are off",
    basis: "capture",
    source: captured.ingestion,
    check: async ({ account: { logs, id, region } }) => {
      const { logGroupName } = await createStream(logs);
      const logGroupArn = `arn:aws:logs:${region}:${id}:log-group:${logGroupName}`;
      const { logGroups } = await logs.describeLogGroups({ logGroupNamePrefix: logGroupName });
      expect(logGroups).toEqual([
        {
          logGroupName,
          creationTime: expect.any(Number),
          metricFilterCount: 0,
          arn: `${logGroupArn}:*`,
          storedBytes: 0,
          logGroupClass: "STANDARD",
          logGroupArn,
          deletionProtectionEnabled: false,
          bearerTokenAuthenticationEnabled: false,
        },
      ]);
    },
  },
  {
    behavior: "a log group that is found by a part of its name has fewer members",
    basis: "snapshot",
    source: snapshots.logGroups,
    check: async ({ account: { logs } }) => {
      const { logGroupName } = await createStream(logs);
      const { logGroups = [] } = await logs.describeLogGroups({
        logGroupNamePattern: logGroupName.slice(1),
      });
      expect(logGroups.map((group) => Object.keys(group).toSorted())).toEqual([
        [
          "arn",
          "creationTime",
          "logGroupArn",
          "logGroupClass",
          "logGroupName",
          "metricFilterCount",
        ],
      ]);
      const both = { logGroupNamePattern: "a", logGroupNamePrefix: "a" };
      expect(await refusalOf(logs.describeLogGroups(both))).toEqual(
        invalidParameter(
          "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ),
      );
    },
  },
  {
    behavior: "log streams are listed by the name or the ARN of their group, not by both",
    basis: "snapshot",
    source: snapshots.logStreams,
    check: async ({ account: { logs, id, region } }) => {
      const { logGroupName, logStreamName } = await createStream(logs);
      const arn = `arn:aws:logs:${region}:${id}:log-group:${logGroupName}`;
      for (const logGroupIdentifier of [logGroupName, arn]) {
        const { logStreams } = await logs.describeLogStreams({ logGroupIdentifier });
        expect(logStreams).toMatchObject([{ arn: `${arn}:log-stream:${logStreamName}` }]);
      }
      const both = { logGroupName, logGroupIdentifier: arn };
      expect(await refusalOf(logs.describeLogStreams(both))).toEqual({
        name: "ValidationException",
        message: "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
        status: 400,
      });
    },
  },
  {
    behavior: "a log stream has times and a sequence token only after its first event",
    basis: "capture",
    source: captured.ingestion,
    check: async ({ account: { logs } }) => {
      const stream = await createStream(logs);
      const members = async () => {
        const { logStreams = [] } = await logs.describeLogStreams({
          logGroupName: stream.logGroupName,
        });
        return logStreams.flatMap((each) => Object.keys(each)).toSorted();
      };
      const before = ["arn", "creationTime", "logStreamName", "storedBytes"];
      expect(await members()).toEqual(before);
      await logs.putLogEvents({ ...stream, logEvents: eventsAt(0) });
      const added = [
        "firstEventTimestamp",
        "lastEventTimestamp",
        "lastIngestionTime",
        "uploadSequenceToken",
      ];
      expect(await members()).toEqual([...before, ...added].toSorted());
    },
  },
  {
    behavior: "the deletion of a log stream or a log group that does not exist is refused",
    basis: "capture",
    source: captured.ingestion,
    check: async ({ account: { logs } }) => {
      const stream = await createStream(logs);
      const { logGroupName } = stream;
      await logs.deleteLogStream(stream);
      expect(await refusalOf(logs.deleteLogStream(stream))).toMatchObject({
        name: "ResourceNotFoundException",
        message: "The specified log stream does not exist.",
      });
      await logs.deleteLogGroup({ logGroupName });
      expect(await refusalOf(logs.deleteLogStream(stream))).toMatchObject({
        name: "ResourceNotFoundException",
        message: "The specified log group does not exist.",
      });
    },
  },
  {
    behavior: "events that are too old, past the retention or too new are left out of a batch",
    basis: "capture",
    source: captured.ingestion,
    check: async ({ account: { logs } }) => {
      const stream = await createStream(logs);
      const offsets = [-16 * DAY, -15 * DAY, -2 * DAY, -1.5 * DAY, -2 * HOUR, -HOUR, 3 * HOUR];
      const logEvents = eventsAt(...offsets);
      const { rejectedLogEventsInfo: without } = await logs.putLogEvents({
        ...stream,
        logEvents: logEvents.filter((_event, index) => ![2, 3].includes(index)),
      });
      expect(without).toEqual({ tooNewLogEventStartIndex: 4, tooOldLogEventEndIndex: 2 });
      await logs.putRetentionPolicy({ logGroupName: stream.logGroupName, retentionInDays: 1 });
      const { rejectedLogEventsInfo } = await logs.putLogEvents({ ...stream, logEvents });
      expect(rejectedLogEventsInfo).toEqual({
        tooNewLogEventStartIndex: 6,
        tooOldLogEventEndIndex: 2,
        expiredLogEventEndIndex: 4,
      });
    },
  },
  {
    behavior: "the events of a batch that are kept span up to 24 hours",
    basis: "capture",
    source: captured.ingestion,
    check: async ({ account: { logs } }) => {
      const stream = await createStream(logs);
      await logs.putLogEvents({ ...stream, logEvents: eventsAt(-26 * HOUR, -2 * HOUR) });
      const logEvents = eventsAt(-26 * HOUR - 1, -2 * HOUR);
      expect(await refusalOf(logs.putLogEvents({ ...stream, logEvents }))).toEqual(
        invalidParameter(
          "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ),
      );
    },
  },
  {
    behavior: "an event has up to 1 MB, with 26 bytes for each event",
    basis: "capture",
    source: captured.ingestion,
    check: async ({ account: { logs } }) => {
      const stream = await createStream(logs);
      const put = (message: string) =>
        logs.putLogEvents({ ...stream, logEvents: [{ timestamp: Date.now(), message }] });
      await put("é".repeat(524_275));
      expect(await refusalOf(put("é".repeat(524_276)))).toEqual(
        invalidParameter("Log event too large: 1048578 bytes exceeds limit of 1048576"),
      );
    },
  },
  {
    behavior: "a metric filter that is replaced keeps its creation time",
    basis: "capture",
    source: captured.metricFilters,
    check: async ({ account: { logs } }) => {
      const { logGroupName } = await createStream(logs);
      const filter = { logGroupName, filterName: "f", metricTransformations: [METRIC] };
      const described = async () =>
        (await logs.describeMetricFilters({ logGroupName })).metricFilters;
      await logs.putMetricFilter({ ...filter, filterPattern: "A" });
      const [created] = (await described()) ?? [];
      expect(created).toEqual({
        ...filter,
        filterPattern: "A",
        creationTime: expect.any(Number),
        applyOnTransformedLogs: false,
      });
      await logs.putMetricFilter({ ...filter, filterPattern: "B" });
      expect(await described()).toEqual([{ ...created, filterPattern: "B" }]);
    },
  },
  ...refusedTransformations.map(transformationRow),
  {
    behavior: "a metric filter has up to three dimensions",
    basis: "capture",
    source: captured.metricFilters,
    check: async ({ account: { logs } }) => {
      const dimensions = { A: "$.missing", B: "$.bucket", C: "$.bucket" };
      await putMetricFilter(logs, { dimensions });
      const four = { dimensions: { ...dimensions, D: "$.bucket" } };
      expect(await refusalOf(putMetricFilter(logs, four))).toEqual(
        invalidParameter(
          "Number of dimensions exceeds the maximum number of dimensions supported per metric filter",
        ),
      );
    },
  },
  {
    behavior: "the namespace of a metric can have a colon",
    basis: "snapshot",
    source: snapshots.metricFilters,
    check: async ({ account: { logs } }) => {
      const metricNamespace = "A.B-c_d/1#2:metricNamespace";
      const metricName = uniqueName();
      await putMetricFilter(logs, { metricName, metricNamespace });
      const { metricFilters } = await logs.describeMetricFilters({ metricName, metricNamespace });
      expect(metricFilters).toHaveLength(1);
    },
  },
  {
    behavior: "a log group has up to five metric filters with regular expressions",
    basis: "capture",
    source: captured.metricFilters,
    check: async ({ account: { logs } }) => {
      const { logGroupName } = await createStream(logs);
      const put = (filterName: string, filterPattern: string) =>
        logs.putMetricFilter({
          logGroupName,
          filterName,
          filterPattern,
          metricTransformations: [METRIC],
        });
      await put("two", "{ $.a = %A% && $.b = %B% }");
      for (const name of ["1", "2", "3", "4"]) await put(name, `%${name}%`);
      expect(await refusalOf(put("5", "%5%"))).toEqual({
        name: "LimitExceededException",
        message: "Resource limit exceeded.",
        status: 400,
      });
      await put("1", "%replaced%");
      await logs.deleteMetricFilter({ logGroupName, filterName: "two" });
      await put("5", "%5%");
    },
  },
  {
    behavior: "metric filters are listed by their log group, or by the name and namespace",
    basis: "capture",
    source: captured.metricFilters,
    check: async ({ account: { logs } }) => {
      const { logGroupName } = await createStream(logs);
      const [metricName, metricNamespace] = ["M", "N"];
      for (const query of [
        { logGroupName, metricName, metricNamespace },
        { logGroupName, metricName },
        { logGroupName, metricNamespace },
      ])
        expect(await refusalOf(logs.describeMetricFilters(query))).toEqual(
          invalidParameter(
            "Describe Metric Filters request must contain either logGroupName or metricName and metricNamespace",
          ),
        );
      const invalid = logs.describeMetricFilters({
        logGroupName,
        nextToken: "invalid-owned-token",
      });
      expect(await refusalOf(invalid)).toEqual(
        invalidParameter(
          "Pagination token in request is invalid. Only token from previous list call or null is valid.",
        ),
      );
    },
  },
];
