import type { Invocation } from "../../hooks.ts";
import type { InvocationResult } from "../environment/execution-environment.ts";
import type { LambdaFunction } from "../state.ts";

/** An event as the invoker sends it. */
export interface NewEvent {
  readonly requestId: string;
  readonly payload: Buffer;
  /** The ARN in the request, with the qualifier if there is one. Default: without a qualifier. */
  readonly functionArn?: string | undefined;
  /** The trace header of the Invoke request. */
  readonly traceHeader?: string | undefined;
}

/** An event of an asynchronous invocation, from the moment Lambda accepts it. */
export interface AsyncEvent extends NewEvent {
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  /** The number of times that the function ran. */
  invokeCount: number;
  /** The number of times that it could not run. */
  refusals: number;
  /** The result of the latest attempt. Undefined before the first, and if no attempt is possible. */
  outcome?: InvocationResult | Refusal;
}

/** The function did not run: it is throttled, or the service failed. */
export interface Refusal {
  /** The HTTP status that a synchronous invoker would get. */
  status: number;
  message: string;
}

/** The reason why Lambda gave up an event, as the failure record has it. */
export type FailureCondition = "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";

/** Returns the invocation of an event, as the hooks report it. */
export const invocationOf = (
  { configuration }: LambdaFunction,
  { requestId }: NewEvent,
): Invocation => ({ functionName: configuration.FunctionName, requestId });
