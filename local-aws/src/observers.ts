import { reportError } from "./report-error.ts";

/**
 * A function of an observer, such as the terminal or the trace, that can neither end nor disturb what
 * it observes. It reports the first of its errors on stderr, and goes on.
 * @returns a function that never throws. It waits for no promise.
 */
export function isolated<Values extends unknown[]>(
  observe: (...values: Values) => unknown,
): (...values: Values) => void {
  let hasFailed = false;
  const onError = (error: unknown) => {
    // Once: an observer that fails at every line would fill the terminal.
    if (!hasFailed) reportError(error, "ObserverError");
    hasFailed = true;
  };
  return (...values) => {
    try {
      const result = observe(...values);
      if (result instanceof Promise) result.catch(onError);
    } catch (error) {
      onError(error);
    }
  };
}

/** Those that are notified of something, each isolated from the others and from the notifier. */
export interface Observers<Event> {
  notify(event: Event): void;
  /** Calls back for every event from now on, until the returned function is called. */
  subscribe(observe: (event: Event) => unknown): () => void;
}

export function createObservers<Event>(): Observers<Event> {
  const observers = new Set<(event: Event) => void>();
  return {
    notify(event) {
      for (const observe of observers) observe(event);
    },
    subscribe(observe) {
      const entry = isolated(observe);
      observers.add(entry);
      return () => void observers.delete(entry);
    },
  };
}
