import type { Clock, Timer } from "../../clock.ts";
import { type Hooks, noHooks } from "../../hooks.ts";
import { AwsError } from "../../protocols/aws-error.ts";
import { reportError } from "../../report-error.ts";
import type { DelayedSettings } from "../delayed-settings.ts";
import type { InvocationResult } from "../environment/execution-environment.ts";
import type { LambdaFunction } from "../state.ts";
import {
  type AsyncEvent,
  type FailureCondition,
  invocationOf,
  type NewEvent,
  type Refusal,
} from "./async-event.ts";

/** The events of one function. */
export interface AsyncQueue {
  add(event: NewEvent): void;
  /** Returns how many events are running or wait for a retry. */
  size(): number;
  /** Drops all events, without retries and without records to destinations. */
  close(): void;
}

const DEFAULT_RETRIES = 2;
const DEFAULT_AGE_SECONDS = 21_600;
const MINUTE = 60_000;
const MAX_BACKOFF = 5 * MINUTE;

/**
 * The maximum jitter of a retry, in milliseconds. AWS documents one and two minutes. Captures have 53.5 to
 * 67.2 s for the first retry, and 114.2 to 128.2 s for the second.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/lambda/event_config_timing.json
 */
const RETRY_JITTER = 10_000;

/**
 * Creates the queue between an asynchronous Invoke and the function. The first attempt is immediate.
 *
 * - The function runs without an error: the event has succeeded.
 * - The function fails: the next attempt is after about one minute, and then after about two. After
 *   the last retry the event is given up.
 * - The function cannot run (a throttle, an error of the service): the next attempt is after one
 *   second. The delay doubles each time, up to five minutes. It does not count as a retry.
 * - The next attempt would be after the event's maximum age: the event is given up.
 *
 * - The function was deleted: the event waits as if it could not run. A function that is created with the
 *   name runs it. If there is none before the event's maximum age, it is dropped without a record.
 *
 * Changes of the function's settings apply to the events that wait, once they are in force.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/lambda/async_deletion_analysis.json
 */
export function createAsyncQueue(options: {
  /** The function when its first event was accepted. */
  target: LambdaFunction;
  /** Returns the function that has the name of the target now. */
  find(): LambdaFunction | undefined;
  clock: Clock;
  settings: Pick<DelayedSettings, "eventInvokeConfig">;
  /** Returns a number from 0 up to 1. */
  random(): number;
  /** Rejects with an `AwsError` if the function cannot run. */
  invoke(target: LambdaFunction, event: AsyncEvent): Promise<InvocationResult>;
  onSuccess(target: LambdaFunction, event: AsyncEvent): void;
  onFailure(target: LambdaFunction, event: AsyncEvent, condition: FailureCondition): void;
  /** Default: none. */
  hooks?: Hooks;
}): AsyncQueue {
  const { clock, settings, random, invoke, hooks = noHooks } = options;
  /** All events that have neither succeeded nor failed. */
  const events = new Set<AsyncEvent>();
  /** The timers of the events that wait for a retry. */
  const timers = new Set<Timer>();
  let closed = false;
  /** The latest function with the name. It can be deleted. */
  let { target } = options;

  const isDeleted = (): boolean => {
    const found = options.find();
    if (found !== undefined) target = found;
    return found === undefined;
  };

  const attempt = async (event: AsyncEvent): Promise<void> => {
    if (closed) return;
    if (isDeleted()) return refuse(event, "The function was deleted.");
    if (target.reservedConcurrentExecutions === 0) {
      delete event.outcome;
      return giveUp(event, "ZeroReservedConcurrency");
    }
    if (clock.now() >= expiryOf(event)) return giveUp(event, "EventAgeExceeded");
    event.outcome = await invoke(target, event).catch(refusalOf);
    conclude(event, event.outcome);
  };

  /** Retries later, because the function cannot run now. */
  const refuse = (event: AsyncEvent, reason: string) => {
    event.refusals += 1;
    attemptLater(event, Math.min(1000 * 2 ** (event.refusals - 1), MAX_BACKOFF), reason);
  };

  const conclude = (event: AsyncEvent, outcome: InvocationResult | Refusal) => {
    if (closed) return;
    if ("status" in outcome) return refuse(event, outcome.message);
    event.invokeCount += 1;
    const { MaximumRetryAttempts: retries = DEFAULT_RETRIES } =
      settings.eventInvokeConfig.of(target) ?? {};
    if (outcome.functionError === undefined) {
      events.delete(event);
      if (!isDeleted()) options.onSuccess(target, event);
    } else if (event.invokeCount > retries) giveUp(event, "RetriesExhausted");
    else {
      const jitter = Math.round((2 * random() - 1) * RETRY_JITTER);
      attemptLater(event, event.invokeCount * MINUTE + jitter, "The function failed.");
    }
  };

  const giveUp = (event: AsyncEvent, condition: FailureCondition) => {
    events.delete(event);
    const invocation = invocationOf(target, event);
    hooks.emit(event.traceHeader, { type: "given-up", invocation, condition });
    if (!isDeleted()) options.onFailure(target, event, condition);
  };

  const attemptLater = (event: AsyncEvent, inMilliseconds: number, reason: string) => {
    if (clock.now() + inMilliseconds >= expiryOf(event)) return giveUp(event, "EventAgeExceeded");
    const invocation = invocationOf(target, event);
    hooks.emit(event.traceHeader, { type: "retry", invocation, inMilliseconds, reason });
    const timer = clock.setTimer(() => {
      timers.delete(timer);
      start(event);
    }, inMilliseconds);
    timers.add(timer);
  };

  /** Returns the end of the maximum age of an event, in milliseconds since the epoch. */
  const expiryOf = ({ acceptedAt }: AsyncEvent): number => {
    const { MaximumEventAgeInSeconds: seconds = DEFAULT_AGE_SECONDS } =
      settings.eventInvokeConfig.of(target) ?? {};
    return acceptedAt + 1000 * seconds;
  };

  /** Starts an attempt. An error of the local AWS itself is printed, and does not end the process. */
  const start = (event: AsyncEvent) => {
    attempt(event).catch((error: unknown) => reportError(error));
  };

  return {
    add(added) {
      if (closed) return;
      const event = { ...added, acceptedAt: clock.now(), invokeCount: 0, refusals: 0 };
      events.add(event);
      start(event);
    },
    size: () => events.size,
    close() {
      closed = true;
      events.clear();
      for (const timer of timers) timer.cancel();
    },
  };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof AwsError) return { status: error.status, message: error.message };
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}
