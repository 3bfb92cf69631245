import * as quotas from "./quotas.ts";
import { createTokenBucket } from "./token-bucket.ts";

/** The execution environments of a function, as many as there were invocations at a time. */
export interface Environments {
  /** Begins an invocation: cold in a new environment; undefined where Lambda throttles. */
  acquire(now: number): { cold: boolean } | undefined;
  release(): void;
  readonly peak: number;
}

/** Invocations at a time, of all functions that share them. */
export interface Concurrency {
  busy: number;
  readonly quota: number;
}

/** A function without a warm environment. */
export function createEnvironments(concurrency: Concurrency): Environments {
  const scaling = createTokenBucket(
    quotas.NEW_ENVIRONMENTS / quotas.NEW_ENVIRONMENTS_SECONDS,
    quotas.NEW_ENVIRONMENTS,
  );
  let idle = 0;
  let busy = 0;
  let peak = 0;
  return {
    acquire(now) {
      if (concurrency.busy >= concurrency.quota) return undefined;
      const cold = idle === 0;
      if (cold && !scaling.take(now)) return undefined;
      if (!cold) idle -= 1;
      busy += 1;
      concurrency.busy += 1;
      peak = Math.max(peak, busy);
      return { cold };
    },
    release() {
      busy -= 1;
      concurrency.busy -= 1;
      idle += 1;
    },
    get peak() {
      return peak;
    },
  };
}
