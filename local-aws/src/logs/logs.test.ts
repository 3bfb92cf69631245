import { beforeEach, describe, expect, test, vi } from "vitest";
import { callJson } from "../protocols/testing.ts";
import { permissiveIam } from "../iam/testing.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { emptyState, type State } from "../state.ts";
import type { Hooks } from "../hooks.ts";
import { createLogs, type Logs } from "./index.ts";

const logGroupName = "/aws/lambda/processor";
const groupArn = `arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}`;
const day = 24 * 60 * 60 * 1000;

let state: State;
let clock: ManualClock;
let logs: Logs;

const call = (operation: string, input: object) =>
  callJson(logs.service, `Logs_20140328.${operation}`, input);

const outputOf = async (operation: string, input: object) => {
  const { status, output } = await call(operation, input);
  expect({ status, output }).toMatchObject({ status: 200 });
  return output as Record<string, unknown>;
};

beforeEach(async () => {
  state = emptyState();
  clock = createManualClock();
  logs = createLogs({ state, clock, iam: permissiveIam });
  await outputOf("CreateLogGroup", { logGroupName, tags: { project: "x" } });
});

describe("log groups", () => {
  test("a group is returned with its retention, its class and both of its ARNs", async () => {
    await outputOf("PutRetentionPolicy", { logGroupName, retentionInDays: 14 });
    const { logGroups } = await outputOf("DescribeLogGroups", { logGroupNamePrefix: "/aws/" });
    expect(logGroups).toEqual([
      {
        logGroupName,
        arn: `${groupArn}:*`,
        logGroupArn: groupArn,
        logGroupClass: "STANDARD",
        deletionProtectionEnabled: false,
        bearerTokenAuthenticationEnabled: false,
        creationTime: clock.now(),
        retentionInDays: 14,
        metricFilterCount: 0,
        storedBytes: 0,
      },
    ]);
    await outputOf("DeleteRetentionPolicy", { logGroupName });
    expect(state.regions["us-east-1"]?.logs.groups[logGroupName]).not.toHaveProperty(
      "retentionInDays",
    );
  });

  test("a protected group can be deleted only after its protection was disabled", async () => {
    await outputOf("CreateLogGroup", { logGroupName: "kept", deletionProtectionEnabled: true });
    const protect = (logGroupIdentifier: string, deletionProtectionEnabled: boolean) =>
      outputOf("PutLogGroupDeletionProtection", { logGroupIdentifier, deletionProtectionEnabled });
    await protect(groupArn, true);
    const { logGroups } = await outputOf("DescribeLogGroups", {});
    expect(logGroups).toMatchObject([
      { logGroupName, deletionProtectionEnabled: true },
      { logGroupName: "kept", deletionProtectionEnabled: true },
    ]);
    for (const name of [logGroupName, "kept"])
      expect(await call("DeleteLogGroup", { logGroupName: name })).toMatchObject({
        status: 400,
        output: {
          __type: "ValidationException",
          message:
            "Cannot delete log group with deletion protection enabled. Disable deletion protection first.",
        },
      });
    await protect("kept", false);
    await outputOf("DeleteLogGroup", { logGroupName: "kept" });
    expect(Object.keys(state.regions["us-east-1"]?.logs.groups ?? {})).toEqual([logGroupName]);
  });

  test("groups are listed in pages, in the order of their names", async () => {
    await outputOf("CreateLogGroup", { logGroupName: "b" });
    await outputOf("CreateLogGroup", { logGroupName: "a" });
    const first = await outputOf("DescribeLogGroups", { limit: 2 });
    const second = await outputOf("DescribeLogGroups", { limit: 2, nextToken: first["nextToken"] });
    expect([first["logGroups"], second["logGroups"]]).toMatchObject([
      [{ logGroupName }, { logGroupName: "a" }],
      [{ logGroupName: "b" }],
    ]);
    expect(second).not.toHaveProperty("nextToken");
  });

  test("tags are changed through the ARN without :*", async () => {
    await outputOf("TagResource", { resourceArn: groupArn, tags: { stage: "test" } });
    await outputOf("UntagResource", { resourceArn: groupArn, tagKeys: ["project"] });
    expect(await outputOf("ListTagsForResource", { resourceArn: groupArn })).toEqual({
      tags: { stage: "test" },
    });
  });

  const missing = { logGroupName: "missing" };
  test.each([
    ["CreateLogGroup", { logGroupName }, "ResourceAlreadyExistsException"],
    ["DeleteLogGroup", missing, "ResourceNotFoundException"],
    ["FilterLogEvents", { logGroupName: "constructor" }, "ResourceNotFoundException"],
    ["ListTagsForResource", { resourceArn: `${groupArn}2` }, "ResourceNotFoundException"],
  ])("%s of %j is refused with %s", async (operation, input, code) => {
    expect(await call(operation, input)).toMatchObject({ status: 400, output: { __type: code } });
  });

  test.each([
    ["CreateLogGroup", { logGroupName: "a b" }],
    ["CreateLogGroup", { logGroupName: "a".repeat(513) }],
    ["CreateLogGroup", { logGroupName: "a", tags: { "a!": "b" } }],
    ["PutRetentionPolicy", { logGroupName, retentionInDays: 8 }],
    ["CreateLogStream", { logGroupName, logStreamName: "a:b" }],
    ["FilterLogEvents", { logGroupName, filterPattern: "x".repeat(1025) }],
  ])("%s refuses %j, which is outside its model", async (operation, input) => {
    expect(await call(operation, input)).toMatchObject({ status: 400 });
  });

  test.each([
    ["CreateLogGroup", { logGroupName: "a", kmsKeyId: "k" }],
    ["CreateLogGroup", { logGroupName: "a", logGroupClass: "DELIVERY" }],
    ["DescribeLogGroups", { accountIdentifiers: ["000000000000"] }],
    ["StartQuery", {}],
  ])("%s of %j is refused with 501", async (operation, input) => {
    expect(await call(operation, input)).toMatchObject({ status: 501 });
  });
});

