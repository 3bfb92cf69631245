/** Checks periodically whether a running function exceeds its memory. */
export interface MemoryWatch {
  /** @returns a function that stops the checks. */
  add(check: () => void): () => void;
}

/** Our choice: Lambda's sandbox notices at once. A check of one process takes about 20 µs. */
const INTERVAL_MILLISECONDS = 25;

/**
 * One timer for all execution environments, which no invocation has to start or stop. It runs in
 * real time, as the processes do, and only while there are any.
 */
export function createMemoryWatch(): MemoryWatch {
  const checks = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  return {
    add(check) {
      checks.add(check);
      timer ??= setInterval(() => {
        for (const each of checks) each();
      }, INTERVAL_MILLISECONDS).unref();
      return () => {
        checks.delete(check);
        if (checks.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}
