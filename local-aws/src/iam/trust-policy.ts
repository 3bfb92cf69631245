import { parseArn } from "../arn.ts";
import { wildcard } from "./arn.ts";
import { conditionTests, reportUnknown } from "./conditions/condition.ts";
import { absentKeys, firstKnown, keysOf } from "./conditions/condition-keys.ts";
import { decide } from "./identity-policy.ts";
import {
  checkActions,
  checkSids,
  checkLegacyParsing,
  malformed,
  notEvaluated,
  parsePolicyDocument,
  type Statement,
} from "./policy-document.ts";
import type { IamState } from "./state.ts";

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
const STS_ACTIONS = [
  ...["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot"],
  ...["DecodeAuthorizationMessage", "GetAccessKeyInfo", "GetCallerIdentity", "GetFederationToken"],
  ...["GetServiceBearerToken", "GetSessionToken", "SetContext", "SetSourceIdentity", "TagSession"],
].map((name) => `sts:${name}`);

/**
 * Checks a trust policy, as CreateRole and UpdateAssumeRolePolicy do.
 * @throws {AwsError} 400 MalformedPolicyDocument, 501 for NotAction and NotPrincipal, which are not
 * implemented.
 */
export function checkTrustPolicy(text: string): void {
  const { Statement } = parsePolicyDocument(text, "This policy contains invalid Json");
  checkLegacyParsing(Statement);
  checkSids(Statement);
  Statement.forEach(checkStatement);
}

function checkStatement(statement: Statement): void {
  for (const element of ["Resource", "NotResource"] as const)
    if (statement[element] !== undefined) throw malformed(`Has prohibited field ${element}`);
  checkActions([statement]);
  const { Action = [], Principal, NotPrincipal } = statement;
  if (!Action.every(isStsAction))
    throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
  if (Principal === undefined && NotPrincipal === undefined)
    throw malformed("Missing required field Principal");
  if (typeof Principal === "string")
    throw malformed(`AssumeRolepolicy contained an invalid principal: "STAR":"${Principal}".`);
  for (const element of ["NotAction", "NotPrincipal"] as const)
    if (statement[element] !== undefined) throw notEvaluated(`the element ${element}`);
}

/**
 * Returns whether AWS accepts an action in a trust policy. It also accepts related actions, such as
 * `sts:TagSession`.
 */
const isStsAction = (action: string) => STS_ACTIONS.some(wildcard(action, "i"));

/**
 * Returns whether a service, such as `lambda.amazonaws.com`, is allowed to assume a role. Returns false
 * for a role that does not exist. A condition that cannot be evaluated, such as one of `aws:SourceArn`,
 * grants nothing, and this process prints a warning.
 */
export function isAssumableBy(iam: IamState, roleArn: string, service: string): boolean {
  const role = Object.values(iam.roles).find(({ Arn }) => Arn === roleArn);
  if (role === undefined) return false;
  const statements = parsePolicyDocument(role.AssumeRolePolicyDocument)
    .Statement.filter((statement) => covers(statement, service))
    .map(({ Effect, Condition }) => ({
      effect: Effect === "Deny" ? ("Deny" as const) : ("Allow" as const),
      tests: conditionTests(Condition),
    }));
  const warn = (conditions: readonly string[]) =>
    reportUnknown(`The trust policy of the role ${roleArn}`, conditions);
  return decide(statements, serviceKeys(roleArn, service), warn) === "allowed";
}

/** Returns the condition keys of a service that assumes a role in the same account. */
const serviceKeys = (roleArn: string, service: string) =>
  firstKnown(
    keysOf({
      "aws:PrincipalIsAWSService": "true",
      "aws:PrincipalServiceName": service,
      "aws:SecureTransport": "true",
      "aws:SourceAccount": parseArn(roleArn)?.accountId,
    }),
    absentKeys,
    (key) => (key.toLowerCase() === "sts:externalid" ? [] : undefined),
  );

const covers = ({ Action = [], Principal }: Statement, service: string): boolean =>
  Action.some((action) => wildcard(action, "i")("sts:AssumeRole")) &&
  typeof Principal === "object" &&
  (Principal["Service"] ?? []).includes(service);
