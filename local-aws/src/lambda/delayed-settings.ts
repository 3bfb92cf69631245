import type { Clock } from "../clock.ts";
import type { Timing } from "../timing.ts";
import { latestOf } from "./function-changes.ts";
import type { EventInvokeConfig, FunctionConfiguration, LambdaFunction } from "./state.ts";

/**
 * A setting of functions that takes effect some time after the API has accepted it. `of` returns the
 * value for the events of a function. The function itself has the value that the API returns.
 */
export interface DelayedSetting<Value> {
  /**
   * Stores the current value of a function. Must be called before the value is changed or removed.
   */
  changing(target: LambdaFunction): void;
  /** Returns the value in effect. */
  of(target: LambdaFunction): Value | undefined;
}

export interface DelayedSettings {
  eventInvokeConfig: DelayedSetting<EventInvokeConfig>;
  deadLetterConfig: DelayedSetting<DeadLetterConfig>;
}

type DeadLetterConfig = NonNullable<FunctionConfiguration["DeadLetterConfig"]>;

/**
 * Creates the settings with a delay. AWS does not document the delay, during which its API already
 * returns the new value.
 *
 * Our choice: the delays are constant, and the settings of a new function take effect at once.
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
  /** In milliseconds. */
  delay: number;
  /** Returns the value that the API returns for a function. */
  accepted(target: LambdaFunction): Value | undefined;
}): DelayedSetting<Value> {
  const { clock, delay, accepted } = options;
  /** Former values, the oldest first, each with the time at which it stops being in effect. */
  const replaced = new WeakMap<LambdaFunction, { value: Value | undefined; until: number }[]>();
  const stillInEffect = (target: LambdaFunction) =>
    (replaced.get(target) ?? []).filter(({ until }) => until > clock.now());

  return {
    changing(target) {
      const former = { value: accepted(target), until: clock.now() + delay };
      replaced.set(target, [...stillInEffect(target), former]);
    },
    of(target) {
      const [oldest] = stillInEffect(target);
      return oldest === undefined ? accepted(target) : oldest.value;
    },
  };
}
