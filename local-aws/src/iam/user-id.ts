import type { Caller } from "../protocols/caller.ts";
import type { State } from "../state.ts";

/**
 * Returns the unique ID of a caller: the account ID for the root user, `{role ID}:{session}` for a role.
 */
export function userIdOf(state: State, caller: Caller): string {
  if (caller.type === "administrator") return state.accountId;
  const sessionName = caller.arn.split("/").at(-1) ?? "";
  // The role can have been deleted, because its credentials stay valid.
  return `${state.iam.roles[caller.roleName]?.RoleId ?? caller.roleName}:${sessionName}`;
}
