import type { Caller } from "../protocols/caller.ts";

const ROLE = /^arn:([^:]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

/** Returns the caller for a session of an assumed role. */
export function sessionOf(roleArn: string, sessionName: string): Caller {
  const [, partition, accountId, roleName] = ROLE.exec(roleArn) ?? [];
  if (roleName === undefined) throw new TypeError(`Not the ARN of a role: ${roleArn}`);
  const arn = `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${sessionName}`;
  return { type: "role", arn, roleName };
}
