/**
 * The one interface between services and observers. The services of the local AWS emit an event for
 * each step of a message. Each subscriber, such as the trace or a listener of `LocalAws.subscribe`,
 * gets all events. No service knows its subscribers.
 */
import type { WrittenLogEvent } from "./logs/log-event.ts";

/** An event of a message. A message starts with one of the three events that have a `context`. */
export type LocalAwsEvent =
  /** A client sends a handshake. */
  | { type: "handshake"; context: EventContext }
  /** A client's message has arrived. */
  | { type: "frame-in"; text: string; context: EventContext }
  /** A connection has ended. */
  | { type: "closed"; code: number; reason: string; context: EventContext }
  /** The selected route; null if no route matches the message. */
  | { type: "route"; routeKey: string | null }
  /** A throttle of the stage refuses the message. */
  | { type: "throttled" }
  /** No route matches the message. */
  | { type: "forbidden" }
  /** API Gateway invokes the authorizer of the route. */
  | { type: "authorizer-start" }
  /**
   * The authorizer has decided. `error`: if the client cannot connect, the message for it, or the
   * response type of the access log if that message is empty.
   */
  | { type: "authorizer-end"; error?: string }
  /** An execution environment was assigned to an invocation. */
  | { type: "environment"; invocation: Invocation; start: "cold" | "warm"; environment: string }
  /** The function got its event, after its cold start if there was one. */
  | { type: "function-start"; invocation: Invocation }
  /** The function returned or failed. */
  | ({ type: "function-end"; invocation: Invocation } & InvocationReport)
  /** A function calls Invoke. */
  | { type: "invoke-start"; functionName: string }
  /** Invoke has responded. `status` is 202 if Lambda accepted an asynchronous invocation. */
  | { type: "invoke-end"; functionName: string; status: number }
  /** Lambda's queue of asynchronous invocations accepted the event. */
  | { type: "queued"; invocation: Invocation }
  /** An attempt failed or was throttled. Lambda will try again after `inMilliseconds`. */
  | { type: "retry"; invocation: Invocation; inMilliseconds: number; reason: string }
  /** Lambda will not try again. `condition` is that of the failure record, such as `RetriesExhausted`. */
  | { type: "given-up"; invocation: Invocation; condition: string }
  /** The failed event goes to a dead-letter queue, given by its ARN. `delivered`: it is there. */
  | { type: "dead-letter"; invocation: Invocation; queue: string; delivered: boolean }
  /** A record of the invocation goes to a destination, given by its ARN. `delivered`: it is there. */
  | { type: "destination"; invocation: Invocation; destination: string; delivered: boolean }
  /** A function calls PostToConnection. */
  | { type: "post-start" }
  /** PostToConnection has responded: 200, 410 if the connection does not exist, or another error. */
  | { type: "post-end"; status: number }
  /** API Gateway sends a message to the client. */
  | { type: "frame-out"; text: string }
  /**
   * API Gateway has handled the event. `status` is the status of the function's response, or of API
   * Gateway's own error. `error`: the message of that error.
   */
  | { type: "handled"; status: number; error?: string }
  /** The connection is open. */
  | { type: "open" }
  /** A log event was written. It has no trace header: its log stream names the environment. */
  | ({ type: "log" } & WrittenLogEvent);

/** The message that a client's event belongs to, as in the `requestContext`. */
export interface EventContext {
  eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
  connectionId: string;
  /** API Gateway's, as in the event and in the access log. */
  requestId: string;
}

/** An invocation, as events name it. */
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
  /** `error`: the function failed. `crash`: the process of the environment exited. */
  outcome: "success" | "error" | "timeout" | "crash";
  /** The class of the error, or Lambda's name of the failure, such as `Sandbox.Timedout`. */
  errorType?: string;
  errorMessage?: string;
  /** The lines of the stack of an error that the function threw, as V8 writes them. */
  stackTrace?: string[];
  duration: number;
  /** The duration of the cold start, if this is the first invocation of the environment. */
  initDuration?: number;
  /** The peak memory of the environment, in MB. */
  memoryUsed: number;
  /** The name of the environment's log stream. */
  environment: string;
}

/** Receives the events of the services. */
export interface Hooks {
  /**
   * Passes an event on to all subscribers. It does not throw and waits for none of them.
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
