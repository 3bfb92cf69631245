import { execFile, spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** An AWS CLI on this machine. */
export interface AwsCli {
  /** Such as `2.9.19`. */
  version: string;
  /** The path of its program. */
  program: string;
  /** Returns whether this CLI has `version`, such as `2.13`, or a later version. */
  isAtLeast(version: string): boolean;
  /** Runs a command against an endpoint, with the administrator's key, and returns its output. */
  run(endpoint: string, ...args: string[]): Promise<string>;
}

/**
 * Finds every AWS CLI in the folders of `PATH`, one of each version, the newest first. All folders are
 * searched, because one program can hide another: for example, a version 1 from pip can hide that of the
 * system.
 */
export function findAwsClis(): AwsCli[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const programs = folders.map((folder) => join(folder, "aws")).filter((path) => existsSync(path));
  const found = new Map<string, AwsCli>();
  for (const program of new Set(programs.map((path) => realpathSync(path)))) {
    const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
    const [, version] = /aws-cli\/(\S+)/.exec(stdout ?? "") ?? [];
    if (version !== undefined && !found.has(version)) found.set(version, awsCli(program, version));
  }
  return [...found.values()].toSorted((a, b) => (a.isAtLeast(b.version) ? -1 : 1));
}

const awsCli = (program: string, version: string): AwsCli => ({
  version,
  program,
  isAtLeast: (least) => version.localeCompare(least, "en", { numeric: true }) >= 0,
  async run(endpoint, ...args) {
    // Version 2 before 2.13 does not read AWS_ENDPOINT_URL, and version 1 does not read it for SQS.
    const command = ["--endpoint-url", endpoint, ...args];
    const { stdout } = await promisify(execFile)(program, command, { env: awsCliEnvironment() });
    return stdout;
  },
});

/** Returns the environment of this process, with the administrator's key and without a pager. */
export const awsCliEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_PAGER: "",
});
