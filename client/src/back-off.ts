import type { Settings } from "./options.ts";

export interface BackOff {
  /** Counts a failed attempt. */
  fail(): void;
  /** Resets the count after a successful attempt. */
  succeed(): void;
  readonly isExhausted: boolean;
  /**
   * Returns the milliseconds to wait before the next attempt: a random number from 0 to a limit that
   * doubles with each failure, so that the clients of a failed server do not all reconnect at once.
   * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("full jitter")
   */
  delay(): number;
}

export function createBackOff({
  minimumDelay,
  maximumDelay,
  maximumAttempts,
  random,
}: Pick<Settings, "minimumDelay" | "maximumDelay" | "maximumAttempts" | "random">): BackOff {
  let failures = 0;
  return {
    fail: () => {
      failures += 1;
    },
    succeed: () => {
      failures = 0;
    },
    get isExhausted() {
      return failures >= maximumAttempts;
    },
    delay: () => random() * Math.min(maximumDelay, minimumDelay * 2 ** failures),
  };
}
