import * as v from "valibot";
import { only } from "../protocols/only.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import { comparatorWith, eventIdOf, type EventStore, type StoredEvent } from "./event-store.ts";
import { parseSearchPattern } from "./patterns/filter-pattern.ts";
import { invalidParameter, noSuchStream } from "./log-errors.ts";
import { findGroup, groupNameOf, groupReference, streamArn } from "./log-groups.ts";
import { StreamName } from "./names.ts";
import { nextToken } from "./pages.ts";
import { PatternText } from "./patterns/pattern-schema.ts";

/** The lowest ID of an event. */
const FIRST_ID = "0".repeat(56);

const limit = v.optional(
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
  10_000,
);
const time = v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)));

/**
 * The operations of `aws logs tail`, `aws logs filter-log-events` and `aws logs get-log-events`.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export function readOperations(options: {
  state: State;
  store: EventStore;
}): Record<string, Operation> {
  return { FilterLogEvents: filterLogEvents(options), GetLogEvents: getLogEvents(options) };
}

const filterLogEvents = ({ state, store }: { state: State; store: EventStore }) =>
  defineOperation({
    input: v.strictObject({
      ...groupReference,
      logStreamNames: v.optional(v.pipe(v.array(StreamName), v.minLength(1), v.maxLength(100))),
      logStreamNamePrefix: v.optional(StreamName),
      startTime: time,
      endTime: time,
      filterPattern: v.optional(PatternText, ""),
      nextToken,
      limit,
      // AWS itself takes and ignores it since 2019: streams are always interleaved.
      interleaved: v.optional(v.boolean()),
      unmask: v.optional(only("unmask", false)),
    }),
    resource: (input, { region }) => streamArn(state, region, groupNameOf(state, region, input)),
    handle(input, { region }) {
      const group = findGroup(state, region, groupNameOf(state, region, input));
      const matches = parseSearchPattern(input.filterPattern);
      const isRead = streamSelection(input, store.streamsOf(group));
      const { startTime = 0, endTime = Infinity } = input;
      if (endTime < startTime) throw invalidParameter("endTime must not be before startTime.");
      const isAfter = selectionAfter(eventIdIn(input.nextToken, /^(\d{56})$/));
      const found = store
        .eventsOf(group)
        .filter(
          (event) =>
            isAfter(event) &&
            event.timestamp >= startTime &&
            event.timestamp <= endTime &&
            isRead(event.logStreamName) &&
            matches(event.message) !== undefined,
        );
      const page = firstMegabyte(found.slice(0, input.limit));
      const events = page.map((event) => {
        const { sequence: _, ...members } = event;
        return { ...members, eventId: eventIdOf(event) };
      });
      // As recorded, a search is complete only on a page after the first:
      // https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/logs/filters.json
      const isComplete = input.nextToken !== undefined && events.length === found.length;
      const next = isComplete ? undefined : (events.at(-1)?.eventId ?? FIRST_ID);
      return { events, searchedLogStreams: [], nextToken: next };
    },
  });

function streamSelection(
  input: { logStreamNames?: string[] | undefined; logStreamNamePrefix?: string | undefined },
  streams: ReadonlyMap<string, unknown>,
): (logStreamName: string) => boolean {
  const { logStreamNames: names, logStreamNamePrefix: prefix } = input;
  if (names === undefined) return (name) => name.startsWith(prefix ?? "");
  if (prefix !== undefined)
    throw invalidParameter("logStreamNames and logStreamNamePrefix are mutually exclusive.");
  if (!names.every((name) => streams.has(name))) throw noSuchStream();
  return (name) => names.includes(name);
}

const getLogEvents = ({ state, store }: { state: State; store: EventStore }) =>
  defineOperation({
    input: v.strictObject({
      ...groupReference,
      logStreamName: StreamName,
      startTime: time,
      endTime: time,
      nextToken,
      limit,
      startFromHead: v.optional(v.boolean(), false),
      unmask: v.optional(only("unmask", false)),
    }),
    resource: (input, { region }) =>
      streamArn(state, region, groupNameOf(state, region, input), input.logStreamName),
    handle(input, { region }) {
      const { logStreamName, startTime = 0, endTime = Infinity } = input;
      const group = findGroup(state, region, groupNameOf(state, region, input));
      if (!store.streamsOf(group).has(logStreamName)) throw noSuchStream();
      const events = store
        .eventsOf(group)
        .filter((event) => event.logStreamName === logStreamName)
        .filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
      return turnPage(events, input);
    },
  });

/**
 * Returns a page and the tokens of its neighbors. `f/{id}/s` is the token of the events after an event,
 * `b/{id}/s` of those before it. At an end of the stream, the client gets the token that it has sent.
 */
function turnPage(
  events: readonly StoredEvent[],
  input: { nextToken?: string | undefined; limit: number; startFromHead: boolean },
) {
  const id = eventIdIn(input.nextToken, /^[fb]\/(\d{56})\/s$/);
  const forward = input.nextToken?.startsWith("f/") ?? input.startFromHead;
  const rest = events.filter(selectionAfter(id, forward));
  const page = forward
    ? firstMegabyte(rest.slice(0, input.limit))
    : firstMegabyte(rest.slice(-input.limit).toReversed()).toReversed();
  const here = id ?? FIRST_ID;
  const [first, last] = [page[0], page.at(-1)].map((event) => event && eventIdOf(event));
  return {
    events: page.map(({ timestamp, message, ingestionTime }) => ({
      timestamp,
      message,
      ingestionTime,
    })),
    nextForwardToken: `f/${last ?? (forward ? here : moved(here, -1n))}/s`,
    nextBackwardToken: `b/${first ?? (forward ? moved(here, 1n) : here)}/s`,
  };
}

/** Selects the events after the one with the ID, or before it if not `forward`. Without an ID, all. */
function selectionAfter(id: string | undefined, forward = true): (event: StoredEvent) => boolean {
  if (id === undefined) return () => true;
  const compare = comparatorWith(id);
  return (event) => (forward ? compare(event) > 0 : compare(event) < 0);
}

/** The page before or after an empty page must include the event of the token. */
const moved = (eventId: string, by: bigint) => {
  const id = BigInt(eventId) + by;
  return String(id < 0n ? 0n : id).padStart(56, "0");
};

function eventIdIn(token: string | undefined, form: RegExp): string | undefined {
  if (token === undefined) return undefined;
  const id = form.exec(token)?.[1];
  if (id === undefined) throw invalidParameter("The specified nextToken is invalid.");
  return id;
}

/** AWS ends a page at 1 MB; the first event is always in it. */
function firstMegabyte(events: readonly StoredEvent[]): StoredEvent[] {
  let bytes = 0;
  const end = events.findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message);
    return index > 0 && bytes > 1_048_576;
  });
  return end === -1 ? [...events] : events.slice(0, end);
}
