import { buildFunctions } from "./build.ts";
import { isBuildFailure } from "./build-failure.ts";
import { describeTarget } from "./deployment-target.ts";
import { CommandFailed, type Root, terraform } from "./terraform-command.ts";

/** What somebody asked `npm run deploy` or `npm run destroy` for. */
export interface Deployment {
  /** `terraform/account` instead of `terraform/`. */
  account: boolean;
  help: boolean;
  /** Handed on to Terraform. */
  args: string[];
}

/** @param args of the command line. */
export const parseDeployment = (args: readonly string[]): Deployment => ({
  account: args.includes("--account"),
  help: args.includes("--help"),
  args: args.filter((arg) => arg !== "--account" && arg !== "--help"),
});

/**
 * Applies a root module; the application's with fresh bundles, and with its URL at the end.
 * @throws {CommandFailed} at the first step that fails.
 */
export async function deploy({ account, args }: Deployment): Promise<void> {
  if (account) {
    await terraform("terraform/account", "init");
    await showTarget("terraform/account", args);
    await terraform("terraform/account", "apply", ...args);
    return;
  }
  await build();
  await terraform("terraform", "init");
  await showTarget("terraform", args);
  await terraform("terraform", "apply", ...args);
  await terraform("terraform", "output", "-raw", "websocket_url");
  console.log("\n");
}

/** esbuild says itself what is wrong. */
async function build(): Promise<void> {
  console.log("\n$ npm run build");
  try {
    for (const { name, zip } of await buildFunctions())
      console.log(`Built dist/${name}.zip (${(zip.length / 1000).toFixed(1)} KB).`);
  } catch (error) {
    throw isBuildFailure(error) ? new CommandFailed("", 1) : error;
  }
}

/**
 * Destroys what a root module made.
 * @throws {CommandFailed} at the first step that fails.
 */
export async function destroy({ account, args }: Deployment): Promise<void> {
  const root = account ? "terraform/account" : "terraform";
  await terraform(root, "init");
  await showTarget(root, args);
  await terraform(root, "destroy", ...args);
}

/** Prints the account, region and project, for a person who has several. */
async function showTarget(root: Root, args: string[]): Promise<void> {
  console.log(`\n${await describeTarget(root, args)}`);
}

/** Runs a command line to its end, and gives the process its exit code. */
export async function runDeployment(
  run: (deployment: Deployment) => Promise<void>,
  usage: string,
): Promise<void> {
  const deployment = parseDeployment(process.argv.slice(2));
  if (deployment.help) {
    process.stdout.write(usage);
    return;
  }
  try {
    await run(deployment);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    if (error.message !== "") console.error(`\n${error.message}`);
    process.exitCode = error.exitCode;
  }
}
