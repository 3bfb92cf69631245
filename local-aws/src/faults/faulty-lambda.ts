import type { Clock } from "../clock.ts";
import type { LambdaMiddleware } from "../lambda/middleware.ts";
import type { Faults } from "./faults.ts";

/** In milliseconds. */
const LONGEST_DELAY = 1000;
const LATEST_CRASH = 5;

/** Creates Lambda middleware that delays or duplicates events and crashes processes. */
export const faultyLambda = (faults: Faults, clock: Clock): LambdaMiddleware => ({
  enqueue(event, next) {
    if (faults.strikes("duplicate-event")) next(event);
    if (faults.strikes("delay-event"))
      clock.setTimer(() => next(event), LONGEST_DELAY * faults.random());
    else next(event);
  },
  invoke(environment, invocation, onDone) {
    if (!faults.strikes("crash-function")) return environment.invoke(invocation, onDone);
    const timer = setTimeout(() => environment.crash(), LATEST_CRASH * faults.random());
    environment.invoke(invocation, (result) => {
      clearTimeout(timer);
      onDone(result);
    });
  },
});
