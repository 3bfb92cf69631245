import type { Caller } from "../protocols/caller.ts";
import type { ConditionKeys } from "./conditions/condition-keys.ts";
import { type Decision, evaluate, type Rule, ruleOf } from "./identity-policy.ts";
import {
  checkActions,
  checkLegacyParsing,
  checkSids,
  malformed,
  notEvaluated,
  parsePolicyDocument,
  type Statement,
} from "./policy-document.ts";
import type { Role } from "./state.ts";

/** A statement of the policy of a resource, such as a queue. */
interface ResourceRule extends Rule {
  /**
   * Returns whether a principal of the statement is a session of a role, its role, its account or
   * everyone.
   */
  names(caller: Caller, role: Role): boolean;
}

/**
 * Reads the policy of a resource. A statement without `Resource` applies to that resource.
 * @throws {AwsError} 400 MalformedPolicyDocument, 501 for NotPrincipal.
 */
export function parseResourcePolicy(text: string): ResourceRule[] {
  const { Statement } = parsePolicyDocument(text);
  checkLegacyParsing(Statement);
  checkSids(Statement);
  checkActions(Statement);
  return Statement.map(resourceRule);
}

function resourceRule(statement: Statement): ResourceRule {
  const { Principal, NotPrincipal, Resource, NotResource } = statement;
  if (NotPrincipal !== undefined) throw notEvaluated("the element NotPrincipal");
  if (Principal === undefined) throw malformed("Missing required field Principal");
  const isOfResource = Resource === undefined && NotResource === undefined;
  const rule = ruleOf(isOfResource ? { ...statement, Resource: ["*"] } : statement);
  const principals = principalsOf(Principal);
  return {
    ...rule,
    names: (caller, role) =>
      principals.some(
        (principal) =>
          principal === "*" ||
          principal === role.Arn ||
          principal === caller.arn ||
          (rule.effect === "Deny" && isAccountOf(role, principal)),
      ),
  };
}

/**
 * Returns the principals that are accounts or roles. Services are left out, because in the local AWS they
 * act with the role of a function.
 */
const principalsOf = (principal: NonNullable<Statement["Principal"]>): readonly string[] =>
  typeof principal === "string" ? [principal] : (principal["AWS"] ?? []);

/**
 * Returns whether a principal is the account of a role. In an Allow, the account only delegates the
 * decision to the policies of the role. In a Deny, it means everyone in the account.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
 */
function isAccountOf({ Arn }: Role, principal: string): boolean {
  const [, account = ""] = /^arn:[^:]+:iam::(\d{12}):/.exec(Arn) ?? [];
  return principal === account || new RegExp(`^arn:[^:]+:iam::${account}:root$`).test(principal);
}

/** Evaluates the policy of a resource for a request of a session. */
export const decideByResource = (
  rules: readonly ResourceRule[],
  request: { caller: Caller; role: Role; action: string; resource: string },
  keys: ConditionKeys,
  report: (conditions: readonly string[]) => void,
): Decision =>
  evaluate(
    rules.filter(({ names }) => names(request.caller, request.role)),
    request,
    keys,
    report,
  );
