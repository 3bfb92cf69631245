import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import type { EventStore, LogStream } from "./event-store.ts";
import { alreadyExists, invalidParameter, noSuchStream } from "./log-errors.ts";
import {
  checkProtection,
  findGroup,
  groupNameOf,
  groupReference,
  streamArn,
} from "./log-groups.ts";
import { GroupName, StreamName } from "./names.ts";
import { pageOf, pageParameters } from "./pages.ts";
import { sequenceToken } from "./put-log-events.ts";

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html */
export function logStreamOperations(options: {
  state: State;
  clock: Clock;
  store: EventStore;
}): Record<string, Operation> {
  const { state, clock, store } = options;
  const resource = (
    input: { logGroupName: string; logStreamName: string },
    { region }: { region: string },
  ) => streamArn(state, region, input.logGroupName, input.logStreamName);
  return {
    CreateLogStream: defineOperation({
      input: v.strictObject({ logGroupName: GroupName, logStreamName: StreamName }),
      resource,
      handle({ logGroupName, logStreamName }, { region }) {
        const streams = store.streamsOf(findGroup(state, region, logGroupName));
        if (streams.has(logStreamName)) throw alreadyExists("log stream");
        streams.set(logStreamName, { logStreamName, creationTime: clock.now() });
      },
    }),
    DeleteLogStream: defineOperation({
      input: v.strictObject({ logGroupName: GroupName, logStreamName: StreamName }),
      resource,
      handle({ logGroupName, logStreamName }, { region }) {
        const group = findGroup(state, region, logGroupName);
        if (!store.streamsOf(group).has(logStreamName)) throw noSuchStream();
        checkProtection(group);
        store.deleteStream(group, logStreamName);
      },
    }),
    DescribeLogStreams: defineOperation({
      input: v.strictObject({
        ...groupReference,
        logStreamNamePrefix: v.optional(StreamName),
        orderBy: v.optional(v.picklist(["LogStreamName", "LastEventTime"]), "LogStreamName"),
        descending: v.optional(v.boolean(), false),
        ...pageParameters,
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
          ...(stream.lastIngestionTime !== undefined && { uploadSequenceToken: sequenceToken }),
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
