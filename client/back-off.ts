import type { Settings } from "./options.ts";

export interface BackOff {
  /** Counts an attempt. */
  attempt(): void;
  /** An attempt has come to something: counts anew. */
  succeed(): void;
  readonly isExhausted: boolean;
  /**
   * How long to wait before the next attempt, in milliseconds: anything from nothing to a limit that
   * doubles with every attempt, so that the clients of a server that went away don't come back at once.
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
  let attempts = 0;
  return {
    attempt: () => {
      attempts += 1;
    },
    succeed: () => {
      attempts = 0;
    },
    get isExhausted() {
      return attempts >= maximumAttempts;
    },
    delay: () => random() * Math.min(maximumDelay, minimumDelay * 2 ** attempts),
  };
}
