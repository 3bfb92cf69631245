import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Imports of the packages in client/ and local-aws/ are imports of their sources. */
const SOURCE = "@websocket-lambda/source";

export default defineConfig({
  ssr: { resolve: { conditions: [SOURCE, "node"] } },
  test: {
    include: ["{client,functions,shared,local-aws,scripts,test}/**/*.test.ts"],
    // One more than there are cores: Terraform, the longest of all, mostly waits.
    maxWorkers: availableParallelism() + 1,
    // For the processes that tests start.
    env: { NODE_OPTIONS: `--conditions=${SOURCE}` },
    globalSetup: "test/build-functions.ts",
    // The end of what hangs, and of nothing else: tests wait for events. On a busy machine, the aws CLI
    // alone takes seconds to start.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
