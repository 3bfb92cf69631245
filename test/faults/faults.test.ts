import { expect, onTestFinished, test } from "vitest";
import { type FaultName, FAULTS, parseFaults } from "@websocket-lambda/local-aws";
import { startTestStack } from "../test-stack.ts";
import { isBalanced } from "./failures.ts";
import { fastRetryClock } from "./fast-retry-clock.ts";
import { openLedger } from "./ledger.ts";

/** Few enough that a busy machine starts their functions within all timeouts. */
const CONNECTIONS = 8;
const MESSAGES = 25;

/** Milliseconds. */
const TIMEOUT = 120_000;

test.for(Object.keys(FAULTS) as FaultName[])(
  "under %s, each of 200 messages over 8 connections has an outcome, and no reply is misdelivered",
  { tags: ["extended"], timeout: TIMEOUT },
  async (fault) => {
    const aws = await startTestStack({ clock: fastRetryClock, faults: { [fault]: 0.1 } });
    onTestFinished(() => aws.close());
    const ledger = openLedger(aws, aws.webSocketUrl("production"));
    await ledger.converse({ connections: CONNECTIONS, messages: MESSAGES, inFlight: 1 });
    await expect
      .poll(
        async () => {
          const { outcomes, failures } = await ledger.read();
          const lost = [...outcomes].filter(([, outcome]) => outcome === undefined);
          return isBalanced(failures) ? lost : { lost, failures };
        },
        { timeout: TIMEOUT / 2 },
      )
      .toEqual([]);
    const { outcomes, failures } = await ledger.read();
    expect(outcomes.size).toBe(CONNECTIONS * MESSAGES);
    expect(ledger.misdelivered).toEqual([]);
    expect(aws.faults.counts[fault]).toBeGreaterThan(0);
    // A reply repeats if an event runs twice, or if the handler crashes after it invoked the processor.
    const mayRepeat = fault === "duplicate-event" || fault === "crash-function";
    expect(mayRepeat ? [] : ledger.duplicates).toEqual([]);
    // A job is unreported only if the handler crashes three times in a row.
    expect(fault === "crash-function" ? 0 : failures.unreportedJobs).toBe(0);
  },
);

test("a job whose report fails three times is in the dead-letter queue, and its client gets no reply", async () => {
  const aws = await startTestStack({ clock: fastRetryClock });
  onTestFinished(() => aws.close());
  for (const { policies } of Object.values(aws.state.iam.roles))
    for (const [name, policy] of Object.entries(policies))
      policies[name] = policy.replace("POST/@connections/*", "POST/@connections");
  const ledger = openLedger(aws, aws.webSocketUrl("production"));
  await ledger.converse({ connections: 1, messages: 2, inFlight: 2 });
  const { outcomes, failures } = await ledger.read();
  expect([...outcomes.values()]).toEqual(["unreported", "unreported"]);
  // On a busy machine, the SDK makes up to three attempts of an Invoke, and each can be a job.
  const jobs = failures.deadLetters;
  expect(jobs).toBeGreaterThanOrEqual(2);
  expect(jobs).toBeLessThanOrEqual(2 * 3);
  expect(failures).toEqual({
    deadLetters: jobs,
    reportedJobs: 0,
    unreportedJobs: jobs,
    failedReports: jobs,
    unreported: new Set(["c0/0", "c0/1"]),
  });
});

test("under duplicate delivery, a client recognizes duplicates by their requestId", async () => {
  const aws = await startTestStack({ clock: fastRetryClock, faults: { "duplicate-event": 1 } });
  onTestFinished(() => aws.close());
  const ledger = openLedger(aws, aws.webSocketUrl("production"));
  await ledger.converse({ connections: 1, messages: 10, inFlight: 1 });
  const { outcomes } = await ledger.read();
  expect([...outcomes.values()]).toEqual(Array.from({ length: 10 }, () => "result"));
  expect(ledger.duplicates.length).toBeGreaterThan(0);
  expect(ledger.misdelivered).toEqual([]);
});

test("rates are parsed from name=rate, and the default rate is 0.1", () => {
  expect(parseFaults(["fail-invoke", "slow-network=0.5"])).toEqual({
    "fail-invoke": 0.1,
    "slow-network": 0.5,
  });
});

test.for(["nonsense", "fail-invoke=2", "fail-invoke=often", "fail-invoke=-1"])(
  "%s is rejected with a list of the faults",
  (specification) => {
    expect(() => parseFaults([specification])).toThrow(/vanish-after-post/);
  },
);
