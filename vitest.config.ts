import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{functions,shared,local,scripts,test}/**/*.test.ts"],
    globalSetup: "test/build-functions.ts",
    // A cold start on a busy machine takes its time; nothing here waits for a guessed one.
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
