import * as v from "valibot";
import { parseArn } from "../../arn.ts";
import { AwsError, notImplemented } from "../../protocols/aws-error.ts";
import type { State } from "../../state.ts";
import { parseIdentityPolicy } from "../identity-policy.ts";
import { sizeOf } from "../policy-document.ts";
import { limitExceeded, noSuchEntity } from "../roles.ts";
import type { IamState, ManagedPolicy } from "../state.ts";
import { uniqueId } from "../unique-id.ts";
import { awsManagedPolicies } from "./aws-managed-policies.ts";

const AWS_MANAGED = "arn:aws:iam::aws:policy/";

export const policyNameSchema = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(128),
  v.regex(/^[\w+=,.@-]+$/),
);
export const policyArnSchema = v.pipe(v.string(), v.minLength(20), v.maxLength(2048));
export const policyInput = v.strictObject({ PolicyArn: policyArnSchema });

/** Returns the ARN to authorize for an operation on a managed policy. */
export const policyArn = ({ PolicyArn }: { PolicyArn: string }): string => PolicyArn;

/**
 * Our choice: these of over a thousand AWS managed policies are implemented. Their IDs differ from those
 * on AWS, and they have the date of their default version.
 */
const ofAws: ReadonlyMap<string, ManagedPolicy> = new Map(
  Object.entries(awsManagedPolicies).map(([key, { version, date, statements }]) => {
    const Arn = AWS_MANAGED + key;
    const Document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    const slash = key.lastIndexOf("/");
    const policy: ManagedPolicy = {
      PolicyName: key.slice(slash + 1),
      PolicyId: uniqueId("ANPA", Arn, date),
      Arn,
      Path: `/${key.slice(0, slash + 1)}`,
      DefaultVersionId: version,
      CreateDate: date,
      UpdateDate: date,
      Tags: {},
      versions: { [version]: { Document, CreateDate: date } },
      versionCount: Number(version.slice(1)),
    };
    return [Arn, policy];
  }),
);

export const policiesOfAws = (): ManagedPolicy[] => [...ofAws.values()];

/**
 * Returns the managed policy of the account or of AWS with an ARN, or undefined if the account does not
 * have it.
 * @throws {AwsError} 400 if the ARN is malformed, 501 for a policy of AWS that is not implemented.
 */
export function findPolicy({ iam }: { iam: IamState }, arn: string): ManagedPolicy | undefined {
  if (parseArn(arn) === undefined)
    throw new AwsError(400, "ValidationError", "Invalid ARN:  Could not be parsed!");
  if (!arn.startsWith(AWS_MANAGED)) return ofAccount(iam, arn);
  const policy = ofAws.get(arn);
  if (policy === undefined) throw notImplemented(`the AWS managed policy ${arn}`);
  return policy;
}

const ofAccount = (iam: IamState, arn: string): ManagedPolicy | undefined =>
  Object.hasOwn(iam.policies, arn) ? iam.policies[arn] : undefined;

/** @throws {AwsError} 404 NoSuchEntity. */
export function getPolicy(state: State, arn: string): ManagedPolicy {
  const policy = findPolicy(state, arn);
  if (policy === undefined) throw policyNotFound(arn);
  return policy;
}

export const policyNotFound = (arn: string) => noSuchEntity(`Policy ${arn} was not found.`);

/**
 * Returns a policy that the account can change.
 * @throws {AwsError} 404 NoSuchEntity, 403 for a policy of AWS.
 */
export function getOwnPolicy(state: State, arn: string): ManagedPolicy {
  if (arn.startsWith(AWS_MANAGED))
    throw new AwsError(403, "AccessDenied", "Policy is outside your own account.");
  return getPolicy(state, arn);
}

/** Returns the document of an attached policy. */
export function documentOf(iam: IamState, arn: string): string | undefined {
  const policy = ofAws.get(arn) ?? ofAccount(iam, arn);
  return policy?.versions[policy.DefaultVersionId]?.Document;
}

/** Returns the roles that a policy is attached to. */
export const rolesWith = ({ iam }: State, arn: string) =>
  Object.values(iam.roles).filter(({ attachedPolicies }) => attachedPolicies.includes(arn));

const SIZE_LIMIT = 6144;

/** @throws {AwsError} 400 MalformedPolicyDocument, 409 LimitExceeded. */
export function checkPolicy(document: string): void {
  parseIdentityPolicy(document);
  if (sizeOf(document) > SIZE_LIMIT)
    throw limitExceeded(`Cannot exceed quota for PolicySize: ${SIZE_LIMIT}`);
}
