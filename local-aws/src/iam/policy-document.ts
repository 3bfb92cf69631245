import * as v from "valibot";
import { AwsError, notImplemented } from "../protocols/aws-error.ts";

const oneOrMore = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((value) => [value].flat()),
);

const principalSchema = v.union([v.string(), v.record(v.string(), oneOrMore)]);

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
const statementSchema = v.strictObject({
  Sid: v.exactOptional(v.string()),
  Effect: v.picklist(["Allow", "Deny"]),
  Principal: v.exactOptional(principalSchema),
  NotPrincipal: v.exactOptional(principalSchema),
  Action: v.exactOptional(oneOrMore),
  NotAction: v.exactOptional(oneOrMore),
  Resource: v.exactOptional(oneOrMore),
  NotResource: v.exactOptional(oneOrMore),
  Condition: v.exactOptional(v.record(v.string(), v.record(v.string(), v.unknown()))),
});

const documentSchema = v.strictObject({
  Version: v.exactOptional(v.picklist(["2008-10-17", "2012-10-17"])),
  Id: v.exactOptional(v.string()),
  Statement: v.pipe(
    v.union([statementSchema, v.array(statementSchema)]),
    v.transform((value) => [value].flat()),
  ),
});

export type PolicyDocument = v.InferOutput<typeof documentSchema>;
export type Statement = v.InferOutput<typeof statementSchema>;

export const malformed = (message: string) => new AwsError(400, "MalformedPolicyDocument", message);

/** For valid policies: stored but not evaluated, they would promise what doesn't hold. */
export const notEvaluated = (what: string) => notImplemented(`${what} in a policy document`);

/**
 * A policy document of either kind, its grammar checked, single values made lists.
 * @throws {AwsError} 400 MalformedPolicyDocument.
 */
export function parsePolicyDocument(text: string): PolicyDocument {
  const parsed = v.safeParse(documentSchema, parseJson(text));
  if (!parsed.success) throw malformed("Syntax errors in policy.");
  const sids = parsed.output.Statement.flatMap(({ Sid }) => Sid ?? []);
  if (new Set(sids).size < sids.length)
    throw malformed("Statement IDs (SID) in a single policy must be unique.");
  return parsed.output;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed("This policy contains invalid Json");
  }
}
