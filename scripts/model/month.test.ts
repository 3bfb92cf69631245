import { expect, test } from "vitest";
import { defaultInputs, type InputName, type Inputs, names } from "./inputs.ts";
import { handOverCost, metered, monthlyCost, totalOf } from "./month.ts";
import { charge, messages } from "./prices.ts";

const inputs = (changes: Partial<Inputs>): Inputs => ({ ...defaultInputs(), ...changes });

test("API Gateway counts each begun 32 KB as a message", () => {
  expect([1, 32_768, 32_769, 131_072].map(metered)).toEqual([1, 1, 2, 4]);
});

test("a tier's price holds for what lies in it, not for all", () => {
  expect(charge(messages, 1e9)).toBeCloseTo(1000);
  expect(charge(messages, 1.5e9)).toBeCloseTo(1000 + 400);
});

test("a month worked out by hand comes to the same", () => {
  const cost = monthlyCost(
    inputs({
      "messages-per-month": 1e6,
      connections: 100,
      "connection-minutes": 120,
      "message-bytes": 40_000,
      "reply-bytes": 1000,
      "handler-ms": 20,
      "processor-ms": 100,
      memory: 512,
      "log-bytes-per-message": 1000,
      "log-bytes-per-connection": 0,
      "log-retention-days": 30,
      "failure-rate": 0.01,
    }),
  );
  // 100 connections for 43,200 minutes are 4.32 M minutes, or 36,000 connections of two hours.
  expect(cost).toMatchObject({
    "API Gateway, messages": expect.closeTo(3),
    "API Gateway, connections": expect.closeTo(1.08),
    // 1,000,000 messages, 72,000 connects and disconnects, 10,000 failures; 1,000,000 jobs.
    "Lambda, invocations": expect.closeTo(2.082 * 0.2),
    // 1,082,000 × 20 ms and 1,000,000 × 100 ms, of half a GB.
    "Lambda, compute": expect.closeTo((21_640 + 100_000) * 0.5 * 0.0000133334),
    "CloudWatch, log ingestion": expect.closeTo(0.5),
    "CloudWatch, log storage": expect.closeTo(0.15 * 0.03, 6),
    // 10,000 are sent, received and deleted.
    "SQS, dead letters": expect.closeTo(0.012, 6),
    "data transfer out": expect.closeTo(0.09),
  });
});

test.for<InputName>([
  "messages-per-month",
  "connections",
  "hours-per-day",
  "message-bytes",
  "reply-bytes",
  "handler-ms",
  "processor-ms",
  "memory",
  "log-bytes-per-message",
  "log-retention-days",
  "failure-rate",
])("more %s never costs less", (name) => {
  const base = defaultInputs();
  const totals = [0.25, 0.5, 1, 2, 100].map((factor) =>
    totalOf(monthlyCost({ ...base, [name]: base[name] * factor })),
  );
  expect(totals).toEqual(totals.toSorted((a, b) => a - b));
  expect(totals.at(-1)).toBeGreaterThan(totals[0] ?? 0);
});

test("every input but those of the limits and simulations has its part in the cost", () => {
  const base = defaultInputs();
  const total = totalOf(monthlyCost(base));
  const without = names().filter(
    (name) => totalOf(monthlyCost({ ...base, [name]: base[name] * 100 })) === total,
  );
  expect(without).toEqual([
    "peak-factor",
    "cold-start-ms",
    "batch-size",
    "throttling-rate",
    "throttling-burst",
    "account-rate",
    "new-connections",
    "concurrency",
    "processor-concurrency",
    "seconds",
    "seed",
  ]);
});

test("a dead letter of 128 KB takes two requests each to send and to receive, and one to delete", () => {
  const cost = monthlyCost(
    inputs({ "messages-per-month": 1e6, "message-bytes": 131_072, "failure-rate": 1 }),
  );
  expect(cost["SQS, dead letters"]).toBeCloseTo(5 * 0.4);
});

test("SQS in between costs its requests less the invocations that batches save", () => {
  const { queue } = handOverCost(inputs({ "messages-per-month": 1e6, "batch-size": 10 }));
  // A million sends, 100,000 receives and deletes each; 900,000 invocations less.
  expect(queue).toBeCloseTo(1.2 * 0.4 - 0.9 * 0.2);
});

test("Kinesis in between costs shards for the peak, whatever the month brings", () => {
  const { stream } = handOverCost(inputs({ "messages-per-month": 1e6, "batch-size": 1 }));
  expect(stream).toBeCloseTo(720 * 0.015 + 0.014);
});
