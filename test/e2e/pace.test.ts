import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { paced } from "./pace.ts";

/** Milliseconds: timers of Node.js count whole ones, from one that has begun. */
const EARLY = 2;

/** Takes turns all at once, and gives the milliseconds until each of them. */
async function take(turn: () => Promise<void>, count: number): Promise<number[]> {
  const start = performance.now();
  const waits = Array.from({ length: count }, async () => {
    await turn();
    return performance.now() - start;
  });
  return await Promise.all(waits);
}

test("turns come no faster than their rate, however many wait", async () => {
  const waits = await take(paced(400), 100);
  for (const [number, waited] of waits.entries())
    expect(waited).toBeGreaterThanOrEqual(number * 2.5 - EARLY);
});

test("turns that nobody took are not made up for", async () => {
  const turn = paced(400);
  await turn();
  await setTimeout(100);
  expect((await take(turn, 20)).at(-1)).toBeGreaterThanOrEqual(19 * 2.5 - EARLY);
});
