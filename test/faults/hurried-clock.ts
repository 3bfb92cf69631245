import { type Clock, systemClock } from "@websocket-lambda/local-aws";

/** Milliseconds: Lambda retries after about one and about two minutes, up to ten seconds earlier. */
const SHORTEST_WAIT = 50_000;
const LONGEST_WAIT = 5 * 60_000;

/**
 * The system's clock, except that the minutes that Lambda waits before it retries a function pass a
 * hundred times as fast. Limits of seconds and of ten minutes do not change.
 */
export const hurriedClock: Clock = {
  now: systemClock.now,
  setTimer(callback, milliseconds) {
    const isRetry = milliseconds >= SHORTEST_WAIT && milliseconds <= LONGEST_WAIT;
    return systemClock.setTimer(callback, isRetry ? milliseconds / 100 : milliseconds);
  },
};
