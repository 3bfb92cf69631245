import type { Clock } from "../clock.ts";
import type { AsyncQueue } from "../lambda/invocation/async-queue.ts";
import type { SupplyEnvironments } from "../lambda/environment/environment-starter.ts";
import type { ExecutionEnvironment } from "../lambda/environment/execution-environment.ts";
import type { Faults } from "./faults.ts";

/** Milliseconds. */
const LONGEST_DELAY = 1000;
const LATEST_CRASH = 5;

/** Lambda's queue of asynchronous events, when it is late or delivers an event twice. */
export function withEventFaults(queue: AsyncQueue, faults: Faults, clock: Clock): AsyncQueue {
  return {
    ...queue,
    add(event) {
      if (faults.strikes("duplicate-event")) queue.add(event);
      if (faults.strikes("delay-event"))
        clock.setTimer(() => queue.add(event), LONGEST_DELAY * faults.random());
      else queue.add(event);
    },
  };
}

/** Execution environments whose process dies in mid-invocation. */
export const withCrashes =
  (supply: SupplyEnvironments, faults: Faults): SupplyEnvironments =>
  (...options) => {
    const environments = supply(...options);
    return {
      ...environments,
      start: (onEnd) => crashingNowAndThen(environments.start(onEnd), faults),
    };
  };

const crashingNowAndThen = (
  environment: ExecutionEnvironment,
  faults: Faults,
): ExecutionEnvironment => ({
  ...environment,
  invoke(invocation, onDone) {
    const crash = faults.strikes("crash-function");
    const timer = crash
      ? setTimeout(() => environment.crash(), LATEST_CRASH * faults.random())
      : undefined;
    environment.invoke(invocation, (result) => {
      clearTimeout(timer);
      onDone(result);
    });
  },
});
