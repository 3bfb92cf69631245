import { arnMatcher, wildcard } from "./arn.ts";
import {
  checkActions,
  checkLegacyParsing,
  checkSids,
  hasCondition,
  legacyParsing,
  malformed,
  notEvaluated,
  parsePolicyDocument,
  type Statement,
} from "./policy-document.ts";
import { completeArn, failsLegacyParsing, resourceError } from "./policy-resource.ts";

/** A statement of an identity-based policy, ready to be asked. */
export interface Rule {
  effect: "Allow" | "Deny";
  covers(action: string, resource: string): boolean;
}

export type Decision = "allowed" | "implicitly denied" | "explicitly denied";

/**
 * Reads an inline policy of a role.
 * @throws {AwsError} 400 MalformedPolicyDocument, 501 for what can't be evaluated here: conditions,
 * policy variables, NotAction and NotResource.
 */
export function parseIdentityPolicy(text: string): Rule[] {
  const { Version, Statement } = parsePolicyDocument(text);
  if (Version !== "2012-10-17")
    throw malformed("Policy document must be version 2012-10-17 or greater.");
  admit(Statement);
  return Statement.map(ruleOf);
}

/**
 * The checks after the grammar, in the order of AWS. As recorded:
 * https://github.com/getmoto/moto/blob/0af643a5dbfc98797f08ee64f5be3ef8002d56ff/tests/test_iam/test_iam_policies.py
 */
function admit(statements: readonly Statement[]): void {
  if (statements.some(({ Principal, NotPrincipal }) => (Principal ?? NotPrincipal) !== undefined))
    throw malformed("Policy document should not specify a principal.");
  checkLegacyParsing(statements);
  const resources = statements.map(({ Resource, NotResource }) => Resource ?? NotResource ?? []);
  const [wrongResource] = resources.flat().flatMap((resource) => resourceError(resource) ?? []);
  if (wrongResource === undefined && resources.flat().some(failsLegacyParsing))
    throw legacyParsing();
  checkSids(statements);
  checkActions(statements);
  if (wrongResource !== undefined) throw malformed(wrongResource);
  for (const { Action, NotAction } of statements) (Action ?? NotAction ?? []).forEach(checkAction);
  if (resources.some(({ length }) => length === 0))
    throw malformed("Policy statement must contain resources.");
}

function checkAction(action: string): void {
  if (action === "*") return;
  const [vendor = "", ...names] = action.split(":");
  if (names.length === 0)
    throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  if (names.length > 1) throw malformed("Actions/Condition can contain only one colon.");
  if (!/^([a-zA-Z0-9.-]+|\*)$/.test(vendor)) throw malformed(`Vendor ${vendor} is not valid`);
}

function ruleOf(statement: Statement): Rule {
  for (const element of ["NotAction", "NotResource"] as const)
    if (statement[element] !== undefined) throw notEvaluated(`the element ${element}`);
  if (hasCondition(statement)) throw notEvaluated("the element Condition");
  const { Effect, Action = [], Resource = [] } = statement;
  [...Action, ...Resource].forEach(refuseVariables);
  const actions = Action.map((action) => wildcard(action, "i"));
  const resources = Resource.map(resourceMatcher);
  return {
    effect: Effect === "Deny" ? "Deny" : "Allow",
    covers: (action, resource) =>
      actions.some((matches) => matches(action)) && resources.some((matches) => matches(resource)),
  };
}

const resourceMatcher = (pattern: string): ((resource: string) => boolean) =>
  pattern === "*" ? () => true : arnMatcher(completeArn(pattern));

function refuseVariables(pattern: string): void {
  if (pattern.includes("${")) throw notEvaluated(`policy variables (${pattern})`);
}

/**
 * What a policy says to an action: a Deny outweighs every Allow.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export const decide = (rules: readonly Rule[], action: string, resource: string): Decision =>
  weigh(
    rules
      .filter(({ covers }) => covers(action, resource))
      .map(({ effect }) => (effect === "Deny" ? "explicitly denied" : "allowed")),
  );

/** What several policies of a role say together, or several statements of a policy. */
export function weigh(decisions: readonly Decision[]): Decision {
  if (decisions.includes("explicitly denied")) return "explicitly denied";
  return decisions.includes("allowed") ? "allowed" : "implicitly denied";
}
