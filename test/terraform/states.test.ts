/** @module-tag extended */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestLocalAws, type TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { localCredentials, TERRAFORM } from "../../scripts/terraform.ts";
import { fencedBlocks, readDocument } from "../docs/markdown.ts";
import { because, reasonToSkip } from "./available.ts";
import { type RunningProvider, startProvider } from "./running-provider.ts";

const skipped = await reasonToSkip();

/** Milliseconds: each test runs Terraform several times. */
const TIMEOUT = 240_000;

/** Returns the variables that the README exports for a local AWS. */
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

/** The environment of the tests, without the variables that select an account or a state. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(AWS_|TF_(?!CLI_CONFIG_FILE))/.test(name)),
);

/** Returns a function that runs Terraform in a copy of `terraform/`, with local state files. */
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

/** Resolves when a command has succeeded. Rejects with its output if it fails. */
async function succeed(command: ReturnType<ReturnType<typeof terminal>>): Promise<void> {
  const { code, printed } = await command;
  if (code !== 0) throw new Error(`Terraform exited with ${code}: ${printed}`);
}

/** Creates a copy of `terraform/`, without states and settings. */
async function copyTerraform(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "websocket-lambda-states-"));
  await cp(TERRAFORM, directory, {
    recursive: true,
    filter: (path) => !/^\.terraform$|\.tfstate|_override\.tf$|\.tfvars$/.test(basename(path)),
  });
  return directory;
}

describe.skipIf(skipped)(`a Terraform state belongs to one stack${because(skipped)}`, () => {
  let directory: string;
  let onA: ReturnType<typeof terminal>;
  let onOther: ReturnType<typeof terminal>;
  let laptop: ReturnType<typeof terminal>;
  let laptopWithoutWorkspace: ReturnType<typeof terminal>;
  let local: TestLocalAws;
  let accountA: TestLocalAws;
  let appliedToA: TestLocalAws["state"];
  const started: (TestLocalAws | RunningProvider)[] = [];
  const start = async (accountId?: string) => {
    const aws = createTestLocalAws(accountId === undefined ? {} : { accountId });
    await aws.listen();
    started.push(aws);
    return aws;
  };
  /** Returns the environment of an account's administrator. */
  const administrator = async ({ endpoint }: TestLocalAws) => {
    const provider = await startProvider(localCredentials(endpoint));
    started.unshift(provider);
    return { ...localCredentials(endpoint), ...provider.environment };
  };
  const stateOfA = () => readFile(join(directory, "account", "terraform.tfstate"), "utf8");

  beforeAll(async () => {
    directory = await copyTerraform();
    accountA = await start("111122223333");
    const accountB = await start("444455556666");
    local = await start();
    onA = terminal(directory, await administrator(accountA));
    onOther = terminal(directory, await administrator(accountB));
    laptop = terminal(directory, readmeExports(local.endpoint));
    laptopWithoutWorkspace = terminal(directory, localCredentials(local.endpoint));
    await succeed(onA("account", "init -input=false"));
    await succeed(onA("account", "apply -auto-approve"));
    appliedToA = structuredClone(accountA.state);
  }, TIMEOUT);
  afterAll(async () => {
    for (const server of started) await server.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Runs a command that must be rejected. Expects that it does not change the state of account A. */
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

  test("the README's commands for a local AWS do not change it", { timeout: TIMEOUT }, async () => {
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

  test(
    "a command for a local AWS without the workspace is rejected",
    { timeout: TIMEOUT },
    async () => {
      const command = "destroy -auto-approve";
      expect(await refused(laptopWithoutWorkspace, "account", command)).toContain(
        'Its state belongs in the workspace "local"',
      );
    },
  );

  test("a command for another account is rejected", { timeout: TIMEOUT }, async () => {
    expect(await refused(onOther, "account", "destroy -auto-approve")).toContain(
      "belongs to account 111122223333, region us-east-1. This command is for account 444455556666, region us-east-1.",
    );
  });

  test(
    "a destroy without a refresh for another account is rejected",
    { timeout: TIMEOUT },
    async () => {
      const command = "destroy -auto-approve -refresh=false";
      expect(await refused(onOther, "account", command)).toContain(
        "AWS account ID not allowed: 444455556666",
      );
    },
  );

  test("a command for another region is rejected", { timeout: TIMEOUT }, async () => {
    const command = "destroy -auto-approve -var=region=eu-west-1";
    expect(await refused(onA, "account", command)).toContain(
      "This command is for account 111122223333, region eu-west-1.",
    );
  });

  test("a command for another project is rejected", { timeout: TIMEOUT }, async () => {
    expect(await onA(".", "init -input=false")).toMatchObject({ code: 0 });
    const record = "apply -auto-approve -target=terraform_data.state";
    expect(await onA(".", record)).toMatchObject({ code: 0 });
    const command = "plan -var=project=other -var=bundle_directory=tests/bundles";
    expect(await refused(onA, ".", command)).toContain(
      "belongs to account 111122223333, project websocket-lambda, region us-east-1. This command is for account 111122223333, project other, region us-east-1.",
    );
  });

  test("after these commands, the account still has all its resources", () => {
    expect(accountA.state).toEqual(appliedToA);
  });
});

/** A root module with the guard and without a provider. */
const GUARDED = `
variable "caller" {
  type = map(string)
}

resource "terraform_data" "state" {
  input = var.caller

  lifecycle {
    ignore_changes = [input]
  }
}

module "state_guard" {
  source   = "../state-guard"
  caller   = var.caller
  recorded = terraform_data.state.input
}
`;

describe.skipIf(skipped)(`the state guard rejects${because(skipped)}`, () => {
  let directory: string;
  let run: (
    command: string,
    account: string,
    region?: string,
  ) => ReturnType<ReturnType<typeof terminal>>;
  beforeAll(async () => {
    directory = await copyTerraform();
    await mkdir(join(directory, "guarded"));
    await writeFile(join(directory, "guarded", "main.tf"), GUARDED);
    const inDirectory = terminal(directory, {});
    run = (command, account, region = "us-east-1") =>
      inDirectory(
        "guarded",
        `${command} -input=false -var=caller={"account":"${account}","region":"${region}"}`,
      );
    await succeed(inDirectory("guarded", "init -input=false"));
    await succeed(run("apply -auto-approve", "111122223333"));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  describe.for([
    "plan",
    "plan -refresh-only",
    "plan -destroy",
    "apply -auto-approve",
    "destroy -auto-approve",
  ])("%s", (command) => {
    test("another account", async () => {
      const { code, printed } = await run(command, "444455556666");
      expect(code).toBe(1);
      expect(printed).toContain("This command is for account 444455556666, region us-east-1.");
    });

    test("another region", async () => {
      const { code, printed } = await run(command, "111122223333", "eu-west-1");
      expect(code).toBe(1);
      expect(printed).toContain("This command is for account 111122223333, region eu-west-1.");
    });

    test("a local AWS outside of the workspace local", async () => {
      const { code, printed } = await run(command, "000000000000");
      expect(code).toBe(1);
      expect(printed).toContain('Its state belongs in the workspace "local"');
    });
  });

  test("not its own account and region", async () => {
    expect((await run("plan", "111122223333")).printed).toContain("No changes.");
  });
});
