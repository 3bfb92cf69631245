import type { Caller } from "../protocols/caller.ts";
import type { State } from "../state.ts";

/** Returns the unique ID of a caller: that of the account for its root, `{role ID}:{session}` for a role. */
export function userIdOf(state: State, caller: Caller): string {
  if (caller.type === "administrator") return state.accountId;
  const sessionName = caller.arn.split("/").at(-1) ?? "";
  // Credentials outlive their role.
  return `${state.iam.roles[caller.roleName]?.RoleId ?? caller.roleName}:${sessionName}`;
}
