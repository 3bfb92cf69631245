/** @module-tag extended */
import { expect, test } from "vitest";
import { soak } from "./soak.ts";

test("a soak under all faults at once loses no message", { timeout: 90_000 }, async () => {
  const account = await soak({ messages: 1000, seed: 7 });
  expect(account).toMatchObject({
    sent: 1000,
    misdelivered: 0,
    deadLetters: account.reportedJobs + account.unreportedJobs,
    unreportedJobs: account.failedReports,
  });
  expect(account.outcomes).not.toHaveProperty("lost");
  expect(account.outcomes.result).toBeGreaterThan(750);
});
