/**
 * Known behavior of the APIs that manage resources, tested with SDK clients on a local AWS. These
 * rows do not run on AWS, where they would leave resources behind.
 */
import { afterAll, describe, expect, test } from "vitest";
import { countTable } from "./counts.ts";
import { runTables } from "./run-tables.ts";
import { accountTables, stackTables } from "./tables.ts";
import { onAws, useAccount } from "./targets.ts";

describe.skipIf(onAws)("what the APIs of AWS return, on a local AWS", () => {
  runTables(accountTables, useAccount());
});

test("each title of a table is unique, and each source is a URL", () => {
  for (const { rows } of [...stackTables, ...accountTables]) {
    const titles = rows.map(({ behavior }) => behavior);
    expect(titles).toEqual([...new Set(titles)]);
    expect(rows.filter(({ source }) => !source.startsWith("https://"))).toEqual([]);
  }
});

afterAll(() => {
  console.log(`Rows of the conformance suite, by service and by basis:\n${countTable()}`);
});
