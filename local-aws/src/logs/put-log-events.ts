import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import type { EventStore } from "./event-store.ts";
import type { LogEvent } from "./log-event.ts";
import { constraintViolated, invalidParameter, noSuchStream } from "./log-errors.ts";
import { findGroup, streamArn } from "./log-groups.ts";

const hour = 60 * 60 * 1000;
const day = 24 * hour;

const maxBatchBytes = 1_048_576;
/** What AWS adds to the UTF-8 length of each message. */
const eventOverheadBytes = 26;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const putLogEvents = (options: {
  state: State;
  clock: Clock;
  store: EventStore;
}): Operation =>
  defineOperation({
    input: v.strictObject({
      logGroupName: v.string(),
      logStreamName: v.string(),
      logEvents: v.array(
        v.strictObject({
          timestamp: v.pipe(v.number(), v.integer(), v.minValue(0)),
          message: v.string(),
        }),
      ),
      // AWS itself takes and ignores it since 2023.
      sequenceToken: v.optional(v.string()),
    }),
    resource: (input, { region }) =>
      streamArn(options.state, region, input.logGroupName, input.logStreamName),
    handle({ logGroupName, logStreamName, logEvents }, { region }) {
      const { state, clock, store } = options;
      checkBatch(logEvents);
      const group = findGroup(state, region, logGroupName);
      if (!store.streamsOf(group).has(logStreamName)) throw noSuchStream();
      const { accepted, rejectedLogEventsInfo } = sift(
        logEvents,
        clock.now(),
        group.retentionInDays,
      );
      store.append({ region, group, logStreamName }, "client", accepted);
      const nextSequenceToken = "0".repeat(56);
      return { nextSequenceToken, rejectedLogEventsInfo };
    },
  });

function checkBatch(events: readonly LogEvent[]): void {
  const violated = (constraint: string) =>
    constraintViolated(`[${events.length} events]`, "logEvents", constraint);
  if (events.length === 0) throw violated("Member must have length greater than or equal to 1");
  if (events.length > 10_000) throw violated("Member must have length less than or equal to 10000");
  const empty = events.findIndex(({ message }) => message === "");
  if (empty !== -1) {
    const constraint = "Member must have length greater than or equal to 1";
    throw constraintViolated("", `logEvents.${empty + 1}.member.message`, constraint);
  }
  const bytes = events.reduce(
    (sum, { message }) => sum + Buffer.byteLength(message) + eventOverheadBytes,
    0,
  );
  if (bytes > maxBatchBytes)
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${maxBatchBytes}`);
  checkOrder(events.map(({ timestamp }) => timestamp));
}

function checkOrder(times: readonly number[]): void {
  if (times.some((time, index) => time < (times[index - 1] ?? 0)))
    throw invalidParameter(
      "Log events in a single PutLogEvents request must be in chronological order.",
    );
  if ((times.at(-1) ?? 0) - (times[0] ?? 0) > day)
    throw invalidParameter(
      "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    );
}

/** Leaves out what AWS doesn't take either: events too old, past the retention, or of tomorrow. */
function sift(events: readonly LogEvent[], now: number, retentionInDays: number | undefined) {
  const tooOld = endOf(events, now - 14 * day);
  const expired = retentionInDays === undefined ? 0 : endOf(events, now - retentionInDays * day);
  const tooNew = endOf(events, now + 2 * hour + 1);
  const rejected = {
    ...(tooNew < events.length && { tooNewLogEventStartIndex: tooNew }),
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > 0 && { expiredLogEventEndIndex: expired }),
  };
  return {
    accepted: events.slice(Math.max(tooOld, expired), tooNew),
    rejectedLogEventsInfo: Object.keys(rejected).length > 0 ? rejected : undefined,
  };
}

/** How many of the events, which are in order, lie before a time. */
function endOf(events: readonly LogEvent[], time: number): number {
  const first = events.findIndex(({ timestamp }) => timestamp >= time);
  return first === -1 ? events.length : first;
}
