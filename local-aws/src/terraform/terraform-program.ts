/** Runs the program `terraform` in a folder, without access to AWS. */
import { type ChildProcess, spawn } from "node:child_process";
import { UsageError } from "../command-options.ts";

/** Runs commands of Terraform. */
export interface Terraform {
  /**
   * Runs a command. Resolves with its exit code and output. Also passes each line of the output to
   * `onLine`.
   * @throws {UsageError} if Terraform is not installed.
   */
  run(args: readonly string[], onLine?: (line: string) => void): Promise<TerraformResult>;
  /**
   * Interrupts the running command. Resolves when it has ended. No further command can be started.
   */
  stop(): Promise<void>;
}

export interface TerraformResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** The maximum time for an interrupted Terraform to exit, in milliseconds. */
const STOP_TIMEOUT = 10_000;

/**
 * Creates an interface to Terraform.
 * @param options.environment all environment variables of the program.
 */
export function createTerraform(options: {
  directory: string;
  environment: NodeJS.ProcessEnv;
}): Terraform {
  const { directory: cwd, environment: env } = options;
  let running: { child: ChildProcess; ended: Promise<unknown> } | undefined;
  let isStopped = false;

  return {
    async run(args, onLine) {
      if (isStopped) throw new TerraformStopped();
      // Terraform has its own process group, so the terminal sends Ctrl-C only to this process, which
      // interrupts Terraform once. On a second signal, Terraform would leave its providers running.
      const child = spawn("terraform", args, {
        cwd,
        env,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const result = resultOf(child, onLine);
      running = { child, ended: result.catch(() => {}) };
      const { code, stdout, stderr } = await result.catch((error: unknown) => {
        throw isMissing(error) ? new UsageError(NO_TERRAFORM, { cause: error }) : error;
      });
      running = undefined;
      // oxlint-disable-next-line typescript/no-unnecessary-condition -- stop() can have been called
      if (isStopped) throw new TerraformStopped();
      return { code, stdout, stderr };
    },
    async stop() {
      isStopped = true;
      if (running === undefined) return;
      const { child, ended } = running;
      child.kill("SIGINT");
      const timeout = setTimeout(() => killGroup(child), STOP_TIMEOUT);
      await ended;
      clearTimeout(timeout);
    },
  };
}

/** The error of a command that `stop()` ended or prevented. */
export class TerraformStopped extends Error {
  override readonly name = "TerraformStopped";
}

const NO_TERRAFORM =
  "Terraform is not installed, or not on the PATH. Install it: https://developer.hashicorp.com/terraform/install";

function resultOf(
  child: ChildProcess,
  onLine: ((line: string) => void) | undefined,
): Promise<TerraformResult> {
  const { promise, resolve, reject } = Promise.withResolvers<TerraformResult>();
  let stdout = "";
  let stderr = "";
  let rest = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine?.(line);
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.once("error", reject);
  child.once("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
  return promise;
}

/** Kills a program and the processes that it started, such as the providers of Terraform. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // The process has already ended.
  }
}

/** Returns whether an error means that a program is not on the `PATH`. */
const isMissing = (error: unknown) =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

/**
 * Returns the environment variables for a Terraform that uses a local AWS. Variables of this process that
 * configure AWS are left out, because a profile, a role or the endpoint of a service could point to AWS.
 * Variables that set Terraform's data folder or add arguments to its commands are also left out.
 * @param endpoint the URL of the local AWS.
 * @param pluginCache a folder for the providers that Terraform downloads, if the user has set none.
 */
export function terraformEnvironment(
  endpoint: string,
  pluginCache: string,
  variables: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const kept = Object.entries(variables).filter(
    ([name]) => !/^(AWS_|TF_AWS_|TF_DATA_DIR$|TF_CLI_ARGS|TF_INPUT$|TF_LOG)/.test(name),
  );
  // The region for providers that do not set one.
  const region = variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"] ?? "us-east-1";
  return {
    TF_PLUGIN_CACHE_DIR: pluginCache,
    // This is safe, because the lock file is a copy.
    TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "true",
    ...Object.fromEntries(kept),
    AWS_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "true",
    TF_INPUT: "0",
  };
}
