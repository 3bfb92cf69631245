/** The maximum delay of `setTimeout` in milliseconds. With a longer one, it calls back at once. */
const MAXIMUM_DELAY = 2 ** 31 - 1;

/** Calls one callback at a time, after a number of milliseconds. `Infinity` means practically never. */
export interface Timer {
  /** Sets the timer, and cancels the previous callback. */
  start(milliseconds: number, callback: () => void): void;
  stop(): void;
}

export function createTimer(): Timer {
  let handle: ReturnType<typeof setTimeout> | undefined;
  const stop = () => clearTimeout(handle);
  return {
    start(milliseconds, callback) {
      stop();
      handle = setTimeout(callback, Math.min(milliseconds, MAXIMUM_DELAY));
    },
    stop,
  };
}
