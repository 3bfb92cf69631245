import { AwsError } from "../http/aws-error.ts";
import type { State } from "../state.ts";
import { type Decision, decide, parseIdentityPolicy, type Rule } from "./identity-policy.ts";
import type { Caller } from "./index.ts";
import { findRole } from "./roles.ts";

/** What callers may do: an administrator everything, a role what its inline policies allow. */
export function createPermissions({ state }: { state: State }) {
  // Every message asks several times, so each document is read once.
  const rulesOf = new Map<string, Rule[]>();

  function rules(document: string): Rule[] {
    const known = rulesOf.get(document) ?? parseIdentityPolicy(document);
    rulesOf.set(document, known);
    return known;
  }

  function decisionFor(caller: Caller, action: string, resource: string): Decision {
    if (caller.type === "administrator") return "allowed";
    const role = findRole(state, caller.roleName);
    // The credentials of a role outlive it, its permissions don't.
    const policies = role === undefined ? [] : Object.values(role.policies);
    return decide(policies.flatMap(rules), action, resource);
  }

  return {
    allows: (caller: Caller, action: string, resource: string) =>
      decisionFor(caller, action, resource) === "allowed",

    authorize(caller: Caller, action: string, resource: string): void {
      const decision = decisionFor(caller, action, resource);
      if (decision === "allowed") return;
      const reason =
        decision === "explicitly denied"
          ? "with an explicit deny in an identity-based policy"
          : `because no identity-based policy allows the ${action} action`;
      const what = `${action} on resource: ${resource}`;
      const message = `User: ${caller.arn} is not authorized to perform: ${what} ${reason}`;
      throw new AwsError(403, "AccessDeniedException", message);
    },
  };
}
