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

/** What happens to a message. Names of functions, ids of their invocations: as Lambda has them. */
export type Detail =
  /** A client asks to connect. */
  | { type: "handshake" }
  /** A message is here: its first 1,024 characters, and, where that isn't all, the length of it. */
  | { type: "frame-in"; text: string; bytes?: number }
  /** A connection has ended. */
  | { type: "closed"; code: number; reason: string }
  /** null: no route takes the message. */
  | { type: "route"; routeKey: string | null }
  | { type: "throttled" }
  | { type: "forbidden" }
  | { type: "authorizer-start" }
  /** `fault`: why the client may not connect. */
  | { type: "authorizer-end"; fault?: string }
  /** An environment was found or started for an invocation, which may have waited for it. */
  | { type: "environment"; invocation: Invocation; start: "cold" | "warm"; environment: string }
  /** The function has got its event. A cold start is over by then. */
  | { type: "function-start"; invocation: Invocation }
  | ({ type: "function-end"; invocation: Invocation } & FunctionEnd)
  /** A line of the function's log, as CloudWatch Logs keeps it; the first 1,024 characters of it. */
  | { type: "log"; invocation: Invocation; author: LogEventAuthor; message: string }
  /** A function calls Invoke. */
  | { type: "invoke-start"; functionName: string }
  /** Lambda has answered: 202, where it took the event. */
  | { type: "invoke-end"; functionName: string; status: number }
  /** Lambda's asynchronous queue has the event. */
  | { type: "queued"; invocation: Invocation }
  /** It will be attempted again. */
  | { type: "retry"; invocation: Invocation; inMilliseconds: number; reason: string }
  /** It won't. */
  | { type: "given-up"; invocation: Invocation; condition: string }
  | { type: "dead-letter"; invocation: Invocation; queue: string; delivered: boolean }
  | { type: "destination"; invocation: Invocation; destination: string; delivered: boolean }
  /** A function calls PostToConnection. */
  | { type: "post-start" }
  | { type: "post-end"; status: number }
  /** A message is on its way to the client. */
  | { type: "frame-out"; text: string; bytes?: number }
  /** API Gateway is done with the event. `fault`: what it answered in place of a function. */
  | { type: "handled"; status: number; fault?: string }
  | { type: "open" };

export interface Invocation {
  functionName: string;
  /** Lambda's, as in the function's log. */
  requestId: string;
}

/** What happens to an invocation, without saying to which. */
export type InvocationDetail = WithoutInvocation<Extract<Detail, { invocation: Invocation }>>;
type WithoutInvocation<Each> = Each extends unknown ? Omit<Each, "invocation"> : never;

/** How an invocation ended. Times in milliseconds. */
export interface FunctionEnd {
  /** `crash`: its process died. */
  outcome: "success" | "error" | "timeout" | "crash";
  errorType?: string;
  duration: number;
  /** What starting the environment took, where this is its first invocation. */
  initDuration?: number;
  /** MB: the high-water mark. */
  memoryUsed: number;
  /** The name of its log stream. */
  environment: string;
}

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

/** A function's execution environments by what they do. */
export interface FunctionOverview {
  functionName: string;
  /** Starting, for the first time. */
  cold: number;
  /** Running an invocation. */
  busy: number;
  /** Free. */
  warm: number;
  /** Free, and stopped until the next invocation. */
  frozen: number;
  /** Invocations that wait for an environment. */
  waiting: number;
}
