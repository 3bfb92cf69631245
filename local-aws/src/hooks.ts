/**
 * The one seam for observers: the services of the local AWS report what happens to a message, and
 * subscribers such as the trace, the console and the terminal get every report. No service knows who
 * subscribes, or what a subscriber does with an event.
 */
import type { WrittenLogEvent } from "./logs/log-event.ts";

/**
 * An event of a message. Names of functions and IDs of invocations are Lambda's. The three events
 * with a `context` are the first of a message.
 */
export type LocalAwsEvent =
  /** A client asks to connect. */
  | { type: "handshake"; context: EventContext }
  /** A client's message has arrived. */
  | { type: "frame-in"; text: string; bytes?: number; context: EventContext }
  /** A connection has ended. */
  | { type: "closed"; code: number; reason: string; context: EventContext }
  /** The selected route; null if no route takes the message. */
  | { type: "route"; routeKey: string | null }
  /** A throttle of the stage refuses the message. */
  | { type: "throttled" }
  /** No route takes the message. */
  | { type: "forbidden" }
  | { type: "authorizer-start" }
  /** `fault`: why the client cannot connect. */
  | { type: "authorizer-end"; fault?: string }
  /** An execution environment was assigned to an invocation. */
  | { type: "environment"; invocation: Invocation; start: "cold" | "warm"; environment: string }
  /** The function got its event. A cold start is over by then. */
  | { type: "function-start"; invocation: Invocation }
  | ({ type: "function-end"; invocation: Invocation } & InvocationReport)
  /** A function calls Invoke. */
  | { type: "invoke-start"; functionName: string }
  /** Lambda's response: 202 if it accepted an asynchronous invocation. */
  | { type: "invoke-end"; functionName: string; status: number }
  /** Lambda's queue of asynchronous invocations accepted the event. */
  | { type: "queued"; invocation: Invocation }
  /** An attempt failed, and there will be another. */
  | { type: "retry"; invocation: Invocation; inMilliseconds: number; reason: string }
  /** The last attempt failed. */
  | { type: "given-up"; invocation: Invocation; condition: string }
  | { type: "dead-letter"; invocation: Invocation; queue: string; delivered: boolean }
  | { type: "destination"; invocation: Invocation; destination: string; delivered: boolean }
  /** A function calls PostToConnection. */
  | { type: "post-start" }
  | { type: "post-end"; status: number }
  /** API Gateway sends a message to the client. */
  | { type: "frame-out"; text: string; bytes?: number }
  /** API Gateway has handled the event. `fault`: its own error, in place of a function's response. */
  | { type: "handled"; status: number; fault?: string }
  /** The connection is open. */
  | { type: "open" }
  /** A log event was written. It has no trace header, because only its environment is known. */
  | ({ type: "log" } & WrittenLogEvent);

/** The message that a client's event belongs to, as in the `requestContext`. */
export interface EventContext {
  eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
  connectionId: string;
  /** API Gateway's, as in the event and in the access log. */
  requestId: string;
}

export interface Invocation {
  functionName: string;
  /** Lambda's, as in the function's log. */
  requestId: string;
}

/** An event of an invocation, without its name and ID. */
export type InvocationEvent = WithoutInvocation<Extract<LocalAwsEvent, { invocation: Invocation }>>;
type WithoutInvocation<Each> = Each extends unknown ? Omit<Each, "invocation"> : never;

/** Lambda's report of an invocation. Times in milliseconds. */
export interface InvocationReport {
  /** `crash`: its process exited. */
  outcome: "success" | "error" | "timeout" | "crash";
  errorType?: string;
  duration: number;
  /** Duration of the environment's start, for its first invocation. */
  initDuration?: number;
  /** MB: the high-water mark. */
  memoryUsed: number;
  /** The name of its log stream. */
  environment: string;
}

/** What a service needs to report events. */
export interface Hooks {
  /**
   * @param traceHeader `X-Amzn-Trace-Id`, which connects the events of one message; undefined for a
   * request without one.
   */
  emit(traceHeader: string | undefined, event: LocalAwsEvent): void;
}

/** An event with the trace header of its message. */
export interface HookEvent {
  traceHeader: string | undefined;
  event: LocalAwsEvent;
}

/** Hooks without subscribers. */
export const noHooks: Hooks = { emit() {} };
