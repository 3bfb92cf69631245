import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { paced } from "./pace.ts";

/** Milliseconds by which a timer of Node.js can fire early, because it counts whole milliseconds. */
const TOLERANCE = 2;

/** Takes all turns at once, and returns the milliseconds until each. */
async function take(turn: () => Promise<void>, count: number): Promise<number[]> {
  const start = performance.now();
  const waits = Array.from({ length: count }, async () => {
    await turn();
    return performance.now() - start;
  });
  return await Promise.all(waits);
}

test("turns never exceed their rate, even if many callers wait", async () => {
  const waits = await take(paced(400), 100);
  for (const [number, waited] of waits.entries())
    expect(waited).toBeGreaterThanOrEqual(number * 2.5 - TOLERANCE);
});

test("unused turns do not cause a burst later", async () => {
  const turn = paced(400);
  await turn();
  await setTimeout(100);
  expect((await take(turn, 20)).at(-1)).toBeGreaterThanOrEqual(19 * 2.5 - TOLERANCE);
});
