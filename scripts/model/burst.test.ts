import { expect, test } from "vitest";
import { simulateBurst } from "./burst.ts";
import { defaultInputs, type Inputs } from "./inputs.ts";

const inputs = (changes: Partial<Inputs>): Inputs => ({
  ...defaultInputs(),
  "handler-ms": 30,
  "processor-ms": 40,
  "cold-start-ms": 500,
  ...changes,
});
const wide = { "throttling-rate": 1e6, "throttling-burst": 1e6, "account-rate": 1e6 };

test("one message waits for two cold starts and both functions", () => {
  expect(simulateBurst(1, inputs({}), 0)).toMatchObject({
    answered: 1,
    median: 500 + 30 + 500 + 40,
    last: 1070,
    coldStarts: 2,
  });
});

test("messages one after the other find warm environments", () => {
  const result = simulateBurst(10, inputs({ seconds: 100 }), 0);
  expect(result).toMatchObject({ answered: 10, coldStarts: 2, median: 70 });
  expect(result).toMatchObject({ peakHandlers: 1, peakProcessors: 1 });
});

test("of messages that come at once the stage's burst passes, and no more", () => {
  expect(simulateBurst(2500, inputs({}))).toMatchObject({ throttled: 1500, answered: 1000 });
});

test("of messages that keep coming the burst and then the rate passes", () => {
  const { throttled } = simulateBurst(10_000, inputs({ seconds: 10, "handler-ms": 1 }));
  // 1,000 and 500 in each of ten seconds, of 1,000 in each.
  expect(throttled).toBeGreaterThanOrEqual(4000);
  expect(throttled).toBeLessThanOrEqual(4001);
});

test("the account's burst is shared with the replies", () => {
  const result = simulateBurst(5000, inputs({ ...wide, "account-rate": 1, concurrency: 20_000 }));
  expect(result.throttled).toBe(0);
  // A new environment each, at 1,000 and then 100 a second; nothing is left for any reply.
  expect(result.refused).toBe(4000);
  expect(result.answered).toBeLessThan(10);
  expect(result.unanswered).toBeGreaterThan(990);
});

test("an answer that is throttled is tried again", () => {
  const changes = { ...wide, "account-rate": 500, concurrency: 20_000 };
  const result = simulateBurst(5000, inputs(changes), 0);
  // After 1.07 s there is room for 535 of 1,000 answers; within the next second and a half, for all.
  expect(result.answered).toBeGreaterThan(900);
  expect(result.last).toBeGreaterThan(1500);
});

test("without concurrency a message is refused, and slow jobs are what takes it", () => {
  const full = simulateBurst(100, inputs({ ...wide, concurrency: 10 }), 0);
  expect(full).toMatchObject({ refused: 90, answered: 10, expired: 0 });
  const slow = inputs({ "processor-ms": 5000, seconds: 10, concurrency: 20 });
  expect(simulateBurst(100, slow, 0).refused).toBeGreaterThan(50);
});

test("with concurrency of its own for the processor no message is refused, but jobs wait", () => {
  const changes = { "processor-ms": 1000, "cold-start-ms": 0, seconds: 10, concurrency: 20 };
  const result = simulateBurst(100, inputs({ ...changes, "processor-concurrency": 5 }), 0);
  expect(result).toMatchObject({ answered: 100, refused: 0, peakProcessors: 5 });
  // Twenty jobs of a second for each of the five, of which the last begins with the fifth message.
  expect(result.last).toBe(430 + 20_000);
});

test("a job that waits longer than its age for a processor fails", () => {
  const changes = { "processor-ms": 10_000, "cold-start-ms": 0, concurrency: 200 };
  const result = simulateBurst(100, inputs({ ...changes, "processor-concurrency": 5 }), 0);
  // Five at once, at 0, 10, … 60 seconds; the age is 60.
  expect(result).toMatchObject({ answered: 35, expired: 65 });
});

test.for([
  { messages: 3000, seconds: 0 },
  { messages: 20_000, seconds: 5 },
])(
  "every one of $messages messages in $seconds s is accounted for, once",
  ({ messages, seconds }) => {
    const changes = {
      seconds,
      "throttling-rate": 3000,
      "throttling-burst": 2000,
      concurrency: 200,
    };
    const result = simulateBurst(messages, inputs(changes));
    const { answered, throttled, refused, expired, unanswered } = result;
    expect(answered + throttled + refused + expired + unanswered).toBe(messages);
    expect(Math.max(result.peakHandlers, result.peakProcessors)).toBeLessThanOrEqual(200);
  },
);

test("the same seed gives the same result, and another one another", () => {
  const run = (seed: number) => simulateBurst(500, inputs({ seed, seconds: 1 }));
  expect(run(7)).toEqual(run(7));
  expect(run(7)).not.toEqual(run(8));
});

test("a higher limit never throttles more", () => {
  const throttled = [100, 500, 1000, 2000].map(
    (burst) => simulateBurst(3000, inputs({ "throttling-burst": burst })).throttled,
  );
  expect(throttled).toEqual([2900, 2500, 2000, 1000]);
});
