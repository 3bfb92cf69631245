/** Calls a listener of the application, if there is one: later, so that it may do anything, even throw. */
export function later<Values extends unknown[]>(
  listener: ((...values: Values) => void) | undefined,
  ...values: Values
): void {
  if (listener) queueMicrotask(() => listener(...values));
}
