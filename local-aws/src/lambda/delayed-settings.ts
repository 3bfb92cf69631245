import type { Clock } from "../clock.ts";
import type { Timing } from "../timing.ts";
import { latestOf } from "./function-changes.ts";
import type { EventInvokeConfig, FunctionConfiguration, LambdaFunction } from "./state.ts";

/**
 * A setting of functions. It is in force only some time after it was accepted. `of` is what counts
 * for a function's events; the function itself has the value that the API returns.
 */
export interface DelayedSetting<Value> {
  /** Notes what a function has now. Call it before that is changed or removed. */
  changing(target: LambdaFunction): void;
  /** Returns the value that is in force. */
  of(target: LambdaFunction): Value | undefined;
}

export interface DelayedSettings {
  eventInvokeConfig: DelayedSetting<EventInvokeConfig>;
  deadLetterConfig: DelayedSetting<DeadLetterConfig>;
}

type DeadLetterConfig = NonNullable<FunctionConfiguration["DeadLetterConfig"]>;

/**
 * AWS promises no time, and `Get…` returns the new value meanwhile.
 *
 * Our choice: the delays are constant, and what a new function is created with is in force at once.
 */
export function createDelayedSettings(options: {
  clock: Clock;
  timing: Pick<Timing, "eventInvokeConfig" | "deadLetterConfig">;
}): DelayedSettings {
  const { clock, timing } = options;
  const eventInvokeConfig = createDelayedSetting({
    clock,
    delay: timing.eventInvokeConfig,
    accepted: (target) => target.eventInvokeConfig,
  });
  const deadLetterConfig = createDelayedSetting({
    clock,
    delay: timing.deadLetterConfig,
    accepted: (target) => latestOf(target).configuration.DeadLetterConfig,
  });
  return { eventInvokeConfig, deadLetterConfig };
}

function createDelayedSetting<Value>(options: {
  clock: Clock;
  /** Milliseconds. */
  delay: number;
  /** What the API returns for a function. */
  accepted(target: LambdaFunction): Value | undefined;
}): DelayedSetting<Value> {
  const { clock, delay, accepted } = options;
  /** Former values, the oldest first, each with the time until which it is in force. */
  const replaced = new WeakMap<LambdaFunction, { value: Value | undefined; until: number }[]>();
  const inForceStill = (target: LambdaFunction) =>
    (replaced.get(target) ?? []).filter(({ until }) => until > clock.now());

  return {
    changing(target) {
      const former = { value: accepted(target), until: clock.now() + delay };
      replaced.set(target, [...inForceStill(target), former]);
    },
    of(target) {
      const [oldest] = inForceStill(target);
      return oldest === undefined ? accepted(target) : oldest.value;
    },
  };
}
