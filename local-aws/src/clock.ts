/**
 * The clock that all parts of the local AWS use. A test passes its own, so that it does not have to wait.
 */
export interface Clock {
  /** Returns the time in milliseconds since the epoch. */
  now(): number;
  /** Runs `callback` once, after `milliseconds` of this clock's time. */
  setTimer(callback: () => void, milliseconds: number): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(callback, milliseconds) {
    const timer = setTimeout(callback, milliseconds);
    return { cancel: () => clearTimeout(timer) };
  },
};
