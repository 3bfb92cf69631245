import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalAws } from "../../local-aws/src/local-aws.ts";
import { startEmpty } from "../../local-aws/src/stack.ts";
import { localCredentials } from "../../scripts/terraform.ts";
import { fencedBlocks, readDocument } from "../docs/markdown.ts";
import { because, reasonToSkip } from "./available.ts";

const skipped = await reasonToSkip();

/** Milliseconds: each test runs Terraform several times. */
const TIMEOUT = 240_000;

/** The variables that the README exports for a local AWS. */
function readmeExports(endpoint: string): Record<string, string> {
  const lines = fencedBlocks(readDocument("README.md")).flatMap((block) => block.lines);
  const assignments = lines
    .filter((line) => line.startsWith("export "))
    .flatMap((line) => line.replace("export ", "").split(" "));
  return Object.fromEntries(
    assignments.map((assignment) => {
      const [name = "", value = ""] = assignment.split("=");
      return [name, name === "AWS_ENDPOINT_URL" ? endpoint : value];
    }),
  );
}

/** The environment of the tests, without the variables that select an AWS or a state. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(AWS_|TF_(?!CLI_CONFIG_FILE))/.test(name)),
);

/** A terminal in a copy of `terraform/`, with state files where a person's are. */
const terminal =
  (directory: string, variables: Record<string, string>) => (root: string, args: string) =>
    new Promise<{ code: number | null; printed: string }>((resolve) => {
      const child = execFile(
        "terraform",
        [`-chdir=${join(directory, root)}`, ...args.split(" "), "-no-color"],
        { env: { ...environment, CHECKPOINT_DISABLE: "1", ...variables } },
        (_, stdout, stderr) => {
          const printed = `${stdout}${stderr}`.replaceAll(/\s+/g, " ");
          resolve({ code: child.exitCode, printed });
        },
      );
      child.stdin?.end();
    });

describe.skipIf(skipped)(`a Terraform state belongs to one stack${because(skipped)}`, () => {
  let directory: string;
  let onA: ReturnType<typeof terminal>;
  let onOther: ReturnType<typeof terminal>;
  let laptop: ReturnType<typeof terminal>;
  let laptopWithoutWorkspace: ReturnType<typeof terminal>;
  let local: LocalAws;
  const all: LocalAws[] = [];
  const start = async (accountId?: string) => {
    const aws = await startEmpty(accountId === undefined ? {} : { accountId });
    all.push(aws);
    return aws;
  };
  const stateOfA = () => readFile(join(directory, "account", "terraform.tfstate"), "utf8");

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "websocket-lambda-states-"));
    await cp(join(import.meta.dirname, "..", "..", "terraform"), directory, {
      recursive: true,
      filter: (path) => !/^\.terraform$|\.tfstate|_override\.tf$|\.tfvars$/.test(basename(path)),
    });
    const accountA = await start("111122223333");
    const accountB = await start("444455556666");
    local = await start();
    onA = terminal(directory, localCredentials(accountA.endpoint));
    onOther = terminal(directory, localCredentials(accountB.endpoint));
    laptop = terminal(directory, readmeExports(local.endpoint));
    laptopWithoutWorkspace = terminal(directory, localCredentials(local.endpoint));
    for (const command of ["init -input=false", "apply -auto-approve"]) {
      const { code, printed } = await onA("account", command);
      if (code !== 0) throw new Error(`${command} ended with ${code}: ${printed}`);
    }
  }, TIMEOUT);
  afterAll(async () => {
    await Promise.all(all.map((aws) => aws.close()));
    await rm(directory, { recursive: true, force: true });
  });

  /** Runs a command that is refused, and compares the state of A before and after it. */
  const refused = async (run: typeof onA, root: string, command: string) => {
    const before = await stateOfA();
    const { code, printed } = await run(root, command);
    expect({ command, code, changed: (await stateOfA()) !== before }).toEqual({
      command,
      code: 1,
      changed: false,
    });
    return printed;
  };

  test("the README's commands on a laptop leave it alone", { timeout: TIMEOUT }, async () => {
    const before = await stateOfA();
    expect(await laptop("account", "init")).toMatchObject({ code: 0 });
    expect((await laptop("account", "apply -auto-approve")).printed).toContain("4 added");
    expect((await laptop("account", "output -raw cloudwatch_role_arn")).printed).toContain(
      "arn:aws:iam::000000000000:role/",
    );
    expect((await laptop("account", "destroy -auto-approve")).printed).toContain("4 destroyed");
    expect(local.state.iam.roles).toEqual({});
    expect(await stateOfA()).toBe(before);
  });

  test.for(["apply -auto-approve", "destroy -auto-approve"])(
    "a laptop without the workspace refuses: %s",
    { timeout: TIMEOUT },
    async (command) => {
      expect(await refused(laptopWithoutWorkspace, "account", command)).toContain(
        'Its state belongs in the workspace "local"',
      );
    },
  );

  test.for(["plan -refresh-only", "destroy -auto-approve"])(
    "another account refuses: %s",
    { timeout: TIMEOUT },
    async (command) => {
      expect(await refused(onOther, "account", command)).toContain(
        "belongs to account 111122223333, region us-east-1. This command is for account 444455556666, region us-east-1.",
      );
    },
  );

  test("another account refuses a destroy without a refresh", { timeout: TIMEOUT }, async () => {
    const command = "destroy -auto-approve -refresh=false";
    expect(await refused(onOther, "account", command)).toContain(
      "AWS account ID not allowed: 444455556666",
    );
  });

  test("another region refuses", { timeout: TIMEOUT }, async () => {
    const command = "destroy -auto-approve -var=region=eu-west-1";
    expect(await refused(onA, "account", command)).toContain(
      "This command is for account 111122223333, region eu-west-1.",
    );
  });

  test("another project refuses", { timeout: TIMEOUT }, async () => {
    expect(await onA(".", "init -input=false")).toMatchObject({ code: 0 });
    const record = "apply -auto-approve -target=terraform_data.state";
    expect(await onA(".", record)).toMatchObject({ code: 0 });
    const command = "plan -var=project=other -var=bundle_directory=tests/bundles";
    expect(await refused(onA, ".", command)).toContain(
      "belongs to account 111122223333, project websocket-lambda, region us-east-1. This command is for account 111122223333, project other, region us-east-1.",
    );
  });

  test("after all that, a plan on the account finds no changes", { timeout: TIMEOUT }, async () => {
    expect((await onA("account", "plan")).printed).toContain("No changes.");
  });
});
