import { availableParallelism } from "node:os";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The export condition that resolves the packages in client/ and local-aws/ to their sources. */
const SOURCE = "@websocket-lambda/source";

/**
 * A part of the tests, which `npx vitest run --project <name>` runs by itself. A worker runs
 * several files of it without loading all modules again.
 */
const project = (name: string, ...include: string[]): TestProjectInlineConfiguration => ({
  extends: true,
  test: {
    name,
    include,
    exclude: ["**/node_modules/**", ...(name === "aws-cli" ? [] : [AWS_CLI])],
    // A function's module creates its AWS clients once, from the environment. Each test file has another
    // environment, so it loads the module again.
    isolate: name === "functions",
  },
});

const AWS_CLI = "**/aws-cli.test.ts";

/**
 * Starts the projects in the order below, slowest first, so that no long test runs alone at the end. Tests
 * that mostly wait, as for Terraform or timeouts, run next to those that need the CPU.
 */
class ProjectOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const names = this.ctx.projects.map(({ name }) => name);
    const order = ({ project: { name } }: TestSpecification) => names.indexOf(name);
    // oxlint-disable-next-line unicorn/no-array-sort -- it is a method of the sequencer, not of an array
    return (await super.sort(files)).toSorted((a, b) => order(a) - order(b));
  }
}

export default defineConfig({
  ssr: { resolve: { conditions: [SOURCE, "node"] } },
  test: {
    projects: [
      project("terraform", "test/terraform/*.test.ts"),
      project("console", "test/console/*.test.ts"),
      project("functions", "functions/**/*.test.ts"),
      project("scripts", "{shared,scripts}/**/*.test.ts"),
      project("docs", "test/docs/*.test.ts"),
      project(
        "stack",
        "test/*.test.ts",
        "test/{client,faults,property,redrive,security,streaming,trace}/*.test.ts",
      ),
      project("aws-cli", AWS_CLI),
      project("e2e", "test/e2e/*.test.ts"),
      project("conformance", "test/conformance/*.test.ts"),
      project("bundles", "test/{bench,bundles}/*.test.ts"),
      project("local-aws", "local-aws/**/*.test.ts"),
      project("client", "client/**/*.test.ts"),
    ],
    tags: [
      {
        name: "extended",
        description:
          "Slow tests of behavior that other tests partly cover. npm test skips them, and a separate job of CI runs them.",
      },
    ],
    sequence: { sequencer: ProjectOrder },
    // One more than the number of cores, because Terraform, the slowest, mostly waits.
    maxWorkers: availableParallelism() + 1,
    // For the processes that tests start.
    env: { NODE_OPTIONS: `--conditions=${SOURCE}` },
    globalSetup: "test/build-functions.ts",
    // Only a test that hangs reaches these limits, because tests wait for events. On a busy machine, the
    // AWS CLI takes seconds to start.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
