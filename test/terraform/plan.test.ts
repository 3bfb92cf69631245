import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { because, reasonToSkip } from "./available.ts";

const TERRAFORM = join(import.meta.dirname, "..", "..", "terraform");
const skipped = await reasonToSkip();

const testFiles = await Promise.all(
  [".", "account", "github"].map(async (module) => {
    const files = await readdir(join(TERRAFORM, module, "tests"));
    return files.filter((file) => file.endsWith(".tftest.hcl")).map((file) => ({ module, file }));
  }),
);

// Side by side, for each plan by itself waits for the provider to start.
describe.skipIf(skipped)(`the plan-only tests of terraform/${because(skipped)}`, () => {
  test.concurrent.for(testFiles.flat())(
    "pass in $module: $file",
    { timeout: 600_000 },
    async ({ module, file }) => {
      const directory = join(TERRAFORM, module);
      const dataDirectory = await mkdtemp(join(tmpdir(), "websocket-lambda-terraform-"));
      const env = { ...process.env, TF_DATA_DIR: dataDirectory, CHECKPOINT_DISABLE: "1" };
      const terraform = (...args: string[]) =>
        promisify(execFile)("terraform", [`-chdir=${directory}`, ...args, "-no-color"], { env });
      try {
        await terraform("init", "-backend=false", "-input=false", "-lockfile=readonly");
        const { stdout } = await terraform("test", `-filter=tests/${file}`);
        expect(stdout).toMatch(/Success! [1-9]\d* passed, 0 failed\./);
      } finally {
        await rm(dataDirectory, { recursive: true, force: true });
      }
    },
  );
});
