import { setTimeout } from "node:timers/promises";

/**
 * Gives turns at a steady rate: what it returns resolves when the next one has come. A turn that nobody
 * took is lost, so however late its callers are, there is never a rush.
 * @param rate turns a second.
 */
export function paced(rate: number): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = performance.now();
    const turn = Math.max(now, next);
    next = turn + 1000 / rate;
    await setTimeout(turn - now);
  };
}
