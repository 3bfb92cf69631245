import { availableParallelism } from "node:os";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Imports of the packages in client/ and local-aws/ are imports of their sources. */
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
    // A module of a function makes its clients of AWS once, from the environment, and so each file of
    // tests with an environment of its own has to load it again.
    isolate: name === "application",
  },
});

const AWS_CLI = "**/aws-cli.test.ts";

/** Starts the projects in the order below, the slowest first, so that no long test is left at the end. */
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
      project("application", "{functions,shared,scripts}/**/*.test.ts"),
      project("client", "client/**/*.test.ts"),
    ],
    tags: [
      {
        name: "extended",
        description:
          "Takes long, and tests what other tests cover in part. Left out of npm test, and run by a job of its own in CI.",
      },
    ],
    sequence: { sequencer: ProjectOrder },
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