describe("metric filters", () => {
  const filter = {
    logGroupName,
    filterName: "timeouts",
    filterPattern: '{ $.type = "platform.report" && $.record.status = "timeout" }',
    metricTransformations: [
      { metricName: "Timeouts", metricNamespace: "x", metricValue: "1", unit: "None" },
    ],
  };

  test("a metric filter is returned as it was created, until it is deleted", async () => {
    await outputOf("PutMetricFilter", filter);
    const query = { logGroupName, filterNamePrefix: "time" };
    expect(await outputOf("DescribeMetricFilters", query)).toEqual({
      metricFilters: [{ ...filter, creationTime: clock.now(), applyOnTransformedLogs: false }],
    });
    await outputOf("DeleteMetricFilter", { logGroupName, filterName: "timeouts" });
    expect(await outputOf("DescribeMetricFilters", query)).toEqual({ metricFilters: [] });
  });

  test("a metric filter with an invalid pattern is refused", async () => {
    expect(await call("PutMetricFilter", { ...filter, filterPattern: "a:b" })).toMatchObject({
      status: 400,
      output: {
        __type: "InvalidParameterException",
        message: "Invalid character(s) in term ':'",
      },
    });
  });

  const put = (changes: object) => {
    const [metric] = filter.metricTransformations;
    return call("PutMetricFilter", {
      ...filter,
      metricTransformations: [{ ...metric, ...changes }],
    });
  };

  test.each([
    { metricValue: "-1.5" },
    { metricValue: "$.record.metrics.durationMs" },
    { metricValue: "$.['a.b'][0]" },
    { metricValue: "$status" },
    { dimensions: { a: "$.a", b: "$.missing", c: "$field" } },
    { dimensions: {}, defaultValue: 0 },
    { metricNamespace: "A.B-c_d/1#2:metricNamespace" },
  ])("a metric filter can have %j", async (changes) => {
    expect(await put(changes)).toMatchObject({ status: 200 });
  });

  test.each([{ unit: "Widgets" }, { metricName: "a:b" }, { metricValue: "1".repeat(101) }])(
    "%j is outside the model of a metric filter",
    async (changes) => {
      expect(await put(changes)).toMatchObject({ status: 400 });
    },
  );

  test("a group can have 100 metric filters, and a percent sign in quotes is not a regular expression", async () => {
    for (let index = 0; index < 100; index += 1)
      await outputOf("PutMetricFilter", {
        ...filter,
        filterName: String(index),
        filterPattern: '{ $.a = "%" }',
      });
    expect(await call("PutMetricFilter", filter)).toMatchObject({
      status: 400,
      output: { __type: "LimitExceededException" },
    });
    await outputOf("PutMetricFilter", { ...filter, filterName: "0" });
  });

  test("metric filters are listed by their metric", async () => {
    await outputOf("PutMetricFilter", filter);
    const metric = { metricName: "Timeouts", metricNamespace: "x" };
    expect(await outputOf("DescribeMetricFilters", metric)).toMatchObject({
      metricFilters: [{ filterName: "timeouts" }],
    });
    expect(await outputOf("DescribeMetricFilters", { ...metric, metricName: "y" })).toEqual({
      metricFilters: [],
    });
  });
});

