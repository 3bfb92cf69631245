import type { Clock } from "../clock.ts";

/** How fast a bucket fills, in tokens per second, and how many tokens it holds. */
export interface TokenRate {
  rate: number;
  burst: number;
}

/** Buckets by name, each full at first. */
export interface TokenBuckets {
  /** Takes a token out of a bucket. False: the bucket is empty. */
  take(bucket: string, rate: TokenRate): boolean;
}

export function createTokenBuckets(clock: Clock): TokenBuckets {
  const buckets = new Map<string, { tokens: number; filledAt: number }>();
  const take: TokenBuckets["take"] = (name, { rate, burst }) => {
    // At a rate of 0 not even a first burst passes.
    const capacity = rate === 0 ? 0 : burst;
    const now = clock.now();
    const { tokens, filledAt } = buckets.get(name) ?? { tokens: capacity, filledAt: now };
    const gained = (Math.max(0, now - filledAt) / 1000) * rate;
    const filled = Math.min(capacity, tokens + gained);
    const taken = filled >= 1;
    buckets.set(name, { tokens: taken ? filled - 1 : filled, filledAt: now });
    return taken;
  };
  return { take };
}
