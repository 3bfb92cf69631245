import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const REPOSITORY = join(import.meta.dirname, "..");
const DOCUMENT = join(REPOSITORY, "docs", "scaling.md");

/** A code block that begins with a command of the model. */
const BLOCK = /(?<=^```console\n\$ npm run model --(.*)\n)[^]*?(?=^```$)/gm;

// After a change of a price, a quota or Terraform: npx vitest run test/scaling-document.test.ts -u
test("every table in docs/scaling.md is what its command prints", async () => {
  const text = await readFile(DOCUMENT, "utf8");
  const blocks = [...text.matchAll(BLOCK)];
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  const outputs = await Promise.all(
    blocks.map(async ([, options = ""]) => {
      const args = ["scripts/model.ts", ...options.split(" ").filter((part) => part !== "")];
      const { stdout } = await run(process.execPath, args, { cwd: REPOSITORY });
      return stdout;
    }),
  );
  await expect(text.replaceAll(BLOCK, () => outputs.shift() ?? "")).toMatchFileSnapshot(DOCUMENT);
});

test("what can't be is said on stderr, with exit code 1 and no stack trace", async () => {
  const args = ["scripts/model.ts", "--memory", "12"];
  await expect(run(process.execPath, args, { cwd: REPOSITORY })).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: '--memory takes a whole number from 128 to 10240, not "12".\n',
  });
});
