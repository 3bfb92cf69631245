import { reportError } from "./report-error.ts";

/**
 * Wraps a function of an observer, so that its errors do not affect the caller. The first error is
 * reported as a process warning, `ObserverError`. Later ones are ignored.
 * @param observe may return a promise, which is not awaited.
 * @returns a function that never throws.
 */
export function isolated<Values extends unknown[]>(
  observe: (...values: Values) => unknown,
): (...values: Values) => void {
  let hasFailed = false;
  const onError = (error: unknown) => {
    // Once, because an observer that fails for every event would fill the terminal.
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

/** The subscribers of events. An error of one affects neither the others nor the notifier. */
export interface Observers<Event> {
  /** Calls all subscribers, in the order of their subscriptions. */
  notify(event: Event): void;
  /** Calls `observe` for every event from now on, until the returned function is called. */
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
