import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

/** The version of the AWS CLI on this machine; undefined if there is none. */
export const awsCliVersion: string | undefined = /aws-cli\/(\S+)/.exec(
  spawnSync("aws", ["--version"], { encoding: "utf8" }).stdout ?? "",
)?.[1];

/** Runs the AWS CLI against an endpoint and returns what it prints. */
export async function runAwsCli(endpoint: string, ...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
  };
  // Version 1 of the CLI ignores AWS_ENDPOINT_URL for SQS.
  const command = ["--endpoint-url", endpoint, ...args];
  const { stdout } = await promisify(execFile)("aws", command, { env });
  return stdout;
}
