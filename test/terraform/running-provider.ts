import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { TERRAFORM } from "../../scripts/terraform.ts";

/** Terraform's AWS provider as a process that several Terraform commands use. */
export interface RunningProvider {
  /** The environment variables with which Terraform uses it. */
  readonly environment: Record<string, string>;
  close(): Promise<void>;
}

const PRINTED = /TF_REATTACH_PROVIDERS='(.+)'/;

/**
 * Starts the provider of `terraform/.terraform.lock.hcl` in debug mode. Otherwise, each Terraform command
 * starts it up to four times, and spends more CPU time on the provider's schema than on its own work.
 *
 * The process has only one configuration, the last one, even if a root module configures the provider
 * twice, as in `terraform/state-guard.tf`. There, the last one is that of the resources, because it
 * depends on the result of the other one.
 * @param environment the credentials and the endpoint. Terraform commands cannot change them later.
 */
export async function startProvider(
  environment: Record<string, string> = {},
): Promise<RunningProvider> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "websocket-lambda-provider-"));
  const removeData = () => rm(dataDirectory, { recursive: true, force: true });
  try {
    const child = spawn(await install(dataDirectory), ["-debug"], {
      // The paths of zip files are relative to the root module.
      cwd: TERRAFORM,
      env: { ...withoutAws(process.env), ...environment, AWS_EC2_METADATA_DISABLED: "true" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const closed = once(child, "close");
    const attach = await firstMatch(createInterface({ input: child.stdout }), PRINTED);
    return {
      environment: { TF_REATTACH_PROVIDERS: attach },
      async close() {
        child.kill("SIGINT");
        await closed;
        await removeData();
      },
    };
  } catch (error) {
    await removeData();
    throw error;
  }
}

/** Installs the provider in a data directory. Returns the path of its executable. */
async function install(dataDirectory: string): Promise<string> {
  const init = ["init", "-backend=false", "-input=false", "-no-color", "-lockfile=readonly"];
  await promisify(execFile)("terraform", [`-chdir=${TERRAFORM}`, ...init], {
    env: { ...process.env, TF_DATA_DIR: dataDirectory, CHECKPOINT_DISABLE: "1" },
  });
  const providers = join(dataDirectory, "providers");
  const [registry = ""] = await readdir(providers);
  const aws = join(providers, registry, "hashicorp", "aws");
  const [version = ""] = await readdir(aws);
  const [platform = ""] = await readdir(join(aws, version));
  const files = await readdir(join(aws, version, platform));
  const executable = files.find((file) => file.startsWith("terraform-provider-aws"));
  if (executable === undefined) throw new Error(`${aws} does not contain the provider.`);
  return join(aws, version, platform, executable);
}

async function firstMatch(lines: AsyncIterable<string>, pattern: RegExp): Promise<string> {
  for await (const line of lines) {
    const [, match] = pattern.exec(line) ?? [];
    if (match !== undefined) return match;
  }
  throw new Error(`The provider exited without printing ${String(pattern)}.`);
}

/** Returns an environment without the variables of the AWS tools. */
const withoutAws = (environment: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("AWS_")));
