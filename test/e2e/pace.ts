import { setTimeout } from "node:timers/promises";

/**
 * Returns a function that resolves at a steady rate. Unused turns are lost, so late callers never cause a
 * burst.
 * @param rate turns per second.
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
