import type { Clock, Timer } from "../clock.ts";
import type { InvocationResult } from "./execution-environment.ts";
import type { EventInvokeConfig } from "./state.ts";

/** An event of an asynchronous invocation, from the moment Lambda accepts it. */
export interface AsyncEvent {
  requestId: string;
  payload: Buffer;
  /** Milliseconds since the epoch. */
  acceptedAt: number;
  invokeCount: number;
}

/** Why an event came to nothing, in the words of the failure record. */
export type FailureCondition = "RetriesExhausted" | "EventAgeExceeded";

export interface AsyncQueue {
  add(event: AsyncEvent): void;
  close(): void;
}

const DEFAULT_RETRIES = 2;
const DEFAULT_AGE_SECONDS = 21_600;

/**
 * The queue between an asynchronous Invoke and the function. A function error is retried after one
 * minute, and then after two.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function createAsyncQueue(options: {
  clock: Clock;
  config(): EventInvokeConfig | undefined;
  invoke(event: AsyncEvent): Promise<InvocationResult>;
  onSuccess(event: AsyncEvent, result: InvocationResult): void;
  onFailure(event: AsyncEvent, condition: FailureCondition, result?: InvocationResult): void;
}): AsyncQueue {
  const { clock, config, invoke, onSuccess, onFailure } = options;
  const timers = new Set<Timer>();

  const maximumAge = () => 1000 * (config()?.MaximumEventAgeInSeconds ?? DEFAULT_AGE_SECONDS);

  const attempt = async (event: AsyncEvent) => {
    if (clock.now() - event.acceptedAt > maximumAge()) {
      onFailure(event, "EventAgeExceeded");
      return;
    }
    event.invokeCount += 1;
    const result = await invoke(event);
    if (result.functionError === undefined) onSuccess(event, result);
    else if (event.invokeCount > (config()?.MaximumRetryAttempts ?? DEFAULT_RETRIES))
      onFailure(event, "RetriesExhausted", result);
    else retryLater(event, event.invokeCount * 60_000, result);
  };

  const retryLater = (event: AsyncEvent, milliseconds: number, result: InvocationResult) => {
    if (clock.now() + milliseconds - event.acceptedAt > maximumAge()) {
      onFailure(event, "EventAgeExceeded", result);
      return;
    }
    const timer = clock.setTimer(() => {
      timers.delete(timer);
      void attempt(event);
    }, milliseconds);
    timers.add(timer);
  };

  return {
    add: (event) => void attempt(event),
    close() {
      for (const timer of timers) timer.cancel();
    },
  };
}
