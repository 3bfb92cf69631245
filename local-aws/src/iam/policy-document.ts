import * as v from "valibot";
import { AwsError, notImplemented } from "../protocols/aws-error.ts";
import { areDates, operatorOf } from "./conditions/condition-grammar.ts";

const oneOrMore = v.pipe(
  v.union([v.string(), v.array(v.nullable(v.string()))]),
  // AWS ignores null in a list.
  v.transform((value) => [value].flat().filter((each) => each !== null)),
);

const principalSchema = v.union([v.string(), v.record(v.string(), oneOrMore)]);

const conditionValue = v.union([v.string(), v.boolean(), v.number(), v.array(v.unknown())]);
/** Returns the schema of a map of strings, which does not accept an array. */
const mapOf = <Value extends v.GenericSchema>(value: Value) =>
  v.pipe(
    v.custom((input) => !Array.isArray(input)),
    v.record(v.string(), value),
  );
const conditionSchema = v.pipe(
  mapOf(mapOf(conditionValue)),
  v.check((condition) =>
    Object.entries(condition).every(
      ([name, keys]) => operatorOf(name) !== undefined || Object.keys(keys).length === 0,
    ),
  ),
);

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
const statementSchema = v.pipe(
  v.strictObject({
    Sid: v.exactOptional(v.string()),
    // AWS refuses other letter cases later, with another error.
    Effect: v.pipe(v.string(), v.regex(/^(allow|deny)$/i)),
    Principal: v.exactOptional(principalSchema),
    NotPrincipal: v.exactOptional(principalSchema),
    Action: v.exactOptional(oneOrMore),
    NotAction: v.exactOptional(oneOrMore),
    Resource: v.exactOptional(oneOrMore),
    NotResource: v.exactOptional(oneOrMore),
    Condition: v.exactOptional(conditionSchema),
  }),
  v.check(({ Action, NotAction }) => Action === undefined || NotAction === undefined),
  v.check(({ Resource, NotResource }) => Resource === undefined || NotResource === undefined),
);

const documentSchema = v.strictObject({
  Version: v.exactOptional(v.picklist(["2008-10-17", "2012-10-17"])),
  Id: v.exactOptional(v.string()),
  Statement: v.pipe(
    v.union([statementSchema, v.array(statementSchema)]),
    v.transform((value) => [value].flat()),
    v.minLength(1),
  ),
});

export type PolicyDocument = v.InferOutput<typeof documentSchema>;
export type Statement = v.InferOutput<typeof statementSchema>;

export const malformed = (message: string) => new AwsError(400, "MalformedPolicyDocument", message);

export const legacyParsing = () => malformed("The policy failed legacy parsing");

/**
 * Creates the error for a valid policy with an element that is not evaluated. Such a policy would not
 * have the promised effect.
 */
export const notEvaluated = (what: string) => notImplemented(`${what} in a policy document`);

/**
 * Parses a policy document of any kind and checks its grammar. Single values become lists.
 * @throws {AwsError} 400 MalformedPolicyDocument.
 */
export function parsePolicyDocument(text: string, invalidJson = SYNTAX_ERROR): PolicyDocument {
  const parsed = v.safeParse(documentSchema, parseJson(text, invalidJson));
  if (!parsed.success) throw malformed(SYNTAX_ERROR);
  return parsed.output;
}

const SYNTAX_ERROR = "Syntax errors in policy.";

function parseJson(text: string, invalidJson: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(invalidJson);
  }
}

/** Returns the characters of a document that count toward a quota. AWS does not count white space. */
export const sizeOf = (document: string): number => document.replaceAll(/\s/g, "").length;

/**
 * Makes the checks of effects and dates that AWS makes after those of the grammar.
 * @throws {AwsError} 400 MalformedPolicyDocument.
 */
export function checkLegacyParsing(statements: readonly Statement[]): void {
  const isLegacy = ({ Effect, Condition = {} }: Statement) =>
    (Effect === "Allow" || Effect === "Deny") && areDates(Condition);
  if (!statements.every(isLegacy)) throw legacyParsing();
}

/**
 * Checks that the IDs of statements are unique. An empty ID is the same as none.
 * @throws {AwsError} 400 MalformedPolicyDocument.
 */
export function checkSids(statements: readonly Statement[]): void {
  const sids = statements.flatMap(({ Sid = "" }) => (Sid === "" ? [] : Sid));
  if (new Set(sids).size < sids.length)
    throw malformed("Statement IDs (SID) in a single policy must be unique.");
}

/**
 * Checks that each statement has an action.
 * @throws {AwsError} 400 MalformedPolicyDocument.
 */
export function checkActions(statements: readonly Statement[]): void {
  for (const { Action, NotAction } of statements)
    if ((Action ?? NotAction ?? []).length === 0)
      throw malformed("Policy statement must contain actions.");
}