describe("log events", () => {
  const write = (stream: string, ...messages: string[]) =>
    logs.write(
      { region: "us-east-1", logGroupName, logStreamName: stream },
      "function",
      messages.map((message) => ({ timestamp: clock.now(), message })),
    );
  const messagesOf = (output: Record<string, unknown>) =>
    (output["events"] as { message: string }[]).map(({ message }) => message);

  test("events of a service are found in the order of time, over all streams", async () => {
    expect(write("b", "one", "two")).toBe(true);
    clock.advance(5);
    write("a", "three");
    const output = await outputOf("FilterLogEvents", { logGroupName, interleaved: true });
    const timestamp = clock.now();
    expect(output["events"]).toEqual([
      expect.objectContaining({ message: "one", logStreamName: "b" }),
      expect.objectContaining({ message: "two", logStreamName: "b" }),
      {
        eventId: expect.stringMatching(/^\d{56}$/),
        ingestionTime: timestamp,
        logStreamName: "a",
        message: "three",
        timestamp,
      },
    ]);
  });

  test("a search is complete on its second page, because the first page always has a token, as on AWS", async () => {
    write("a", "one");
    for (const filterPattern of ["one", "two"]) {
      const query = { logGroupName, filterPattern };
      const { nextToken } = await outputOf("FilterLogEvents", query);
      expect(await outputOf("FilterLogEvents", { ...query, nextToken })).toEqual({
        events: [],
        searchedLogStreams: [],
      });
    }
  });

  test("the identifier of a group can only be its name or its ARN", async () => {
    write("a", "one");
    const operations = [
      ["FilterLogEvents", {}, { events: [{ message: "one" }] }],
      ["GetLogEvents", { logStreamName: "a" }, { events: [{ message: "one" }] }],
      ["DescribeLogStreams", {}, { logStreams: [{ arn: `${groupArn}:log-stream:a` }] }],
    ] as const;
    for (const [operation, input, expected] of operations) {
      for (const logGroupIdentifier of [logGroupName, groupArn])
        expect(await outputOf(operation, { ...input, logGroupIdentifier })).toMatchObject(expected);
      for (const [wrong, type] of [
        [{}, "InvalidParameterException"],
        [{ logGroupName, logGroupIdentifier: groupArn }, "ValidationException"],
        [{ logGroupIdentifier: `${groupArn}/other` }, "ResourceNotFoundException"],
        [{ logGroupIdentifier: groupArn.replace("us-", "eu-") }, "ResourceNotFoundException"],
      ] as const)
        expect(await call(operation, { ...input, ...wrong })).toMatchObject({
          status: 400,
          output: { __type: type },
        });
    }
  });

  test("writing to a group that does not exist returns false", () => {
    const stream = { region: "us-east-1", logGroupName, logStreamName: "s" };
    expect(logs.write({ ...stream, logGroupName: "missing" }, "function", [])).toBe(false);
    expect(logs.write({ ...stream, region: "eu-west-1" }, "function", [])).toBe(false);
  });

  test("a client that polls from its newest event gets every event", async () => {
    write("a", "one", "two");
    const first = await outputOf("FilterLogEvents", { logGroupName, startTime: clock.now() });
    write("a", "three");
    clock.advance(1);
    write("a", "four");
    const second = await outputOf("FilterLogEvents", { logGroupName, startTime: clock.now() - 1 });
    const ids = (first["events"] as { eventId: string }[]).map(({ eventId }) => eventId);
    const news = (second["events"] as { eventId: string; message: string }[]).filter(
      ({ eventId }) => !ids.includes(eventId),
    );
    expect(news.map(({ message }) => message)).toEqual(["three", "four"]);
  });

  test("pages of filtered events have no gaps while events are added", async () => {
    write("a", "1 x", "2", "3 x", "4 x");
    const query = { logGroupName, filterPattern: "x", limit: 2 };
    const first = await outputOf("FilterLogEvents", query);
    write("a", "5 x");
    const second = await outputOf("FilterLogEvents", { ...query, nextToken: first["nextToken"] });
    expect([messagesOf(first), messagesOf(second)]).toEqual([
      ["1 x", "3 x"],
      ["4 x", "5 x"],
    ]);
    expect(second).not.toHaveProperty("nextToken");
  });

  test("FilterLogEvents selects streams by name or prefix, and an inclusive time range", async () => {
    const start = clock.now();
    write("one", "1");
    clock.advance(1);
    write("two", "2");
    clock.advance(1);
    write("twenty", "3");
    const find = async (query: object) =>
      messagesOf(await outputOf("FilterLogEvents", { logGroupName, ...query }));
    expect(await find({ logStreamNames: ["one", "twenty"] })).toEqual(["1", "3"]);
    expect(await find({ logStreamNamePrefix: "tw" })).toEqual(["2", "3"]);
    expect(await find({ startTime: start, endTime: start + 1 })).toEqual(["1", "2"]);
    const both = { logGroupName, logStreamNames: ["one"], logStreamNamePrefix: "o" };
    expect(await call("FilterLogEvents", both)).toMatchObject({ status: 400 });
  });

  test("GetLogEvents reads a stream from its end, or from its head if requested", async () => {
    write("a", "1", "2", "3");
    write("b", "other");
    const query = { logGroupName, logStreamName: "a", limit: 2 };
    const last = await outputOf("GetLogEvents", query);
    expect(messagesOf(last)).toEqual(["2", "3"]);
    const back = await outputOf("GetLogEvents", { ...query, nextToken: last["nextBackwardToken"] });
    expect(messagesOf(back)).toEqual(["1"]);
    expect(messagesOf(await outputOf("GetLogEvents", { ...query, startFromHead: true }))).toEqual([
      "1",
      "2",
    ]);
  });

  test("at the end of a stream, GetLogEvents returns the same forward token again, and a backward token", async () => {
    write("a", "1");
    const query = { logGroupName, logStreamName: "a", startFromHead: true };
    const { nextForwardToken } = await outputOf("GetLogEvents", query);
    const end = await outputOf("GetLogEvents", { ...query, nextToken: nextForwardToken });
    expect(end).toMatchObject({ events: [], nextForwardToken });
    const back = { ...query, nextToken: end["nextBackwardToken"] };
    expect(messagesOf(await outputOf("GetLogEvents", back))).toEqual(["1"]);
  });

  test("streams are listed by name and by their newest event", async () => {
    write("b", "1");
    clock.advance(1);
    write("a", "2");
    clock.advance(1);
    write("b", "3");
    const byName = await outputOf("DescribeLogStreams", { logGroupName });
    expect(byName["logStreams"]).toEqual([
      expect.objectContaining({ logStreamName: "a" }),
      {
        logStreamName: "b",
        arn: `${groupArn}:log-stream:b`,
        creationTime: clock.now() - 2,
        firstEventTimestamp: clock.now() - 2,
        lastEventTimestamp: clock.now(),
        lastIngestionTime: clock.now(),
        uploadSequenceToken: expect.any(String),
        storedBytes: 0,
      },
    ]);
    const query = { logGroupName, orderBy: "LastEventTime", descending: true, limit: 1 };
    const first = await outputOf("DescribeLogStreams", query);
    const second = await outputOf("DescribeLogStreams", {
      ...query,
      nextToken: first["nextToken"],
    });
    expect([first["logStreams"], second["logStreams"]]).toMatchObject([
      [{ logStreamName: "b" }],
      [{ logStreamName: "a" }],
    ]);
  });

  test("deleting a stream deletes its events, and is refused if its group is protected", async () => {
    write("a", "1");
    write("b", "2");
    const stream = { logGroupName, logStreamName: "a" };
    const protect = (deletionProtectionEnabled: boolean) =>
      outputOf("PutLogGroupDeletionProtection", {
        logGroupIdentifier: logGroupName,
        deletionProtectionEnabled,
      });
    await protect(true);
    expect(await call("DeleteLogStream", stream)).toMatchObject({
      status: 400,
      output: { __type: "ValidationException" },
    });
    await protect(false);
    await outputOf("DeleteLogStream", stream);
    expect(messagesOf(await outputOf("FilterLogEvents", { logGroupName }))).toEqual(["2"]);
    expect(await outputOf("DescribeLogStreams", { logGroupName })).toMatchObject({
      logStreams: [{ logStreamName: "b" }],
    });
    expect(await call("DeleteLogStream", stream)).toMatchObject({
      status: 400,
      output: { __type: "ResourceNotFoundException" },
    });
  });

  test("events are deleted after the retention period, and with their group", async () => {
    write("a", "old");
    await outputOf("PutRetentionPolicy", { logGroupName, retentionInDays: 1 });
    clock.advance(day + 1);
    write("a", "new");
    expect(messagesOf(await outputOf("FilterLogEvents", { logGroupName }))).toEqual(["new"]);
    await outputOf("DeleteLogGroup", { logGroupName });
    await outputOf("CreateLogGroup", { logGroupName });
    expect(messagesOf(await outputOf("FilterLogEvents", { logGroupName }))).toEqual([]);
  });

  test("a group keeps 50,000 events, and drops the oldest ones", async () => {
    write("a", ...Array.from({ length: 50_002 }, (_, index) => String(index)));
    const { events } = await outputOf("FilterLogEvents", { logGroupName, limit: 1 });
    expect(events).toMatchObject([{ message: "2" }]);
  });

  test("each event is reported to the hooks", () => {
    const emit = vi.fn<Hooks["emit"]>();
    logs = createLogs({ state, clock, iam: permissiveIam, hooks: { emit } });
    write("a", "heard");
    const written = {
      author: "function",
      logGroupName,
      logStreamName: "a",
      region: "us-east-1",
      message: "heard",
      timestamp: clock.now(),
    };
    expect(emit.mock.calls).toEqual([[undefined, { type: "log", ...written }]]);
  });

  describe("PutLogEvents", () => {
    const put = (...events: [number, string][]) => ({
      logGroupName,
      logStreamName: "a",
      logEvents: events.map(([timestamp, message]) => ({ timestamp, message })),
    });

    beforeEach(async () => {
      await outputOf("CreateLogStream", { logGroupName, logStreamName: "a" });
    });

    test("accepts events in order, and drops those that are too old or too new", async () => {
      const now = clock.now();
      const good = await outputOf("PutLogEvents", put([now - 5, "1"], [now, "2"]));
      expect(good).not.toHaveProperty("rejectedLogEventsInfo");
      const early = await outputOf(
        "PutLogEvents",
        put([now - 14 * day - 1, "early"], [now - 14 * day, "3"]),
      );
      expect(early["rejectedLogEventsInfo"]).toEqual({ tooOldLogEventEndIndex: 1 });
      const late = await outputOf("PutLogEvents", put([now, "4"], [now + 7_200_001, "late"]));
      expect(late["rejectedLogEventsInfo"]).toEqual({ tooNewLogEventStartIndex: 1 });
      const output = await outputOf("FilterLogEvents", { logGroupName });
      expect(messagesOf(output)).toEqual(["3", "1", "2", "4"]);
    });

    test.each([
      [
        "out of order",
        [
          [2, "a"],
          [1, "b"],
        ],
        /chronological order/,
      ],
      [
        "over 1 MB",
        [
          [0, "x".repeat(1_048_500)],
          [0, "y".repeat(25)],
        ],
        /^Upload too large: 1048577 bytes/,
      ],
      [
        "with an event over 1 MB",
        [[0, "x".repeat(1_048_551)]],
        /^Log event too large: 1048577 bytes/,
      ],
    ] as const)("refuses a batch %s", async (_case, events, message) => {
      const input = put(...events.map(([ms, text]): [number, string] => [clock.now() + ms, text]));
      expect(await call("PutLogEvents", input)).toMatchObject({
        status: 400,
        output: {
          __type: "InvalidParameterException",
          message: expect.stringMatching(message),
        },
      });
    });

    test.each([
      ["without events", put()],
      ["with an empty message", put([1, ""])],
    ])("refuses a batch %s", async (_case, input) => {
      expect(await call("PutLogEvents", input)).toMatchObject({ status: 400 });
    });

    test("needs a stream that exists", async () => {
      const input = { ...put([1, "a"]), logStreamName: "missing" };
      expect(await call("PutLogEvents", input)).toMatchObject({
        output: { message: "The specified log stream does not exist." },
      });
    });
  });
});
