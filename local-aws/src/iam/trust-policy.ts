import { malformed, notEvaluated, parsePolicyDocument, type Statement } from "./policy-document.ts";
import type { IamState } from "./state.ts";

/**
 * Checks who may assume a role, as CreateRole and UpdateAssumeRolePolicy do.
 * @throws {AwsError} 400 MalformedPolicyDocument, also for what can't be evaluated here: conditions,
 * NotAction and NotPrincipal.
 */
export function checkTrustPolicy(text: string): void {
  parsePolicyDocument(text).Statement.forEach(checkStatement);
}

function checkStatement(statement: Statement): void {
  for (const element of ["Resource", "NotResource"] as const)
    if (statement[element] !== undefined) throw malformed(`Has prohibited field ${element}`);
  for (const element of ["Condition", "NotAction", "NotPrincipal"] as const)
    if (statement[element] !== undefined) throw notEvaluated(`the element ${element}`);
  const { Action = [], Principal } = statement;
  if (Action.length === 0) throw malformed("Policy statement must contain actions.");
  if (!Action.every((action) => /^sts:AssumeRole/i.test(action)))
    throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
  if (Principal === undefined) throw malformed("Missing required field Principal");
  if (typeof Principal === "string")
    throw malformed(`AssumeRolepolicy contained an invalid principal: "STAR":"${Principal}".`);
}

/**
 * Whether a service, such as `lambda.amazonaws.com`, may assume a role; a role that doesn't exist
 * can't be assumed by anyone.
 */
export function isAssumableBy(iam: IamState, roleArn: string, service: string): boolean {
  const role = Object.values(iam.roles).find(({ Arn }) => Arn === roleArn);
  if (role === undefined) return false;
  const effects = parsePolicyDocument(role.AssumeRolePolicyDocument)
    .Statement.filter((statement) => covers(statement, service))
    .map(({ Effect }) => Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}

const covers = ({ Action = [], Principal }: Statement, service: string): boolean =>
  Action.some((action) => action.toLowerCase() === "sts:assumerole") &&
  typeof Principal === "object" &&
  (Principal["Service"] ?? []).includes(service);
