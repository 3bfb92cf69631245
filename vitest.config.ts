import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{client,functions,shared,local,scripts,test}/**/*.test.ts"],
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
