import { reportError } from "../../report-error.ts";
import { comparisons } from "./comparisons.ts";
import { type Condition, operatorOf } from "./condition-grammar.ts";
import type { ConditionKeys } from "./condition-keys.ts";
import { hasVariables, replaceVariables } from "./policy-variables.ts";

/** A part of a statement that depends on the request, not only on the action and the resource. */
export interface Test {
  /** Such as `StringEquals of aws:SourceAccount`. */
  name: string;
  /** Returns whether the test passes, or undefined if the local AWS does not know a key. */
  passes(keys: ConditionKeys): boolean | undefined;
}

/**
 * Returns the tests for the conditions of a statement, one for each operator and key. All of them must
 * pass.
 */
export const conditionTests = (condition: Condition = {}): Test[] =>
  Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => ({
      name: `${operator} of ${key}`,
      passes: testOf(operator, key, [value].flat().map(String)),
    })),
  );

function testOf(name: string, key: string, ofPolicy: readonly string[]): Test["passes"] {
  const operator = operatorOf(name) ?? name;
  if (operator === "Null") return (keys) => isNull(keys(key), ofPolicy);
  const isNegated = operator.includes("Not");
  const matches = matcherOf(operator.replace("Not", ""), ofPolicy);
  const forAll = name.startsWith("ForAllValues:");
  // A negated operator is true for a key without values, except with ForAnyValue.
  const ofNone =
    forAll || name.endsWith("IfExists") || (isNegated && !name.startsWith("ForAnyValue:"));
  return (keys) => {
    const values = keys(key);
    if (values === undefined) return undefined;
    if (values.length === 0) return ofNone;
    const matching = matches(keys);
    if (matching === undefined) return undefined;
    const holds = (value: string) => matching(value) !== isNegated;
    return forAll ? values.every(holds) : values.some(holds);
  };
}

const isNull = (values: readonly string[] | undefined, ofPolicy: readonly string[]) =>
  values && ofPolicy.some((each) => (each.toLowerCase() === "true") === (values.length === 0));

/**
 * Returns a function that compares a value with the values of a policy, of which one must match. Without
 * variables, the comparison is compiled once.
 */
function matcherOf(
  operator: string,
  ofPolicy: readonly string[],
): (keys: ConditionKeys) => ((value: string) => boolean) | undefined {
  const comparison = comparisons[operator];
  if (comparison === undefined) throw new TypeError(`Not an operator of conditions: ${operator}`);
  const anyOf = (texts: readonly string[]) => {
    const matchers = texts.map(comparison);
    return (value: string) => matchers.some((matches) => matches(value));
  };
  if (!/^(String|Arn)/.test(operator) || !ofPolicy.some(hasVariables)) {
    const matching = anyOf(ofPolicy);
    return () => matching;
  }
  return (keys) => {
    const texts = ofPolicy.map((text) => replaceVariables(text, keys));
    if (texts.includes(undefined)) return undefined;
    return anyOf(texts.filter((text) => typeof text === "string"));
  };
}

/** Returns whether all tests pass, or the names of the tests that the local AWS cannot evaluate. */
export function resultOf(tests: readonly Test[], keys: ConditionKeys): boolean | string[] {
  const results = tests.map(({ passes }) => passes(keys));
  if (results.includes(false)) return false;
  const unknown = tests.filter((_, index) => results[index] === undefined);
  return unknown.length === 0 || unknown.map(({ name }) => name);
}

/** Prints a warning about conditions of a policy that the local AWS cannot evaluate. */
export function reportUnknown(policy: string, conditions: readonly string[]): void {
  const what = conditions.join("; ");
  reportError(
    `${policy} has a condition that the local AWS cannot evaluate: ${what}. Its statement allows nothing; with the effect Deny, it denies.`,
    "LocalAwsPolicyCondition",
  );
}
