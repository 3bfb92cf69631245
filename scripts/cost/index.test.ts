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

test.for(blocks)("$command prints the output in docs/scaling.md", async ({ command, output }) => {
  const { stdout } = await run(process.execPath, [
    SCRIPT,
    ...command.replace(COMMAND, "").split(" "),
  ]);
  expect(stdout.trimEnd()).toBe(output);
});

test.for([
  [],
  ["1e9"],
  ["1e9", "-1"],
  ["--attack", "1"],
  ["--idle"],
  ["--idle", "0"],
  ["1", "2", "3"],
])("the arguments %j print the usage on stderr, with exit code 1", async (args) => {
  await expect(run(process.execPath, [SCRIPT, ...args])).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^Usage: node scripts\/cost\/index\.ts/),
  });
});
