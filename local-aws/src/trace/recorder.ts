import { firstUnits } from "../cut-text.ts";
import { type FramePattern, matchesPattern } from "../frame-pattern.ts";
import type { WrittenLogEvent } from "../logs/log-event.ts";
import { createObservers, type Observers } from "../observers.ts";
import { createPending } from "./pending.ts";
import type { EventContext, Hooks, Invocation } from "../hooks.ts";
import { parentOf, rootOf } from "../trace-header.ts";
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

/** The longest text, in characters. A longer one is cut. */
export const TEXT_LIMIT = 1024;
/**
 * Points of a message, without its log lines. Those have a limit of their own, so that they cannot
 * displace other points.
 */
export const POINT_LIMIT = 128;
export const LOG_LIMIT = 32;
/** The number of environments whose log lines are recorded. */
const ENVIRONMENT_LIMIT = 1024;

interface Entry {
  message: TracedMessage;
  begin: number;
  logs: number;
  pending: ReturnType<typeof createPending>;
}

/** The latest invocation of an environment, and its message. */
interface Work {
  entry: Entry;
  invocation: Invocation;
  run: string | undefined;
}

/**
 * @param options.limit how many messages are kept; the oldest goes first.
 * @param options.now a monotonic clock, in milliseconds.
 * @param options.wallClock milliseconds since the epoch.
 * @param options.errorFrame the members by which a frame to a client is an error. Default: none is.
 */
export function createRecorder(
  options: {
    limit?: number;
    now?: () => number;
    wallClock?: () => number;
    errorFrame?: FramePattern | undefined;
  } = {},
): Recorder {
  const { errorFrame, limit = 500, now = () => performance.now(), wallClock = Date.now } = options;
  const entries = new Map<string, Entry>();
  const works = new Map<string, Work>();
  const { notify, subscribe } = createObservers<TracedMessage>();
  // Above the revisions of any earlier run, so that a client with an old revision gets all messages.
  let revision = wallClock() * 1000;

  const add = (entry: Entry, detail: Detail, run?: string) => {
    const { message, pending } = entry;
    const isLog = detail.type === "log";
    const isFull = isLog
      ? entry.logs >= LOG_LIMIT
      : message.points.length - entry.logs >= POINT_LIMIT;
    if (isFull) message.droppedPoints += 1;
    else message.points.push({ at: now() - entry.begin, ...(run && { run }), ...cut(detail) });
    if (isLog && !isFull) entry.logs += 1;
    message.settled = pending.after(detail, run);
    message.revision = revision += 1;
    notify(message);
  };

  const begin = (traceId: string, { eventType, connectionId, requestId }: EventContext) => {
    const ids = { traceId, eventType, connectionId, requestId };
    const times = { startedAt: wallClock(), points: [], droppedPoints: 0 };
    const entry: Entry = {
      message: { ...ids, ...times, settled: false, revision: 0 },
      begin: now(),
      logs: 0,
      pending: createPending(),
    };
    entries.set(traceId, entry);
    if (entries.size > limit) dropOldest(entries);
    return entry;
  };

  const addLog = ({ author, logStreamName, message }: WrittenLogEvent) => {
    const work = works.get(logStreamName);
    if (work === undefined || !entries.has(work.entry.message.traceId)) return;
    const { entry, invocation, run } = work;
    add(entry, { type: "log", invocation, author, message: message.trimEnd() }, run);
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
      const entry = entries.get(traceId);
      if (entry === undefined) return;
      const run = parentOf(traceHeader);
      if (event.type === "environment") {
        // As the latest of all.
        works.delete(event.environment);
        works.set(event.environment, { entry, invocation: event.invocation, run });
        if (works.size > ENVIRONMENT_LIMIT) dropOldest(works);
      }
      add(entry, errorFrame === undefined ? event : marked(event, errorFrame), run);
    },
    messages: (since = 0) =>
      Array.from(entries.values(), ({ message }) => message).filter(
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

/** Before the text is cut. */
const marked = (detail: Detail, errorFrame: FramePattern): Detail =>
  detail.type === "frame-out" && matchesPattern(detail.text, errorFrame)
    ? { ...detail, isError: true }
    : detail;

function cut(detail: Detail): Detail {
  switch (detail.type) {
    case "frame-in":
    case "frame-out":
      if (detail.text.length <= TEXT_LIMIT) return detail;
      return { ...detail, text: begin(detail.text), bytes: Buffer.byteLength(detail.text) };
    case "log":
      if (detail.message.length <= TEXT_LIMIT) return detail;
      return { ...detail, message: begin(detail.message) };
    default:
      return detail;
  }
}

/** As a text of its own: a part of a text would keep the whole in memory. */
const begin = (text: string) => Buffer.from(firstUnits(text, TEXT_LIMIT)).toString();
