import { expect, test } from "vitest";
import { createBackOff } from "./back-off.ts";

const limits = { minimumDelay: 500, maximumDelay: 30_000, maximumAttempts: 3 };

test("the limit of the delay doubles up to the maximum, and is reset by a success", () => {
  const backOff = createBackOff({ ...limits, random: () => 1 });
  const delays = Array.from({ length: 8 }, () => {
    const delay = backOff.delay();
    backOff.fail();
    return delay;
  });
  expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  backOff.succeed();
  expect(backOff.delay()).toBe(500);
});

test("the delay is a random number from 0 to its limit", () => {
  const values = [0, 0.5, 0.999];
  const backOff = createBackOff({ ...limits, random: () => values.shift() ?? 0 });
  expect([backOff.delay(), backOff.delay(), backOff.delay()]).toEqual([0, 250, 499.5]);
});

test("it is exhausted after the last failure, and not before", () => {
  const backOff = createBackOff({ ...limits, random: () => 0 });
  backOff.fail();
  backOff.fail();
  expect(backOff.isExhausted).toBe(false);
  backOff.fail();
  expect(backOff.isExhausted).toBe(true);
});
