import type { EventContext, Invocation, LocalAwsEvent } from "../hooks.ts";
import type { FunctionOverview } from "../lambda/overview.ts";
import type { LogEventAuthor } from "../logs/log-event-author.ts";

/**
 * The way of a message as data: what `GET /_local/trace` answers, in JSON. docs/trace.md explains it.
 */

/** A message of a client, or its connecting or disconnecting, with everything that came of it. */
export interface TracedMessage {
  /** X-Ray's: `1-{8 hexadecimal digits}-{24 more}`. */
  traceId: string;
  eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
  connectionId: string;
  /** API Gateway's, as in the event and in the access log. */
  requestId: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** In order of time; the first is at 0. */
  points: Point[];
  /** How many points were left out, because a message may have no more. */
  droppedPoints: number;
  /** Whether nothing more is under way. */
  settled: boolean;
  /** Grows with every change of any message. */
  revision: number;
}

/**
 * `at`: milliseconds since the message came, to a fraction, by a clock that only goes forward.
 * `run`: the run of a function that it belongs to or comes of, for Lambda may run an event twice,
 * with one id.
 */
export type Point = { at: number; run?: string } & Detail;

/** An event of a message, or a line of a function's log. */
export type Detail =
  | WithoutContext<Exclude<LocalAwsEvent, { type: "log" | "frame-out" }>>
  /** `isError`: the frame has the members of the option `errorFrame`. */
  | (Extract<LocalAwsEvent, { type: "frame-out" }> & { isError?: true })
  | { type: "log"; invocation: Invocation; author: LogEventAuthor; message: string };
type WithoutContext<Each> = Each extends { context: EventContext } ? Omit<Each, "context"> : Each;

/** What `GET /_local/trace` answers. */
export interface TraceAnswer {
  /** For `?since=`, to get only what has changed since. */
  revision: number;
  /** In the order in which they came, the oldest first. */
  messages: TracedMessage[];
}

/** What there is at the moment: what `GET /_local/overview` answers. */
export interface Overview {
  connections: number;
  functions: FunctionOverview[];
  /** Events that Lambda took and that haven't come to an end, be it success or failure. */
  queued: number;
  /** Messages in the functions' dead-letter queues. */
  deadLetters: number;
}
