/** @module-tag extended */
import { expect, test } from "vitest";
import { soak } from "./soak.ts";

test("a soak under every fault at once loses nothing", { timeout: 90_000 }, async () => {
  const account = await soak({ messages: 1000, seed: 7 });
  expect(account).toMatchObject({
    sent: 1000,
    strays: 0,
    deadLetters: account.failedJobs + account.keptJobs,
    keptJobs: account.reportsGivenUp,
  });
  expect(account.fates).not.toHaveProperty("lost");
  expect(account.fates.result).toBeGreaterThan(750);
});
