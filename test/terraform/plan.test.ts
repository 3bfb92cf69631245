import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { because, reasonToSkip } from "./available.ts";

const TERRAFORM = join(import.meta.dirname, "..", "..", "terraform");
const skipped = await reasonToSkip();

describe.skipIf(skipped)(`the plan-only tests of terraform/${because(skipped)}`, () => {
  test.for([TERRAFORM, join(TERRAFORM, "account"), join(TERRAFORM, "github")])(
    "pass in %s",
    { timeout: 240_000 },
    async (directory) => {
      const dataDirectory = await mkdtemp(join(tmpdir(), "websocket-lambda-terraform-"));
      const env = { ...process.env, TF_DATA_DIR: dataDirectory, CHECKPOINT_DISABLE: "1" };
      const terraform = (...args: string[]) =>
        promisify(execFile)("terraform", [`-chdir=${directory}`, ...args, "-no-color"], { env });
      try {
        await terraform("init", "-backend=false", "-input=false", "-lockfile=readonly");
        const { stdout } = await terraform("test");
        expect(stdout).toMatch(/Success! \d+ passed, 0 failed\./);
      } finally {
        await rm(dataDirectory, { recursive: true, force: true });
      }
    },
  );
});
