import { AwsError } from "../protocols/aws-error.ts";
import type { Caller } from "../protocols/caller.ts";
import type { State } from "../state.ts";
import { type Decision, decide, parseIdentityPolicy, type Rule, weigh } from "./identity-policy.ts";
import { documentOf } from "./managed-policies/managed-policy.ts";
import { findRole } from "./roles.ts";
import type { Role } from "./state.ts";

/** Answers of one document that are kept at most; callers can make up resources without end. */
const MOST_ANSWERS = 1000;

/** What callers may do: an administrator everything, a role what its inline and managed policies allow. */
export function createPermissions({ state }: { state: State }) {
  // Every message asks the same eight questions, so each document is read once, and asked once.
  const documents = new Map<string, { rules: Rule[]; answers: Map<string, Decision> }>();

  const read = (document: string) => {
    const known = documents.get(document);
    if (known !== undefined) return known;
    const added = { rules: parseIdentityPolicy(document), answers: new Map<string, Decision>() };
    documents.set(document, added);
    return added;
  };

  const ask = (document: string, action: string, resource: string): Decision => {
    const { rules, answers } = read(document);
    const question = `${action} ${resource}`;
    const known = answers.get(question);
    if (known !== undefined) return known;
    if (answers.size >= MOST_ANSWERS) answers.clear();
    const answer = decide(rules, action, resource);
    answers.set(question, answer);
    return answer;
  };

  const documentsOf = ({ policies, attachedPolicies }: Role): string[] => {
    const documents = Object.values(policies);
    for (const arn of attachedPolicies) {
      const document = documentOf(state.iam, arn);
      if (document !== undefined) documents.push(document);
    }
    return documents;
  };

  function decisionFor(caller: Caller, action: string, resource: string): Decision {
    if (caller.type === "administrator") return "allowed";
    const role = findRole(state, caller.roleName);
    // The credentials of a role outlive it, its permissions don't.
    const documents = role === undefined ? [] : documentsOf(role);
    return weigh(documents.map((document) => ask(document, action, resource)));
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
