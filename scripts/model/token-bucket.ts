/** A limit on a rate that lets a burst pass, as AWS throttles. Starts full. */
export interface TokenBucket {
  /** How many tokens there are. Time only goes on. */
  available(milliseconds: number): number;
  /** Takes a number of tokens, and says whether there were that many. */
  take(milliseconds: number, tokens?: number): boolean;
}

/** @param rate tokens a second. */
export function createTokenBucket(rate: number, burst: number): TokenBucket {
  let tokens = burst;
  let filledAt = 0;
  const available = (now: number) => {
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * rate);
    filledAt = now;
    return tokens;
  };
  return {
    available,
    take(now, wanted = 1) {
      // A sum of fractions may miss a whole token by the last bit.
      if (available(now) + 1e-9 < wanted) return false;
      tokens -= wanted;
      return true;
    },
  };
}
