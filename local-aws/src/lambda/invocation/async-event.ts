import type { Invocation } from "../../hooks.ts";
import type { InvocationResult } from "../environment/execution-environment.ts";
import type { LambdaFunction } from "../state.ts";

/** An event as the invoker sends it. */
export interface NewEvent {
  readonly requestId: string;
  readonly payload: Buffer;
  /** As the invoker named the function, with the qualifier if there is one. Default: without one. */
  readonly functionArn?: string | undefined;
  /** Of the request that led to it. */
  readonly traceHeader?: string | undefined;
}

/** An event of an asynchronous invocation, from the moment Lambda accepts it. */
export interface AsyncEvent extends NewEvent {
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  /** How often the function ran. */
  invokeCount: number;
  /** How often it could not run. */
  refusals: number;
  /** Of the latest attempt. Undefined before the first, and if no attempt is possible. */
  outcome?: InvocationResult | Refusal;
}

/** The function did not run: it is throttled, or the service failed. */
export interface Refusal {
  /** The HTTP status that a synchronous invoker would get. */
  status: number;
  message: string;
}

/** Why Lambda gave an event up, in the words of the failure record. */
export type FailureCondition = "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";

/** The invocation of an event, as the hooks report it. */
export const invocationOf = (
  { configuration }: LambdaFunction,
  { requestId }: NewEvent,
): Invocation => ({ functionName: configuration.FunctionName, requestId });
