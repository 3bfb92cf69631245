import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { fencedBlocks, readDocument } from "../../test/docs/markdown.ts";
import { charge, prices } from "./prices.ts";

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, "index.ts");
const COMMAND = "$ npx node scripts/cost/index.ts ";

test("a tier's price applies only to the units in the tier", () => {
  expect(charge(prices.messages, 1e9)).toBeCloseTo(1000);
  expect(charge(prices.messages, 1.5e9)).toBeCloseTo(1000 + 400);
});

const blocks = fencedBlocks(readDocument("docs/scaling.md"))
  .filter(({ language }) => language === "console")
  .map(({ lines: [command = "", ...output] }) => ({ command, output: output.join("\n") }));

test("docs/scaling.md shows the cost of a month, of idle clients and of an attack", () => {
  expect(blocks.map(({ command }) => command)).toEqual([
    `${COMMAND}1e9 10000`,
    `${COMMAND}--idle 10000`,
    `${COMMAND}--attack`,
  ]);
});

const USAGE = /^Usage: node scripts\/cost\/index\.ts/;

test.for(blocks)("$command prints the output in docs/scaling.md", async ({ command, output }) => {
  const { stdout } = await run(process.execPath, [
    SCRIPT,
    ...command.replace(COMMAND, "").split(" "),
  ]);
  expect(stdout.trimEnd()).toBe(output);
});

test.for([
  [[], USAGE],
  [["1e9"], USAGE],
  [["1", "2", "3"], USAGE],
  [["--attack", "1"], USAGE],
  [["--attack", "--idle", "5"], USAGE],
  [["1e9", "many"], /^The number of .* must be above 0, not "many"\.\n$/],
  [["1e9", "0"], /^The number of .* must be above 0, not "0"\.\n$/],
  [["--idle", "0"], /^The number of .* must be above 0, not "0"\.\n$/],
  [["--idle"], /^Option '--idle <value>' argument missing\. For all options/],
  [["--idel", "5"], /^Unknown option '--idel'.*For all options, run node scripts/],
] as const)("the invalid arguments %j cause exit code 2", async ([args, stderr]) => {
  await expect(run(process.execPath, [SCRIPT, ...args])).rejects.toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(stderr),
  });
});
