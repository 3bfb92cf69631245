import { expect, test } from "vitest";
import { defaultInputs, type Inputs } from "./inputs.ts";
import { firstToBreak, limitsOf } from "./limits.ts";
import { trafficOf } from "./traffic.ts";

const inputs = (changes: Partial<Inputs>): Inputs => ({ ...defaultInputs(), ...changes });

/** 1,000 messages a second in the busiest, and 10 connects. */
const busy = inputs({
  "messages-per-month": 1000 * 30 * 86_400,
  connections: 36_000,
  "connection-minutes": 60,
  "peak-factor": 1,
  "failure-rate": 0,
  "handler-ms": 50,
  "processor-ms": 200,
});
const used = (scenario: Inputs, name: string) =>
  limitsOf(scenario).find((limit) => limit.name === name)?.used;

test("a message takes two requests of the account, its own and that of its reply", () => {
  expect(used(busy, "requests per second, account")).toBeCloseTo(2 * 1000 + 10);
  expect(used(busy, "messages per second, stage")).toBeCloseTo(1000);
});

test("concurrency is rate times duration, of both functions together", () => {
  // 1,000 messages, 10 connects and 10 disconnects of 50 ms; 1,000 jobs of 200 ms.
  expect(trafficOf(busy).peakHandlers).toBeCloseTo(51);
  expect(trafficOf(busy).peakProcessors).toBeCloseTo(200);
  expect(used(busy, "Lambda concurrency")).toBeCloseTo(251);
});

test("fewer hours a day make the same messages come faster and connections fewer minutes", () => {
  const all = trafficOf(inputs({ "hours-per-day": 24 }));
  const some = trafficOf(inputs({ "hours-per-day": 8 }));
  expect(some.messageRate).toBeCloseTo(3 * all.messageRate);
  expect(some.connectionMinutes).toBeCloseTo(all.connectionMinutes / 3);
});

test("under Terraform's defaults the stage's throttle breaks first, and once raised, the next", () => {
  expect(firstToBreak(busy).name).toBe("messages per second, stage");
  const raised = { ...busy, "throttling-rate": 100_000 };
  expect(firstToBreak(raised).name).toBe("Lambda concurrency");
  expect(firstToBreak({ ...raised, concurrency: 5000 }).name).toBe("requests per second, account");
});

test("many connections that say little break the new connections a second first", () => {
  const idle = inputs({ connections: 1e6, "throttling-rate": 10_000 });
  expect(firstToBreak(idle)).toMatchObject({
    name: "connects per second, account",
    share: expect.closeTo((5 * 1e6) / 3600 / 500),
  });
});

test("a limit whose numbers are guesses is never named as the first to break", () => {
  const chatty = inputs({ "messages-per-month": 1e10, "throttling-rate": 1e6 });
  const shares = limitsOf(chatty).map(({ used, quota }) => used / quota);
  expect(Math.max(...shares)).toBeCloseTo(shares.at(-1) ?? 0);
  expect(firstToBreak(chatty).guess).toBeUndefined();
});
