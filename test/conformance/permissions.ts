import { expect } from "vitest";
import { type Account, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { allowing, lambdaTrust } from "./policies.ts";
import { documented } from "./sources.ts";

/**
 * Whether a role may send to a queue, which Lambda checks for the dead-letter queue of a function.
 * @param statement replaces members of a statement that allows it.
 */
async function maySend(account: Account, statement: object): Promise<boolean> {
  const { iam, id, sqs, beginFunction } = account;
  const [QueueName, RoleName] = [uniqueName("queue"), uniqueName("role")];
  await sqs.createQueue({ QueueName });
  const TargetArn = `arn:aws:sqs:us-east-1:${id}:${QueueName}`;
  const { Role } = await iam.createRole({
    RoleName,
    AssumeRolePolicyDocument: lambdaTrust(),
  });
  const { Policy } = await iam.createPolicy({
    PolicyName: uniqueName("policy"),
    PolicyDocument: allowing({ Action: "sqs:SendMessage", Resource: TargetArn, ...statement }),
  });
  await iam.attachRolePolicy({ RoleName, PolicyArn: Policy?.Arn ?? "" });
  const create = beginFunction({ Role: Role?.Arn ?? "", DeadLetterConfig: { TargetArn } });
  const [{ status }] = await Promise.allSettled([create]);
  if (status === "fulfilled") return true;
  expect(await refusalOf(create)).toMatchObject({
    name: "InvalidParameterValueException",
    message: "The provided execution role does not have permissions to call SendMessage on SQS",
  });
  return false;
}

const ACCOUNT = "aws:PrincipalAccount";
const OTHERS = ["111122223333", "444455556666"];

const permits = (behavior: string, statement: object, source: string): Behavior => ({
  behavior,
  basis: "documentation",
  source,
  check: async ({ account }) => expect(await maySend(account, statement)).toBe(true),
});

const permitsNot = (behavior: string, statement: object, source: string): Behavior => ({
  behavior,
  basis: "documentation",
  source,
  check: async ({ account }) => expect(await maySend(account, statement)).toBe(false),
});

/** The permissions of a role by the statements of a managed policy. */
export const permissions: Behavior[] = [
  permits("an attached policy permits what its statement allows", {}, documented.managedPolicies),
  permitsNot(
    "a condition that does not hold permits nothing",
    { Condition: { StringEquals: { [ACCOUNT]: OTHERS } } },
    documented.conditionOperators,
  ),
  permits(
    "a negated condition holds if the value equals none of the listed ones",
    { Condition: { StringNotEquals: { [ACCOUNT]: OTHERS } } },
    documented.conditionOperators,
  ),
  permitsNot(
    "a condition of a key that the request does not have does not hold",
    { Condition: { StringLike: { "aws:SourceVpce": "*" } } },
    documented.conditionOperators,
  ),
  permits(
    "a condition with IfExists holds for a key that the request does not have",
    { Condition: { StringLikeIfExists: { "aws:SourceVpce": "vpce-1" } } },
    documented.conditionOperators,
  ),
  permits(
    "the operator Null holds for a key that the request does not have",
    { Condition: { Null: { "aws:SourceVpce": "true", [ACCOUNT]: "false" } } },
    documented.conditionOperators,
  ),
  permits(
    "a wildcard of ArnLike matches within one part of an ARN",
    { Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } } },
    documented.conditionOperators,
  ),
  permitsNot(
    "all operators of a condition must hold",
    {
      Condition: {
        StringNotEquals: { [ACCOUNT]: OTHERS },
        Bool: { "aws:SecureTransport": "false" },
      },
    },
    documented.conditionOperators,
  ),
  permits(
    "a variable in a resource has the value of its key",
    { Resource: `arn:aws:sqs:*:\${${ACCOUNT}}:*` },
    documented.policyVariables,
  ),
  permitsNot(
    "a variable without a value covers no resource",
    { Resource: "arn:aws:sqs:*:*:${aws:SourceVpce}*" },
    documented.policyVariables,
  ),
];
