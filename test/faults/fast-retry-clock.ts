import { type Clock, systemClock } from "@websocket-lambda/local-aws";

/** Milliseconds: Lambda retries after about one and about two minutes, up to ten seconds earlier. */
const SHORTEST_WAIT = 50_000;
const LONGEST_WAIT = 5 * 60_000;

/**
 * The system clock, with waits of one to five minutes shortened to a hundredth. These are the waits of
 * Lambda before a retry. Limits of seconds and of ten minutes do not change.
 */
export const fastRetryClock: Clock = {
  now: systemClock.now,
  setTimer(callback, milliseconds) {
    const isRetry = milliseconds >= SHORTEST_WAIT && milliseconds <= LONGEST_WAIT;
    return systemClock.setTimer(callback, isRetry ? milliseconds / 100 : milliseconds);
  },
};
