import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import type { EventStore } from "./event-store.ts";
import type { LogEvent } from "./log-event.ts";
import { invalidParameter, noSuchStream } from "./log-errors.ts";
import { findGroup, streamArn } from "./log-groups.ts";
import { GroupName, StreamName } from "./names.ts";

const hour = 60 * 60 * 1000;
const day = 24 * hour;

/** Of a batch, and of an event. */
const maxBytes = 1_048_576;
/** What AWS adds to the UTF-8 length of each message. */
const eventOverheadBytes = 26;

/** The token of every stream, because AWS ignores the tokens of requests since 2023. */
export const sequenceToken = "0".repeat(56);

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const putLogEvents = (options: {
  state: State;
  clock: Clock;
  store: EventStore;
}): Operation =>
  defineOperation({
    input: v.strictObject({
      logGroupName: GroupName,
      logStreamName: StreamName,
      logEvents: v.pipe(
        v.array(
          v.strictObject({
            timestamp: v.pipe(v.number(), v.integer(), v.minValue(0)),
            message: v.pipe(v.string(), v.minLength(1)),
          }),
        ),
        v.minLength(1),
        v.maxLength(10_000),
      ),
      // AWS itself takes and ignores it since 2023.
      sequenceToken: v.optional(v.pipe(v.string(), v.minLength(1))),
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
      checkSpan(accepted);
      store.append({ region, group, logStreamName }, "client", accepted);
      return { nextSequenceToken: sequenceToken, rejectedLogEventsInfo };
    },
  });

function checkBatch(events: readonly LogEvent[]): void {
  const sizes = events.map(({ message }) => Buffer.byteLength(message) + eventOverheadBytes);
  checkSize("Log event", Math.max(...sizes));
  checkSize(
    "Upload",
    sizes.reduce((sum, size) => sum + size, 0),
  );
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0)))
    throw invalidParameter(
      "Log events in a single PutLogEvents request must be in chronological order.",
    );
}

function checkSize(what: string, bytes: number): void {
  if (bytes > maxBytes)
    throw invalidParameter(`${what} too large: ${bytes} bytes exceeds limit of ${maxBytes}`);
}

/** Only the events that AWS stores count. */
function checkSpan(events: readonly LogEvent[]): void {
  if ((events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0) > day)
    throw invalidParameter(
      "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    );
}

/** Rejects the events that AWS rejects: those that are too old, past the retention or too new. */
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

/** Returns how many events are before a time. The events are in chronological order. */
function endOf(events: readonly LogEvent[], time: number): number {
  const first = events.findIndex(({ timestamp }) => timestamp >= time);
  return first === -1 ? events.length : first;
}
