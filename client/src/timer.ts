/** What `setTimeout` can take; it would run a longer one, or an infinite one, at once. */
const LONGEST = 2 ** 31 - 1;

/** One callback at a time, after so many milliseconds; `Infinity` is practically never. */
export interface Timer {
  /** Sets it, and forgets what it was set to. */
  start(milliseconds: number, callback: () => void): void;
  stop(): void;
}

export function createTimer(): Timer {
  let handle: ReturnType<typeof setTimeout> | undefined;
  const stop = () => clearTimeout(handle);
  return {
    start(milliseconds, callback) {
      stop();
      handle = setTimeout(callback, Math.min(milliseconds, LONGEST));
    },
    stop,
  };
}
