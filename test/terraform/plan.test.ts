/** @module-tag extended */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TERRAFORM } from "../../scripts/terraform.ts";
import { because, reasonToSkip } from "./available.ts";
import { type RunningProvider, startProvider } from "./running-provider.ts";

const skipped = await reasonToSkip();

describe.skipIf(skipped)(`the plan-only tests of terraform/${because(skipped)}`, () => {
  let provider: RunningProvider | undefined;
  beforeAll(async () => {
    provider = await startProvider();
  });
  afterAll(() => provider?.close());

  /** Initializes a root module and runs Terraform in it. */
  async function inModule(
    module: string,
    run: (terraform: (...args: string[]) => Promise<{ stdout: string }>) => Promise<void>,
  ): Promise<void> {
    const dataDirectory = await mkdtemp(join(tmpdir(), "websocket-lambda-terraform-"));
    const env = {
      ...process.env,
      TF_DATA_DIR: dataDirectory,
      CHECKPOINT_DISABLE: "1",
      ...provider?.environment,
    };
    const terraform = (...args: string[]) =>
      promisify(execFile)("terraform", [`-chdir=${join(TERRAFORM, module)}`, ...args], { env });
    try {
      await terraform("init", "-backend=false", "-input=false", "-no-color", "-lockfile=readonly");
      await run(terraform);
    } finally {
      await rm(dataDirectory, { recursive: true, force: true });
    }
  }

  test.for([".", "account", "github"])("pass in the root module %s", async (module) => {
    await inModule(module, async (terraform) => {
      const { stdout } = await terraform("test", "-no-color");
      expect(stdout).toMatch(/Success! [1-9]\d* passed, 0 failed\./);
    });
  });

  // If the provider accepts nodejs24.x, make it the default of the variable.
  test("the locked provider version accepts no runtime newer than the default", async () => {
    await inModule(".", async (terraform) => {
      const file = "-filter=tests/authentication.tftest.hcl";
      await expect(
        terraform("test", "-no-color", file, "-var=runtime=nodejs24.x"),
      ).rejects.toMatchObject({
        stderr: expect.stringMatching(
          /expected runtime to be one of \[.*"nodejs22\.x"\], got nodejs24\.x/,
        ),
      });
    });
  });
});
