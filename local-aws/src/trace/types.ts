import type { EventContext, Invocation, LocalAwsEvent } from "../hooks.ts";
import type { FunctionOverview } from "../lambda/overview.ts";
import type { LogEventAuthor } from "../logs/log-event-author.ts";

/** The trace of messages, as `GET /_local/trace` returns it in JSON. */

/** A message of a client, or a connect or disconnect, with all events that belong to it. */
export interface TracedMessage {
  /** X-Ray's: `1-{8 hexadecimal digits}-{24 more}`. */
  traceId: string;
  eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
  connectionId: string;
  /** API Gateway's, as in the event and in the access log. */
  requestId: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** In the order of time. The first is at 0. */
  points: Point[];
  /** The number of points over the limit of a message, which are not kept. */
  droppedPoints: number;
  /** Whether nothing of the message is in progress. */
  settled: boolean;
  /** The number of its latest change. It increases with each change of any message. */
  revision: number;
}

/**
 * An event at a time. `at`: milliseconds since the message arrived, with fractions, by a monotonic
 * clock. `run`: the run of a function that it belongs to, because Lambda can run an event twice with
 * the same ID.
 */
export type Point = { at: number; run?: string } & Detail;

/** An event of a message, or a line of a function's log. */
export type Detail =
  | WithoutContext<Exclude<LocalAwsEvent, { type: "log" | "frame-in" | "frame-out" }>>
  /** `bytes`: the length of the whole text in UTF-8, if the trace has only its beginning. */
  | (WithoutContext<Extract<LocalAwsEvent, { type: "frame-in" }>> & { bytes?: number })
  /** `isError`: the frame has the members of the option `errorFrame`. */
  | (Extract<LocalAwsEvent, { type: "frame-out" }> & { bytes?: number; isError?: true })
  /**
   * The frames of a run with the members of the option `progressFrame`, as one point. It changes with each
   * of them, and `at` is the time of the first. Their posts are no points, except for those that failed.
   */
  | ({ type: "progress" } & ProgressSummary)
  | { type: "log"; invocation: Invocation; author: LogEventAuthor; message: string };

/** The progress frames of a run. */
export interface ProgressSummary {
  /** All of them. */
  count: number;
  /** The first and the latest ones, at most 100. */
  frames: ProgressFrame[];
}

/** A progress frame. The times and the text are as in a point. */
export interface ProgressFrame {
  at: number;
  text: string;
  bytes?: number;
}

type WithoutContext<Each> = Each extends { context: EventContext } ? Omit<Each, "context"> : Each;

/** The response of `GET /_local/trace`. */
export interface TraceResponse {
  /** The latest change. Pass it as `?since=` to get only the messages that have changed since. */
  revision: number;
  /** In the order in which they arrived, the oldest first. */
  messages: TracedMessage[];
}

/** The current state, as `GET /_local/overview` returns it. */
export interface Overview {
  /** Open connections of all APIs. */
  connections: number;
  functions: FunctionOverview[];
  /** Asynchronous invocations that Lambda has accepted and that have neither succeeded nor failed. */
  queued: number;
  /** Messages in the functions' dead-letter queues. */
  deadLetters: number;
  /** A problem of the application, such as a failed build; null: there is none. */
  notice: string | null;
  /** All WebSocket APIs. */
  apis: ApiOverview[];
}

/** A WebSocket API with its stages. */
export interface ApiOverview {
  apiId: string;
  name: string;
  region: string;
  stages: StageOverview[];
}

/** A stage, with what its deployment has. */
export interface StageOverview {
  name: string;
  /** The URL that clients connect to. */
  url: string;
  routeSelectionExpression: string;
  /** Empty if the stage has no deployment. */
  routeKeys: string[];
}
