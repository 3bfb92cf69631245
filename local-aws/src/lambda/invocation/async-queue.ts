import type { Clock, Timer } from "../../clock.ts";
import { AwsError } from "../../protocols/aws-error.ts";
import type { InvocationResult } from "../environment/execution-environment.ts";
import type { LambdaFunction } from "../state.ts";
import { reportError } from "../../report-error.ts";
import { type Hooks, noHooks } from "../../hooks.ts";

/** An event of an asynchronous invocation, from the moment Lambda accepts it. */
export interface AsyncEvent {
  readonly requestId: string;
  readonly payload: Buffer;
  /** Of the request that led to it. */
  readonly traceHeader?: string | undefined;
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
  add(event: Pick<AsyncEvent, "requestId" | "payload" | "traceHeader">): void;
  /** How many events have not come to an end. */
  size(): number;
  /** Nothing is attempted any more. */
  close(): void;
}

const DEFAULT_RETRIES = 2;
const DEFAULT_AGE_SECONDS = 21_600;
const MINUTE = 60_000;
const LONGEST_BACK_OFF = 5 * MINUTE;

/**
 * How much earlier or later than its minute a retry comes, at most. AWS names one and two minutes;
 * captures have 53.5 to 67.2 s for the first retry, and 114.2 to 128.2 s for the second.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/lambda/event_config_timing.json
 */
const RETRY_JITTER = 10_000;

/**
 * The queue between an asynchronous Invoke and the function. A function error is retried after about
 * one minute, and then after about two. What could not run at all is tried again after one second, and then
 * ever later, for as long as its age allows.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function createAsyncQueue(options: {
  clock: Clock;
  /** Returns a number from 0 up to 1. */
  random(): number;
  /** The function as it is now. Our choice: with it go the events that still wait for it. */
  target(): LambdaFunction | undefined;
  /** Rejects with an `AwsError` where the function doesn't run. */
  invoke(event: AsyncEvent): Promise<InvocationResult>;
  onSuccess(target: LambdaFunction, event: AsyncEvent): void;
  onFailure(target: LambdaFunction, event: AsyncEvent, condition: FailureCondition): void;
  /** Default: none. */
  hooks?: Hooks;
}): AsyncQueue {
  const { clock, random, invoke, hooks = noHooks } = options;
  const timers = new Set<Timer>();
  const events = new Set<AsyncEvent>();
  let closed = false;

  const forget = (event: AsyncEvent) => void events.delete(event);

  const giveUp = (target: LambdaFunction, event: AsyncEvent, condition: FailureCondition) => {
    forget(event);
    hooks.emit(event.traceHeader, {
      type: "given-up",
      invocation: invocationOf(target, event),
      condition,
    });
    options.onFailure(target, event, condition);
  };

  const attempt = async (event: AsyncEvent): Promise<void> => {
    const target = options.target();
    if (closed || target === undefined) return forget(event);
    if (target.reservedConcurrentExecutions === 0) {
      delete event.outcome;
      return giveUp(target, event, "ZeroReservedConcurrency");
    }
    if (clock.now() >= expiryOf(target, event)) return giveUp(target, event, "EventAgeExceeded");
    event.outcome = await invoke(event).catch(refusalOf);
    conclude(event, event.outcome);
  };

  const conclude = (event: AsyncEvent, outcome: InvocationResult | Refusal) => {
    const target = options.target();
    if (closed || target === undefined) return forget(event);
    if ("status" in outcome) {
      event.refusals += 1;
      const backOff = Math.min(1000 * 2 ** (event.refusals - 1), LONGEST_BACK_OFF);
      return attemptLater(target, event, backOff, outcome.message);
    }
    event.invokeCount += 1;
    const retries = target.eventInvokeConfig?.MaximumRetryAttempts ?? DEFAULT_RETRIES;
    if (outcome.functionError === undefined) {
      forget(event);
      options.onSuccess(target, event);
    } else if (event.invokeCount > retries) giveUp(target, event, "RetriesExhausted");
    else {
      const jitter = Math.round((2 * random() - 1) * RETRY_JITTER);
      attemptLater(target, event, event.invokeCount * MINUTE + jitter, "The function failed.");
    }
  };

  const attemptLater = (
    target: LambdaFunction,
    event: AsyncEvent,
    milliseconds: number,
    reason: string,
  ) => {
    if (clock.now() + milliseconds >= expiryOf(target, event))
      return giveUp(target, event, "EventAgeExceeded");
    hooks.emit(event.traceHeader, {
      type: "retry",
      invocation: invocationOf(target, event),
      inMilliseconds: milliseconds,
      reason,
    });
    const timer = clock.setTimer(() => {
      timers.delete(timer);
      start(event);
    }, milliseconds);
    timers.add(timer);
  };

  /** A fault of ours is shown, and neither ends the local AWS nor keeps the event for ever. */
  const start = (event: AsyncEvent) => {
    attempt(event).catch((error: unknown) => reportError(error));
  };

  return {
    add(added) {
      const event = { ...added, acceptedAt: clock.now(), invokeCount: 0, refusals: 0 };
      events.add(event);
      start(event);
    },
    size: () => events.size,
    close() {
      closed = true;
      for (const timer of timers) timer.cancel();
    },
  };
}

const invocationOf = ({ configuration }: LambdaFunction, { requestId }: AsyncEvent) => ({
  functionName: configuration.FunctionName,
  requestId,
});

/** Milliseconds since the epoch. */
const expiryOf = ({ eventInvokeConfig }: LambdaFunction, { acceptedAt }: AsyncEvent) =>
  acceptedAt + 1000 * (eventInvokeConfig?.MaximumEventAgeInSeconds ?? DEFAULT_AGE_SECONDS);

function refusalOf(error: unknown): Refusal {
  if (error instanceof AwsError) return { status: error.status, message: error.message };
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}
