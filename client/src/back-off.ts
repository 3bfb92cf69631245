import type { Settings } from "./options.ts";

export interface BackOff {
  /** Counts an attempt that came to nothing. */
  fail(): void;
  /** One has come to something: counts anew. */
  succeed(): void;
  readonly isExhausted: boolean;
  /**
   * How long to wait before the next attempt, in milliseconds: anything from nothing to a limit that
   * doubles with every failure, so that the clients of a server that went away don't come back at once.
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
