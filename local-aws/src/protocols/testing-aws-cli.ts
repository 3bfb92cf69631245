import { findAwsClis } from "../aws-clis.ts";

/** The AWS CLIs on this machine, the newest first. */
export const awsClis = findAwsClis();

/** The version of the newest one; undefined if there is none. */
export const awsCliVersion: string | undefined = awsClis[0]?.version;

/** Runs the newest one against an endpoint and returns what it prints. */
export async function aws(endpoint: string, ...args: string[]): Promise<string> {
  const [cli] = awsClis;
  if (cli === undefined) throw new Error("There is no AWS CLI on this machine.");
  return await cli.run(endpoint, ...args);
}
