import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{client,functions,shared,local,scripts,test}/**/*.test.ts"],
    // One more than there are cores: Terraform, the longest of all, mostly waits.
    maxWorkers: availableParallelism() + 1,
    globalSetup: "test/build-functions.ts",
    // A cold start on a busy machine takes its time; nothing here waits for a guessed one.
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
