import { describe, expect, test } from "vitest";
import type { Basis, Target } from "./behavior.ts";
import type { Table } from "./tables.ts";
import { onAws } from "./targets.ts";

const titles: Record<Basis, string> = {
  capture: "captured",
  snapshot: "in a validated snapshot",
  model: "in a model or source of AWS",
  documentation: "documented",
  report: "reported",
};

/** Runs each row as a test. A row that cannot run on the target is skipped, and its title says why. */
export function runTables(tables: readonly Table[], target: Target): void {
  // Log lines on AWS are delayed.
  const timeout = onAws ? 180_000 : 20_000;

  describe.each(tables)("$area", ({ rows }) => {
    for (const { behavior, basis, source, only, differs, isSlow = false, check } of rows) {
      const isSkipped = onAws && only !== undefined;
      const isUnlike = !onAws && differs !== undefined;
      const remark = isSkipped ? ` (${only})` : isUnlike ? ` (not here yet: ${differs})` : "";
      const options = {
        timeout: isSlow ? 120_000 : timeout,
        skip: isSkipped,
        fails: isUnlike,
        tags: isSlow ? ["extended"] : [],
      };
      test(`[${titles[basis]}] ${behavior}${remark}`, options, async ({ annotate }) => {
        expect.hasAssertions();
        await annotate(source, "source");
        await check(target);
      });
    }
  });
}
