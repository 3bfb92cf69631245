import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import type { Caller, RequestFacts } from "../protocols/caller.ts";
import type { State } from "../state.ts";
import { reportUnknown } from "./conditions/condition.ts";
import { requestKeys } from "./conditions/request-keys.ts";
import {
  answerOf,
  type Decision,
  decide,
  parseIdentityPolicy,
  type Rule,
  weigh,
} from "./identity-policy.ts";
import { documentOf } from "./managed-policies/managed-policy.ts";
import { findRole } from "./roles.ts";
import type { Role } from "./state.ts";

/** Answers of one document that are kept at most; callers can make up resources without end. */
const MOST_ANSWERS = 1000;

/** A document, with the answers that it gave. */
interface ReadDocument {
  rules: Rule[];
  answers: Map<string, ReturnType<typeof answerOf>>;
  /** The conditions that a warning named. */
  reported: Set<string>;
}

/**
 * What callers may do: an administrator everything, a role what its inline and managed policies allow.
 *
 * Our choice: for a condition that cannot be evaluated, a warning of this process says so, once for each
 * document.
 */
export function createPermissions({ state, clock }: { state: State; clock: Clock }) {
  // Every message asks the same eight questions, so each document is read once, and asked once.
  const documents = new Map<string, ReadDocument>();

  const read = (document: string): ReadDocument => {
    const known = documents.get(document);
    if (known !== undefined) return known;
    const rules = parseIdentityPolicy(document);
    const added: ReadDocument = { rules, answers: new Map(), reported: new Set() };
    documents.set(document, added);
    return added;
  };

  const ask = (document: string, action: string, resource: string) => {
    const { rules, answers } = read(document);
    const question = `${action} ${resource}`;
    const known = answers.get(question);
    if (known !== undefined) return known;
    if (answers.size >= MOST_ANSWERS) answers.clear();
    const answer = answerOf(rules, action, resource);
    answers.set(question, answer);
    return answer;
  };

  const warn = (document: string, { Arn }: Role, conditions: readonly string[]) => {
    const { reported } = read(document);
    const unreported = conditions.filter((condition) => !reported.has(condition));
    if (unreported.length === 0) return;
    for (const condition of unreported) reported.add(condition);
    reportUnknown(`A policy of the role ${Arn}`, unreported);
  };

  const documentsOf = ({ policies, attachedPolicies }: Role): string[] => {
    const documents = Object.values(policies);
    for (const arn of attachedPolicies) {
      const document = documentOf(state.iam, arn);
      if (document !== undefined) documents.push(document);
    }
    return documents;
  };

  function decisionFor(
    caller: Caller,
    action: string,
    resource: string,
    request?: RequestFacts,
  ): Decision {
    if (caller.type === "administrator") return "allowed";
    const role = findRole(state, caller.roleName);
    // The credentials of a role outlive it, its permissions don't.
    if (role === undefined) return "implicitly denied";
    const decisions = documentsOf(role).map((document) => {
      const answer = ask(document, action, resource);
      if (typeof answer === "string") return answer;
      const keys = requestKeys({ state, clock, caller, role, resource, request });
      return decide(answer, keys, (conditions) => warn(document, role, conditions));
    });
    return weigh(decisions);
  }

  return {
    allows: (caller: Caller, action: string, resource: string) =>
      decisionFor(caller, action, resource) === "allowed",

    authorize(caller: Caller, action: string, resource: string, request?: RequestFacts): void {
      const decision = decisionFor(caller, action, resource, request);
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
