/** Runs the real Terraform against a local AWS, without flags, as a user does. */
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LOCAL_ACCOUNT_ID } from "@websocket-lambda/local-aws";
import { runChild } from "./child-process.ts";
import { UserError } from "./run-script.ts";
import { AUDIENCE, issuerUrl } from "./start/issuer.ts";
import type { StackName } from "./start/stack.ts";

export const TERRAFORM = join(import.meta.dirname, "..", "terraform");

/** A root module whose state is outside the repository. */
export interface TerraformRoot {
  /** Installs the provider. */
  init(): Promise<void>;
  apply(...args: string[]): Promise<string>;
  plan(...args: string[]): Promise<string>;
  destroy(...args: string[]): Promise<string>;
  /** Returns the value of an output. */
  output(name: string): Promise<string>;
  /** Returns the addresses of the resources in the state. */
  resources(): Promise<string[]>;
}

/**
 * Returns the Terraform workspace for a local AWS. It separates the state from those of stacks on AWS.
 * `terraform/state-guard` rejects any other workspace.
 */
export const workspaceOf = (accountId: string): string =>
  accountId === LOCAL_ACCOUNT_ID ? "local" : `local-${accountId}`;

/**
 * @param options.directory the root module, such as `terraform/account`.
 * @param options.workDirectory the directory of the state and of Terraform's data.
 * @param options.endpoint URL of the local AWS.
 * @param options.workspace the Terraform workspace. `terraform/state-guard` compares it with the account.
 * Default: `local`.
 * @param options.environment additional environment variables of each command.
 */
export function terraformRoot(options: {
  directory: string;
  workDirectory: string;
  endpoint: string;
  workspace?: string;
  environment?: Record<string, string>;
}): TerraformRoot {
  const { directory, workDirectory, endpoint, environment } = options;
  const { workspace = workspaceOf(LOCAL_ACCOUNT_ID) } = options;
  const state = `-state=${join(workDirectory, "terraform.tfstate")}`;
  const run = (command: string, ...args: string[]) =>
    terraform([`-chdir=${directory}`, command, ...args], {
      ...localCredentials(endpoint),
      TF_WORKSPACE: workspace,
      TF_DATA_DIR: join(workDirectory, "data"),
      TF_IN_AUTOMATION: "true",
      CHECKPOINT_DISABLE: "1",
      ...environment,
    });
  const change = ["-input=false", "-no-color", state];
  return {
    async init() {
      await mkdir(workDirectory, { recursive: true });
      await run("init", "-input=false", "-no-color", "-lockfile=readonly");
    },
    apply: (...args) => run("apply", "-auto-approve", ...change, ...args),
    plan: (...args) => run("plan", ...change, ...args),
    destroy: (...args) => run("destroy", "-auto-approve", ...change, ...args),
    output: async (name) => (await run("output", "-raw", state, name)).trim(),
    async resources() {
      const addresses = (await run("state", "list", state)).split("\n");
      return addresses.filter((address) => address !== "" && !address.startsWith("data."));
    },
  };
}

/** Applies `terraform/account` and `terraform`, each with its state in its own folder. */
export async function applyStack(options: {
  endpoint: string;
  workDirectory: string;
  /** Arguments of the application's apply, such as `-var=project=other`. */
  variables?: string[];
  /** Additional environment variables of Terraform. */
  environment?: Record<string, string>;
}): Promise<{ account: TerraformRoot; application: TerraformRoot }> {
  const { endpoint, workDirectory, variables = [], environment = {} } = options;
  const root = (directory: string, name: string) =>
    terraformRoot({ directory, workDirectory: join(workDirectory, name), endpoint, environment });
  const account = root(join(TERRAFORM, "account"), "account");
  const application = root(TERRAFORM, "application");
  await account.init();
  await account.apply(...variables.filter((variable) => variable.startsWith("-var=region=")));
  await application.init();
  await application.apply(...variables);
  return { account, application };
}

/** Returns the arguments of the apply for a snapshot. */
export const variablesOf = (stack: StackName, endpoint: string): string[] =>
  stack === "open"
    ? []
    : [`-var=jwt_issuer=${issuerUrl(endpoint)}`, `-var=jwt_audience=["${AUDIENCE}"]`];

/** Returns the environment variables that point AWS tools to a local AWS, with administrator access. */
export const localCredentials = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_EC2_METADATA_DISABLED: "true",
});

/**
 * Runs Terraform and returns its output.
 * @throws {UserError} if Terraform is not installed, or fails. The message contains the output.
 */
async function terraform(args: string[], environment: Record<string, string>): Promise<string> {
  let printed = "";
  const code = await runChild(() => {
    const child = spawn("terraform", args, {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
    return child;
  }).catch((error: unknown) => {
    throw isMissing(error) ? new UserError(NO_TERRAFORM, { cause: error }) : error;
  });
  if (code === 0) return printed;
  throw new UserError(`terraform ${args.join(" ")} failed with exit code ${code}:\n${printed}`);
}

const NO_TERRAFORM =
  "Terraform is not installed, or not on the PATH. Install version 1.11 or newer: https://developer.hashicorp.com/terraform/install";

/** Returns whether an error means that a program is not on the `PATH`. */
const isMissing = (error: unknown) =>
  error instanceof Error && "code" in error && error.code === "ENOENT";
