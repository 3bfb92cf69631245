/**
 * Calls a listener of the application, if there is one. The call is asynchronous, so that a listener that
 * throws or calls the client does not disturb the caller.
 */
export function later<Values extends unknown[]>(
  listener: ((...values: Values) => void) | undefined,
  ...values: Values
): void {
  if (listener) queueMicrotask(() => listener(...values));
}
