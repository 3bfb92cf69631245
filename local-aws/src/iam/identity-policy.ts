import { parseArn } from "../arn.ts";
import { arnMatcher, wildcard } from "./arn.ts";
import { malformed, notEvaluated, parsePolicyDocument, type Statement } from "./policy-document.ts";

/** A statement of an identity-based policy, ready to be asked. */
export interface Rule {
  effect: Statement["Effect"];
  covers(action: string, resource: string): boolean;
}

export type Decision = "allowed" | "implicitly denied" | "explicitly denied";

/**
 * Reads an inline policy of a role.
 * @throws {AwsError} 400 MalformedPolicyDocument, also for what can't be evaluated here: conditions,
 * policy variables, NotAction and NotResource.
 */
export function parseIdentityPolicy(text: string): Rule[] {
  const { Version, Statement } = parsePolicyDocument(text);
  if (Version !== "2012-10-17")
    throw malformed("Policy document must be version 2012-10-17 or greater.");
  return Statement.map(ruleOf);
}

function ruleOf(statement: Statement): Rule {
  if (statement.Principal !== undefined || statement.NotPrincipal !== undefined)
    throw malformed("Policy document should not specify a principal.");
  for (const element of ["Condition", "NotAction", "NotResource"] as const)
    if (statement[element] !== undefined) throw notEvaluated(`the element ${element}`);
  const { Effect, Action = [], Resource = [] } = statement;
  if (Action.length === 0) throw malformed("Policy statement must contain actions.");
  if (Resource.length === 0) throw malformed("Policy statement must contain resources.");
  const actions = Action.map(actionMatcher);
  const resources = Resource.map(resourceMatcher);
  return {
    effect: Effect,
    covers: (action, resource) =>
      actions.some((matches) => matches(action)) && resources.some((matches) => matches(resource)),
  };
}

function actionMatcher(pattern: string): (action: string) => boolean {
  if (pattern === "*") return () => true;
  const parts = pattern.split(":");
  if (parts.length === 1)
    throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  if (parts.length > 2) throw malformed("Actions/Condition can contain only one colon.");
  refuseVariables(pattern);
  return wildcard(pattern, "i");
}

function resourceMatcher(pattern: string): (resource: string) => boolean {
  if (pattern === "*") return () => true;
  refuseVariables(pattern);
  // Our choice: AWS takes some shorter patterns too, but nowhere says what they match.
  if (parseArn(pattern) === undefined)
    throw malformed(`Resource ${pattern} must be in ARN format or "*".`);
  return arnMatcher(pattern);
}

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
