import type { WrittenLogEvent } from "../logs/log-event.ts";
import { createObservers, type Observers } from "../observers.ts";
import type { EventContext, Hooks, Invocation } from "../hooks.ts";
import { parentOf, rootOf } from "../trace-header.ts";
import { createMessageRecord, type MessageRecord, type RecordOptions } from "./message-record.ts";
import type { Detail, TracedMessage } from "./types.ts";

/** Keeps the latest messages. */
export interface Recorder extends Hooks {
  /**
   * Adds an event to its message. A log event of a function belongs to the message that its environment
   * works for.
   */
  emit: Hooks["emit"];
  /**
   * Returns the messages that have changed since a revision, the oldest first. They are not copies:
   * they change with later events.
   */
  messages(since?: number): TracedMessage[];
  /** The revision of the latest change. */
  readonly revision: number;
  /**
   * Calls a function after each change of a message, until the returned function is called. An error of
   * a subscriber is reported once as a process warning, and affects nothing else.
   */
  subscribe: Observers<TracedMessage>["subscribe"];
}

/** The number of environments whose log lines are recorded. */
const ENVIRONMENT_LIMIT = 1024;

/** The latest invocation of an environment, and its message. */
interface Work {
  record: MessageRecord;
  invocation: Invocation;
  run: string | undefined;
}

/**
 * Creates a recorder.
 * @param options.limit the number of messages that are kept; the oldest is dropped first.
 * @param options.now a monotonic clock, in milliseconds.
 * @param options.wallClock milliseconds since the epoch.
 */
export function createRecorder(
  options: RecordOptions & { limit?: number; now?: () => number; wallClock?: () => number } = {},
): Recorder {
  const { limit = 500, now = () => performance.now(), wallClock = Date.now, ...rest } = options;
  const records = new Map<string, MessageRecord>();
  const works = new Map<string, Work>();
  const { notify, subscribe } = createObservers<TracedMessage>();
  // Above the revisions of any earlier run, so that a client with an old revision gets all messages.
  let revision = wallClock() * 1000;

  const add = (record: MessageRecord, detail: Detail, run?: string) => {
    const { message } = record;
    record.add(detail, run);
    message.revision = revision += 1;
    notify(message);
  };

  const begin = (traceId: string, context: EventContext) => {
    const ids = { ...context, traceId, startedAt: wallClock() };
    const record = createMessageRecord(ids, { ...rest, now });
    records.set(traceId, record);
    if (records.size > limit) dropOldest(records);
    return record;
  };

  const addLog = ({ author, logStreamName, message }: WrittenLogEvent) => {
    const work = works.get(logStreamName);
    if (work === undefined || !records.has(work.record.message.traceId)) return;
    const { record, invocation, run } = work;
    add(record, { type: "log", invocation, author, message: message.trimEnd() }, run);
  };

  return {
    emit(traceHeader, event) {
      if (event.type === "log") return addLog(event);
      const traceId = rootOf(traceHeader) ?? "";
      if ("context" in event) {
        const { context, ...detail } = event;
        add(begin(traceId, context), detail);
        return;
      }
      const record = records.get(traceId);
      if (record === undefined) return;
      const run = parentOf(traceHeader);
      if (event.type === "environment") {
        // Moves the entry to the end, as the latest one.
        works.delete(event.environment);
        works.set(event.environment, { record, invocation: event.invocation, run });
        if (works.size > ENVIRONMENT_LIMIT) dropOldest(works);
      }
      add(record, event, run);
    },
    messages: (since = 0) =>
      Array.from(records.values(), ({ message }) => message).filter(
        (message) => message.revision > since,
      ),
    get revision() {
      return revision;
    },
    subscribe,
  };
}

function dropOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
