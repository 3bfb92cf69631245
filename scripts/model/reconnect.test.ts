import { expect, test } from "vitest";
import { defaultInputs } from "./inputs.ts";
import { simulateReconnect } from "./reconnect.ts";

const inputs = defaultInputs();
const inStep = { jitter: false, spread: 0 };

test("clients in step come back 500 at a time, each round later than the last", () => {
  // Rounds at 0, 1, 3, 7, 15, 31, 61, 91, … seconds: 10,000 clients need 20, of 10,000, 9,500, ….
  expect(simulateReconnect(10_000, inStep, inputs)).toMatchObject({
    connected: 10_000,
    all: 31 + 14 * 30,
    half: 31 + 4 * 30,
    attempts: (20 * (10_000 + 500)) / 2,
    refused: expect.closeTo((105_000 - 10_000) / 105_000),
    busiest: 10_000,
  });
});

test("no more clients than the quota are back at once", () => {
  expect(simulateReconnect(500, inStep, inputs)).toMatchObject({ all: 0, refused: 0 });
});

test("jitter uses the time between the rounds", () => {
  const { all } = simulateReconnect(10_000, { jitter: true, spread: 0 }, inputs);
  // 9,500 clients at 500 a second, after the burst of 500.
  expect(all).toBeGreaterThanOrEqual(19);
  expect(all).toBeLessThan(60);
});

test("first attempts spread below the quota are hardly ever refused", () => {
  const result = simulateReconnect(10_000, { jitter: true, spread: 25 }, inputs);
  expect(result.refused).toBeLessThan(0.01);
  expect(result.all).toBeLessThanOrEqual(26);
});

test("what would take more than four hours ends there", () => {
  expect(simulateReconnect(1_000_000, inStep, inputs)).toMatchObject({
    all: Infinity,
    connected: expect.closeTo(500 * (6 + Math.floor((4 * 3600 - 31) / 30)), -3),
  });
});

test("the same seed gives the same result, and another one another", () => {
  const run = (seed: number) =>
    simulateReconnect(3000, { jitter: true, spread: 0 }, { ...inputs, seed });
  expect(run(3)).toEqual(run(3));
  expect(run(3)).not.toEqual(run(4));
});
