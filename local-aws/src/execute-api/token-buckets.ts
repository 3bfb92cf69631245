import type { Clock } from "../clock.ts";

/** How fast a bucket fills, in tokens per second, and how many tokens it holds. */
export interface TokenRate {
  rate: number;
  burst: number;
}

/** Takes a token out of a bucket, full at first; false: the bucket is empty. */
export type TakeToken = (bucket: string, rate: TokenRate) => boolean;

export function createTokenBuckets(clock: Clock): TakeToken {
  const buckets = new Map<string, { tokens: number; filledAt: number }>();
  return (name, { rate, burst }) => {
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
}
