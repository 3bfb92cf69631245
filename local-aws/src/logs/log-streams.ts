import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import type { EventStore, LogStream } from "./event-store.ts";
import { alreadyExists, constraintViolated, invalidParameter } from "./log-errors.ts";
import { findGroup, groupNameOf, groupReference, streamArn } from "./log-groups.ts";
import { pageOf } from "./pages.ts";

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html */
export function logStreamOperations(options: {
  state: State;
  clock: Clock;
  store: EventStore;
}): Record<string, Operation> {
  const { state, clock, store } = options;
  return {
    CreateLogStream: defineOperation({
      input: v.strictObject({ logGroupName: v.string(), logStreamName: v.string() }),
      resource: (input, { region }) =>
        streamArn(state, region, input.logGroupName, input.logStreamName),
      handle({ logGroupName, logStreamName }, { region }) {
        const streams = store.streamsOf(findGroup(state, region, logGroupName));
        checkStreamName(logStreamName);
        if (streams.has(logStreamName)) throw alreadyExists("log stream");
        streams.set(logStreamName, { logStreamName, creationTime: clock.now() });
      },
    }),
    DescribeLogStreams: defineOperation({
      input: v.strictObject({
        ...groupReference,
        logStreamNamePrefix: v.optional(v.string()),
        orderBy: v.optional(v.picklist(["LogStreamName", "LastEventTime"]), "LogStreamName"),
        descending: v.optional(v.boolean(), false),
        limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50))),
        nextToken: v.optional(v.string()),
      }),
      resource: (input, { region }) => streamArn(state, region, groupNameOf(state, region, input)),
      handle(input, { region }) {
        const { logStreamNamePrefix: prefix, orderBy, descending, ...paging } = input;
        const logGroupName = groupNameOf(state, region, input);
        const group = findGroup(state, region, logGroupName);
        if (orderBy === "LastEventTime" && prefix !== undefined)
          throw invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
        const streams = [...store.streamsOf(group).values()]
          .filter(({ logStreamName }) => logStreamName.startsWith(prefix ?? ""))
          .toSorted(orderBy === "LastEventTime" ? byLastEvent : byName);
        if (descending) streams.reverse();
        const { items, ...rest } = pageOf(streams, (stream) => stream.logStreamName, paging);
        const arnOf = ({ logStreamName }: LogStream) =>
          streamArn(state, region, logGroupName, logStreamName);
        const logStreams = items.map((stream) => ({
          ...stream,
          arn: arnOf(stream),
          // AWS gives 0 for every stream since 2019.
          storedBytes: 0,
        }));
        return { logStreams, ...rest };
      },
    }),
  };
}

const byName = (a: LogStream, b: LogStream) => (a.logStreamName < b.logStreamName ? -1 : 1);

const byLastEvent = (a: LogStream, b: LogStream) =>
  (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0) || byName(a, b);

function checkStreamName(name: string): void {
  if (/^[^:*]{1,512}$/.test(name)) return;
  const constraint = "Member must satisfy regular expression pattern: [^:*]*";
  throw constraintViolated(name, "logStreamName", constraint);
}
