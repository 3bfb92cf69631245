import { type Clock, systemClock } from "../../local/clock.ts";

const MINUTE = 60_000;

/**
 * The system's clock, but for the minutes that Lambda waits before it retries a function: they pass
 * a hundred times as fast. Limits of seconds and those of ten minutes stay what they are.
 */
export const hurriedClock: Clock = {
  now: systemClock.now,
  setTimer(callback, milliseconds) {
    const isRetry = milliseconds >= MINUTE && milliseconds <= 5 * MINUTE;
    return systemClock.setTimer(callback, isRetry ? milliseconds / 100 : milliseconds);
  },
};
