import { availableParallelism } from "node:os";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

/** Imports of the packages in client/ and local-aws/ are imports of their sources. */
const SOURCE = "@websocket-lambda/source";

/** A part of the tests, which `npx vitest run --project <name>` runs by itself. */
const project = (
  name: string,
  include: string[],
  { exclude = [], isolate = true }: { exclude?: string[]; isolate?: boolean } = {},
): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, include, exclude: ["**/node_modules/**", ...exclude], isolate },
});

const AWS_CLI = "**/aws-cli.test.ts";
/** Tests of one module start no worker of their own. */
const unit = (name: string, ...include: string[]) =>
  project(name, include, { exclude: [AWS_CLI], isolate: false });

export default defineConfig({
  ssr: { resolve: { conditions: [SOURCE, "node"] } },
  test: {
    projects: [
      unit("application", "{functions,shared,scripts}/**/*.test.ts"),
      unit("client", "client/**/*.test.ts"),
      unit("local-aws", "local-aws/**/*.test.ts"),
      project("conformance", ["test/conformance/*.test.ts"]),
      project("aws-cli", [AWS_CLI]),
      project("e2e", ["test/e2e/*.test.ts"]),
      project(
        "stack",
        ["test/*.test.ts", "test/{client,faults,property,redrive,security,trace}/*.test.ts"],
        { exclude: [AWS_CLI] },
      ),
      project("terraform", ["test/terraform/*.test.ts"]),
      project("console", ["test/console/*.test.ts"]),
      project("bundles", ["test/{bench,bundles}/*.test.ts"]),
      project("docs", ["test/docs/*.test.ts"]),
    ],
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
