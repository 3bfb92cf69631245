import { expect, onTestFinished, test } from "vitest";
import { createFaults, FAULTS, type FaultName, parseFaults } from "../../local/faults/faults.ts";
import { startStack, websocketUrl } from "../../local/stack.ts";
import { DIST } from "../../scripts/build.ts";
import { countDeadLetters } from "../e2e/dead-letters.ts";
import { hurriedClock } from "./hurried-clock.ts";
import { openLedger } from "./ledger.ts";

const CONNECTIONS = 20;
const MESSAGES = 25;

const TIMEOUT = 60_000;

test.for(Object.keys(FAULTS) as FaultName[])(
  "under %s, each of 500 messages over 20 connections has its fate, and none strays",
  { timeout: TIMEOUT },
  async (fault) => {
    const faults = createFaults({ [fault]: 0.1 });
    const aws = await startStack({ bundles: DIST, clock: hurriedClock, faults });
    onTestFinished(() => aws.close());
    const ledger = openLedger(aws, websocketUrl(aws, "websocket0", "production"));
    await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, name) => ledger.converse(`c${name}`, MESSAGES, 4)),
    );
    await expect
      .poll(() => [...ledger.fates()].filter(([, fate]) => fate === undefined), {
        timeout: TIMEOUT,
      })
      .toEqual([]);
    expect(ledger.fates().size).toBe(CONNECTIONS * MESSAGES);
    expect(ledger.strays).toEqual([]);
    expect(faults.counts[fault]).toBeGreaterThan(0);
    // An event that runs twice answers twice, and so does a handler that died after its hand-over.
    const mayRepeat = fault === "duplicate-event" || fault === "crash-function";
    expect(mayRepeat ? [] : ledger.duplicates).toEqual([]);
    // The letter is there before the log tells of it.
    await expect
      .poll(async () => (await countDeadLetters(aws)) - ledger.failedJobs(), { timeout: TIMEOUT })
      .toBe(0);
  },
);

test("under duplicate delivery, a client tells duplicates by their requestId", async () => {
  const faults = createFaults({ "duplicate-event": 1 });
  const aws = await startStack({ bundles: DIST, clock: hurriedClock, faults });
  onTestFinished(() => aws.close());
  const ledger = openLedger(aws, websocketUrl(aws, "websocket0", "production"));
  await ledger.converse("c", 10, 1);
  expect([...ledger.fates().values()]).toEqual(Array.from({ length: 10 }, () => "result"));
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
