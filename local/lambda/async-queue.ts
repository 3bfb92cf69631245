import type { Clock, Timer } from "../clock.ts";
import { AwsError } from "../http/aws-error.ts";
import type { InvocationResult } from "./execution-environment.ts";
import type { LambdaFunction } from "./state.ts";

/** An event of an asynchronous invocation, from the moment Lambda accepts it. */
export interface AsyncEvent {
  readonly requestId: string;
  readonly payload: Buffer;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  /** How often the function ran. */
  invokeCount: number;
  /** How often it could not run. */
  refusals: number;
  /** Of the latest attempt; none before the first, and none where it can't be attempted at all. */
  outcome?: InvocationResult | Refusal;
}

/** The function didn't run: throttled, or a fault of the service. */
export interface Refusal {
  /** The HTTP status that a synchronous invoker would get. */
  status: number;
  message: string;
}

/** Why an event came to nothing, in the words of the failure record. */
export type FailureCondition = "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";

export interface AsyncQueue {
  add(event: Pick<AsyncEvent, "requestId" | "payload">): void;
  /** Nothing is attempted any more. */
  close(): void;
}

const DEFAULT_RETRIES = 2;
const DEFAULT_AGE_SECONDS = 21_600;
const MINUTE = 60_000;
const LONGEST_BACK_OFF = 5 * MINUTE;

/**
 * The queue between an asynchronous Invoke and the function. A function error is retried after one
 * minute, and then after two. What could not run at all is tried again after one second, and then
 * ever later, for as long as its age allows.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function createAsyncQueue(options: {
  clock: Clock;
  /** The function as it is now. Our choice: with it go the events that still wait for it. */
  target(): LambdaFunction | undefined;
  /** Rejects with an `AwsError` where the function doesn't run. */
  invoke(event: AsyncEvent): Promise<InvocationResult>;
  onSuccess(target: LambdaFunction, event: AsyncEvent): void;
  onFailure(target: LambdaFunction, event: AsyncEvent, condition: FailureCondition): void;
}): AsyncQueue {
  const { clock, invoke, onSuccess, onFailure } = options;
  const timers = new Set<Timer>();
  let closed = false;

  const attempt = async (event: AsyncEvent): Promise<void> => {
    const target = options.target();
    if (closed || target === undefined) return;
    if (target.reservedConcurrentExecutions === 0) {
      delete event.outcome;
      onFailure(target, event, "ZeroReservedConcurrency");
      return;
    }
    if (clock.now() >= expiryOf(target, event)) {
      onFailure(target, event, "EventAgeExceeded");
      return;
    }
    event.outcome = await invoke(event).catch(refusalOf);
    conclude(event, event.outcome);
  };

  const conclude = (event: AsyncEvent, outcome: InvocationResult | Refusal) => {
    const target = options.target();
    if (closed || target === undefined) return;
    if ("status" in outcome) {
      event.refusals += 1;
      attemptLater(target, event, Math.min(1000 * 2 ** (event.refusals - 1), LONGEST_BACK_OFF));
      return;
    }
    event.invokeCount += 1;
    const retries = target.eventInvokeConfig?.MaximumRetryAttempts ?? DEFAULT_RETRIES;
    if (outcome.functionError === undefined) onSuccess(target, event);
    else if (event.invokeCount > retries) onFailure(target, event, "RetriesExhausted");
    else attemptLater(target, event, event.invokeCount * MINUTE);
  };

  const attemptLater = (target: LambdaFunction, event: AsyncEvent, milliseconds: number) => {
    if (clock.now() + milliseconds >= expiryOf(target, event)) {
      onFailure(target, event, "EventAgeExceeded");
      return;
    }
    const timer = clock.setTimer(() => {
      timers.delete(timer);
      start(event);
    }, milliseconds);
    timers.add(timer);
  };

  /** A fault of ours is shown, and neither ends the local AWS nor keeps the event for ever. */
  const start = (event: AsyncEvent) => {
    attempt(event).catch((error: unknown) => process.emitWarning(String(error)));
  };

  return {
    add: (event) => start({ ...event, acceptedAt: clock.now(), invokeCount: 0, refusals: 0 }),
    close() {
      closed = true;
      for (const timer of timers) timer.cancel();
    },
  };
}

/** Milliseconds since the epoch. */
const expiryOf = ({ eventInvokeConfig }: LambdaFunction, { acceptedAt }: AsyncEvent) =>
  acceptedAt + 1000 * (eventInvokeConfig?.MaximumEventAgeInSeconds ?? DEFAULT_AGE_SECONDS);

function refusalOf(error: unknown): Refusal {
  if (error instanceof AwsError) return { status: error.status, message: error.message };
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}
