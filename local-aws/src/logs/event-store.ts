import type { Clock } from "../clock.ts";
import type { Hooks } from "../hooks.ts";
import type { LogEvent } from "./log-event.ts";
import type { LogEventAuthor } from "./log-event-author.ts";
import type { LogGroup } from "./state.ts";

/** An event in a log group. */
export interface StoredEvent extends LogEvent {
  /** Grows with every event of all groups. */
  sequence: number;
  /** Milliseconds since the epoch. */
  ingestionTime: number;
  logStreamName: string;
}

/** All times in milliseconds since the epoch. */
export interface LogStream {
  logStreamName: string;
  creationTime: number;
  firstEventTimestamp?: number;
  lastEventTimestamp?: number;
  lastIngestionTime?: number;
}

interface GroupContent {
  streams: Map<string, LogStream>;
  /** In the order of their ids. */
  events: StoredEvent[];
}

/** The stream that events are written to. */
export interface LogTarget {
  region: string;
  group: LogGroup;
  logStreamName: string;
}

export interface EventStore {
  /** The group's streams by name. A new stream is added to this map. */
  streamsOf(group: LogGroup): Map<string, LogStream>;
  /** The group's events that are within its retention, in chronological order. */
  eventsOf(group: LogGroup): readonly StoredEvent[];
  /** Adds events to a stream. Creates the stream if it does not exist. */
  append(target: LogTarget, author: LogEventAuthor, events: readonly LogEvent[]): void;
  /** Deletes a stream and its events. */
  deleteStream(group: LogGroup, logStreamName: string): void;
}

const dayInMs = 24 * 60 * 60 * 1000;

/**
 * The streams and events of all log groups. They are run-time data: they are deleted with the process or
 * with their group.
 * @param options.capacity how many events one group holds. Our choice: 50,000; then the oldest ones are
 * dropped. AWS keeps all events until the retention ends.
 */
export function createEventStore(options: {
  clock: Clock;
  hooks: Hooks;
  capacity?: number;
}): EventStore {
  const { clock, hooks, capacity = 50_000 } = options;
  const contents = new WeakMap<LogGroup, GroupContent>();
  let written = 0;

  function contentOf(group: LogGroup): GroupContent {
    const known = contents.get(group);
    if (known !== undefined) return known;
    const content = { streams: new Map(), events: [] };
    contents.set(group, content);
    return content;
  }

  function eventsOf(group: LogGroup): StoredEvent[] {
    const { events } = contentOf(group);
    events.splice(0, Math.max(0, events.length - capacity));
    if (group.retentionInDays === undefined) return events;
    const oldest = clock.now() - group.retentionInDays * dayInMs;
    const expired = events.findIndex(({ timestamp }) => timestamp >= oldest);
    events.splice(0, expired === -1 ? events.length : expired);
    return events;
  }

  function append(
    { region, group, logStreamName }: LogTarget,
    author: LogEventAuthor,
    added: readonly LogEvent[],
  ) {
    const { events, streams } = contentOf(group);
    const { logGroupName } = group;
    const ingestionTime = clock.now();
    const stream = streamFor(streams, logStreamName, ingestionTime);
    for (const { timestamp, message } of added) {
      insert(events, { sequence: written++, ingestionTime, logStreamName, message, timestamp });
      stream.firstEventTimestamp = Math.min(stream.firstEventTimestamp ?? timestamp, timestamp);
      stream.lastEventTimestamp = Math.max(stream.lastEventTimestamp ?? timestamp, timestamp);
      stream.lastIngestionTime = ingestionTime;
      const event = { author, logGroupName, logStreamName, message, region, timestamp };
      hooks.emit(undefined, { type: "log", ...event });
    }
    // In blocks, because it is expensive to shift the whole list for each event.
    if (events.length > capacity * 1.1) events.splice(0, events.length - capacity);
  }

  return {
    streamsOf: (group) => contentOf(group).streams,
    eventsOf,
    append,
    deleteStream(group, logStreamName) {
      const content = contentOf(group);
      content.streams.delete(logStreamName);
      content.events = content.events.filter((event) => event.logStreamName !== logStreamName);
    },
  };
}

const TIME_DIGITS = 16;

/**
 * Returns the ID of an event, whose texts sort like the events: 56 digits, the timestamp and the sequence.
 * It is not stored, because most events are never read.
 */
export const eventIdOf = ({ timestamp, sequence }: StoredEvent): string =>
  `${digits(timestamp, TIME_DIGITS)}${digits(sequence, 40)}`;

/**
 * Reads an ID once, for a comparison with many events.
 * @returns a function that returns a negative number for an event before the one with the ID, and a
 * positive one for an event after it.
 */
export function comparatorWith(eventId: string): (event: StoredEvent) => number {
  const time = Number(eventId.slice(0, TIME_DIGITS));
  const position = Number(eventId.slice(TIME_DIGITS));
  return ({ timestamp, sequence }) => timestamp - time || sequence - position;
}

const digits = (number: number, length: number) => String(number).padStart(length, "0");

function streamFor(streams: Map<string, LogStream>, logStreamName: string, creationTime: number) {
  const known = streams.get(logStreamName);
  if (known !== undefined) return known;
  const stream: LogStream = { logStreamName, creationTime };
  streams.set(logStreamName, stream);
  return stream;
}

/** Keeps the order of the IDs. The ID of a new event is the highest of its timestamp. */
function insert(events: StoredEvent[], event: StoredEvent): void {
  const latest = events.at(-1);
  // Nearly every event is the newest.
  if (latest === undefined || latest.timestamp <= event.timestamp) events.push(event);
  else {
    const before = events.findLastIndex(({ timestamp }) => timestamp <= event.timestamp);
    events.splice(before + 1, 0, event);
  }
}
