import { arnMatcher, wildcard } from "./arn.ts";
import { conditionTests, resultOf, type Test } from "./conditions/condition.ts";
import type { ConditionKeys } from "./conditions/condition-keys.ts";
import { hasVariables, replaceVariables } from "./conditions/policy-variables.ts";
import {
  checkActions,
  checkLegacyParsing,
  checkSids,
  legacyParsing,
  malformed,
  parsePolicyDocument,
  type Statement,
} from "./policy-document.ts";
import { completeArn, failsLegacyParsing, resourceError } from "./policy-resource.ts";

/** A parsed statement of an identity-based policy. */
export interface Rule {
  effect: "Allow" | "Deny";
  covers(action: string, resource: string): boolean;
  /** Returns the other tests that must pass for a resource that the statement covers. */
  tests(resource: string): readonly Test[];
}

/** A statement that covers an action on a resource. */
export interface CoveringStatement {
  effect: "Allow" | "Deny";
  tests: readonly Test[];
}

export type Decision = "allowed" | "implicitly denied" | "explicitly denied";

/**
 * Reads an identity-based policy.
 * @throws {AwsError} 400 MalformedPolicyDocument.
 */
export function parseIdentityPolicy(text: string): Rule[] {
  const { Version, Statement } = parsePolicyDocument(text);
  if (Version !== "2012-10-17")
    throw malformed("Policy document must be version 2012-10-17 or greater.");
  admit(Statement);
  return Statement.map(ruleOf);
}

/**
 * Makes the checks that follow the grammar, in the order of AWS. As recorded:
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

/** Parses a statement, without its principals. */
export function ruleOf({ Effect, Condition, ...statement }: Statement): Rule {
  const coversAction = actionMatcher(statement);
  const conditions = conditionTests(Condition);
  const effect = Effect === "Deny" ? "Deny" : "Allow";
  const resources = statement.Resource ?? statement.NotResource ?? [];
  if (resources.some(hasVariables))
    return {
      effect,
      covers: coversAction,
      tests: (resource) => [variableResource(statement, resource), ...conditions],
    };
  const coversResource = resourceMatcher(statement);
  return {
    effect,
    covers: (action, resource) => coversAction(action) && coversResource(resource),
    tests: () => conditions,
  };
}

type Matcher = (text: string) => boolean;

const anyOf =
  (matchers: readonly Matcher[]): Matcher =>
  (text) =>
    matchers.some((matches) => matches(text));

const not =
  (matches: Matcher): Matcher =>
  (text) =>
    !matches(text);

function actionMatcher({ Action, NotAction = [] }: Partial<Statement>): Matcher {
  const ofAny = anyOf((Action ?? NotAction).map((action) => wildcard(action, "i")));
  return Action === undefined ? not(ofAny) : ofAny;
}

function resourceMatcher({ Resource, NotResource = [] }: Partial<Statement>): Matcher {
  const ofAny = anyOf((Resource ?? NotResource).map(patternMatcher));
  return Resource === undefined ? not(ofAny) : ofAny;
}

const patternMatcher = (pattern: string): Matcher =>
  pattern === "*" ? () => true : arnMatcher(completeArn(pattern));

/** Returns the test of whether a statement covers a resource, if that depends on variables. */
const variableResource = (
  { Resource, NotResource = [] }: Partial<Statement>,
  resource: string,
): Test => ({
  name: `the variables in ${(Resource ?? NotResource).filter(hasVariables).join(", ")}`,
  passes(keys) {
    const patterns = (Resource ?? NotResource).map((each) => replaceVariables(each, keys));
    if (patterns.includes(undefined)) return undefined;
    const matches = anyOf(patterns.filter((each) => typeof each === "string").map(patternMatcher));
    return matches(resource) === (Resource !== undefined);
  },
});

/**
 * Evaluates a policy for an action on a resource. Returns a decision, or the covering statements if the
 * decision depends on their conditions.
 */
export function evaluateRules(
  rules: readonly Rule[],
  action: string,
  resource: string,
): Decision | readonly CoveringStatement[] {
  const covering = rules
    .filter(({ covers }) => covers(action, resource))
    .map(({ effect, tests }) => ({ effect, tests: tests(resource) }));
  if (covering.some(({ tests }) => tests.length > 0)) return covering;
  return combine(covering.map(({ effect }) => decisionOf(effect)));
}

/**
 * Decides by the conditions of the statements. A condition that the local AWS cannot evaluate grants
 * nothing: with the effect Allow the statement does not allow, and with the effect Deny it denies.
 * @param report receives the names of such conditions.
 */
export const decide = (
  statements: readonly CoveringStatement[],
  keys: ConditionKeys,
  report: (conditions: readonly string[]) => void,
): Decision =>
  combine(
    statements.map(({ effect, tests }) => {
      const result = resultOf(tests, keys);
      if (result === true) return decisionOf(effect);
      if (result === false) return "implicitly denied";
      report(result);
      return effect === "Deny" ? "explicitly denied" : "implicitly denied";
    }),
  );

/** Evaluates a policy for one request. */
export function evaluate(
  rules: readonly Rule[],
  { action, resource }: { action: string; resource: string },
  keys: ConditionKeys,
  report: (conditions: readonly string[]) => void,
): Decision {
  const result = evaluateRules(rules, action, resource);
  return typeof result === "string" ? result : decide(result, keys, report);
}

const decisionOf = (effect: "Allow" | "Deny"): Decision =>
  effect === "Deny" ? "explicitly denied" : "allowed";

/**
 * Combines the decisions of several policies or statements. A Deny has precedence over every Allow.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function combine(decisions: readonly Decision[]): Decision {
  if (decisions.includes("explicitly denied")) return "explicitly denied";
  return decisions.includes("allowed") ? "allowed" : "implicitly denied";
}
