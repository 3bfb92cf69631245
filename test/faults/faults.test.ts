import { expect, onTestFinished, test } from "vitest";
import { type FaultName, FAULTS, parseFaults } from "@websocket-lambda/local-aws";
import { startTestStack } from "../test-stack.ts";
import { failuresClose } from "./failures.ts";
import { hurriedClock } from "./hurried-clock.ts";
import { openLedger } from "./ledger.ts";

/** So few that a busy machine starts their functions within the timeouts of those who wait for them. */
const CONNECTIONS = 8;
const MESSAGES = 25;

/** Milliseconds. */
const TIMEOUT = 120_000;

test.for(Object.keys(FAULTS) as FaultName[])(
  "under %s, each of 200 messages over 8 connections has its fate, and none strays",
  { tags: ["extended"], timeout: TIMEOUT },
  async (fault) => {
    const aws = await startTestStack({ clock: hurriedClock, faults: { [fault]: 0.1 } });
    onTestFinished(() => aws.close());
    const ledger = openLedger(aws, aws.webSocketUrl("production"));
    await ledger.converse({ connections: CONNECTIONS, messages: MESSAGES, inFlight: 1 });
    await expect
      .poll(
        async () => {
          const { fates, failures } = await ledger.look();
          const lost = [...fates].filter(([, fate]) => fate === undefined);
          return failuresClose(failures) ? lost : { lost, failures };
        },
        { timeout: TIMEOUT / 2 },
      )
      .toEqual([]);
    const { fates, failures } = await ledger.look();
    expect(fates.size).toBe(CONNECTIONS * MESSAGES);
    expect(ledger.strays).toEqual([]);
    expect(aws.faults.counts[fault]).toBeGreaterThan(0);
    // An event that runs twice answers twice, and so does a handler that died after its hand-over.
    const mayRepeat = fault === "duplicate-event" || fault === "crash-function";
    expect(mayRepeat ? [] : ledger.duplicates).toEqual([]);
    // Only a handler that dies three times in a row leaves somebody untold.
    expect(fault === "crash-function" ? 0 : failures.keptJobs).toBe(0);
  },
);

test("a job whose report fails three times is kept: in the queue, with nobody told", async () => {
  const aws = await startTestStack({ clock: hurriedClock });
  onTestFinished(() => aws.close());
  for (const { policies } of Object.values(aws.state.iam.roles))
    for (const [name, policy] of Object.entries(policies))
      policies[name] = policy.replace("POST/@connections/*", "POST/@connections");
  const ledger = openLedger(aws, aws.webSocketUrl("production"));
  await ledger.converse({ connections: 1, messages: 2, inFlight: 2 });
  const { fates, failures } = await ledger.look();
  expect([...fates.values()]).toEqual(["kept", "kept"]);
  expect(failures).toEqual({
    deadLetters: 2,
    failedJobs: 0,
    keptJobs: 2,
    reportsGivenUp: 2,
    kept: new Set(["c0/0", "c0/1"]),
  });
});

test("under duplicate delivery, a client tells duplicates by their requestId", async () => {
  const aws = await startTestStack({ clock: hurriedClock, faults: { "duplicate-event": 1 } });
  onTestFinished(() => aws.close());
  const ledger = openLedger(aws, aws.webSocketUrl("production"));
  await ledger.converse({ connections: 1, messages: 10, inFlight: 1 });
  const { fates } = await ledger.look();
  expect([...fates.values()]).toEqual(Array.from({ length: 10 }, () => "result"));
  expect(ledger.duplicates.length).toBeGreaterThan(0);
  expect(ledger.strays).toEqual([]);
});

test("rates are read from name=rate, and a bare name strikes one time in ten", () => {
  expect(parseFaults(["fail-invoke", "slow-network=0.5"])).toEqual({
    "fail-invoke": 0.1,
    "slow-network": 0.5,
  });
});

test.for(["nonsense", "fail-invoke=2", "fail-invoke=often", "fail-invoke=-1"])(
  "%s is refused with a list of the faults there are",
  (specification) => {
    expect(() => parseFaults([specification])).toThrow(/vanish-after-post/);
  },
);
