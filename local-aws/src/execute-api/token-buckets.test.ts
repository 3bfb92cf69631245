import { expect, test } from "vitest";
import { createManualClock } from "../manual-clock.ts";
import { createTokenBuckets, type TokenRate } from "./token-buckets.ts";

function createBucket(rate: TokenRate) {
  const clock = createManualClock();
  const { take } = createTokenBuckets(clock);
  const takeMany = (count: number, name = "bucket") =>
    Array.from({ length: count }, () => take(name, rate)).filter(Boolean).length;
  return { clock, take, takeMany };
}

test("requests are limited by the burst, and then by the rate", () => {
  const { clock, takeMany } = createBucket({ rate: 10, burst: 5 });
  expect(takeMany(7)).toBe(5);
  clock.advance(300);
  expect(takeMany(7)).toBe(3);
  clock.advance(60_000);
  expect(takeMany(7)).toBe(5);
});

test("a rate below one per second adds a token over several seconds", () => {
  const { clock, takeMany } = createBucket({ rate: 0.5, burst: 1 });
  expect(takeMany(1)).toBe(1);
  clock.advance(1999);
  expect(takeMany(1)).toBe(0);
  clock.advance(1);
  expect(takeMany(1)).toBe(1);
});

test.for<TokenRate>([
  { rate: 0, burst: 0 },
  { rate: 0, burst: 5 },
  { rate: 5, burst: 0 },
])("nothing passes at %o", (rate) => {
  const { clock, takeMany } = createBucket(rate);
  expect(takeMany(3)).toBe(0);
  clock.advance(60_000);
  expect(takeMany(3)).toBe(0);
});

test("a changed rate applies from the next request", () => {
  const { clock, take } = createBucket({ rate: 1, burst: 1 });
  expect(take("bucket", { rate: 1, burst: 1 })).toBe(true);
  clock.advance(100);
  expect(take("bucket", { rate: 1, burst: 1 })).toBe(false);
  clock.advance(100);
  expect(take("bucket", { rate: 100, burst: 1 })).toBe(true);
});

test("buckets with different names are independent", () => {
  const { takeMany } = createBucket({ rate: 1, burst: 2 });
  expect(takeMany(3, "one")).toBe(2);
  expect(takeMany(3, "another")).toBe(2);
});
