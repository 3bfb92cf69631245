import type { Clock } from "../clock.ts";
import type { EventInvokeConfig, FunctionConfiguration, LambdaFunction } from "./state.ts";

/**
 * How long after Lambda accepted a setting it takes effect, in milliseconds; 0: at once. AWS promises
 * no time and shows none: `Get…` returns the new value meanwhile. Captures of September and October
 * 2026 have these bounds.
 * @see https://github.com/radkawar/stackd/tree/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/lambda
 */
export interface SettingsDelays {
  /**
   * Retries, event age and destinations. On AWS: an event accepted 2 s after the retries were set to
   * none was run again 67 s later, events accepted after 152 s were not (`event_config_timing.json`).
   */
  eventInvokeConfig: number;
  /**
   * The dead-letter queue. On AWS: an event accepted some 35 s after a change still went to the old
   * queue, one accepted some 70 s after it to the new one (`dlq_ownership_20261001_summary.json`).
   */
  deadLetterConfig: number;
}

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
 * Our choice: the delays are constant, and what a new function is created with is in force at once.
 * @param options.delays Default: none.
 */
export function createDelayedSettings(options: {
  clock: Clock;
  delays?: Partial<SettingsDelays>;
}): DelayedSettings {
  const { clock, delays = {} } = options;
  const eventInvokeConfig = createDelayedSetting({
    clock,
    delay: delays.eventInvokeConfig ?? 0,
    accepted: (target) => target.eventInvokeConfig,
  });
  const deadLetterConfig = createDelayedSetting({
    clock,
    delay: delays.deadLetterConfig ?? 0,
    accepted: ({ configuration }) => configuration.DeadLetterConfig,
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
