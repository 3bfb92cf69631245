import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Begins with what runs Terraform: it takes the longest, and would be waited for at the end. */
class TerraformFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const runsTerraform = ({ moduleId }: TestSpecification) =>
      moduleId.includes("/test/terraform/");
    const sorted = await super.sort(files);
    return [...sorted.filter(runsTerraform), ...sorted.filter((file) => !runsTerraform(file))];
  }
}

export default defineConfig({
  test: {
    include: ["{client,functions,shared,local,scripts,test}/**/*.test.ts"],
    sequence: { sequencer: TerraformFirst },
    // One more than there are cores: Terraform, the longest of all, mostly waits.
    maxWorkers: availableParallelism() + 1,
    globalSetup: "test/build-functions.ts",
    // The end of what hangs, and of nothing else: tests wait for events. On a busy machine, the aws CLI
    // alone takes seconds to start.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
