import { expect } from "vitest";
import { type Account, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { lambdaTrust, policy } from "./policies.ts";
import { reported } from "./sources.ts";

const queue = "arn:aws:sqs:us-east-1:000000000000:jobs";
const statement = { Effect: "Allow", Action: "sqs:SendMessage", Resource: queue };
const { Action: _action, ...withoutAction } = statement;
const { Resource: _resource, ...withoutResource } = statement;

const SYNTAX = "Syntax errors in policy.";
const VERSION = "Policy document must be version 2012-10-17 or greater.";
const LEGACY = "The policy failed legacy parsing";
const SIDS = "Statement IDs (SID) in a single policy must be unique.";
const NO_ACTION = "Policy statement must contain actions.";
const NO_RESOURCE = "Policy statement must contain resources.";
const VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
const onDate = (value: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": value } } });
const old = (document: string) => document.replace("2012", "2008");

const refused: [document: string, text: string, message: string][] = [
  ["no JSON", "{", SYNTAX],
  ["no statement", policy(), SYNTAX],
  ["an unknown version", policy(statement).replace("2012", "2030"), SYNTAX],
  ["an unknown element", policy({ ...statement, Actions: "*" }), SYNTAX],
  ["an unknown effect", policy({ ...statement, Effect: "Permit" }), SYNTAX],
  ["Action with NotAction", policy({ ...statement, NotAction: "iam:*" }), SYNTAX],
  ["Resource with NotResource", policy({ ...statement, NotResource: queue }), SYNTAX],
  ["a list of conditions", policy({ ...statement, Condition: [] }), SYNTAX],
  ["an unknown operator", policy({ ...statement, Condition: { Like: { a: "b" } } }), SYNTAX],
  ["an old version", old(policy(statement)), VERSION],
  ["no version", JSON.stringify({ Statement: statement }), VERSION],
  ["an old version of a later error", old(policy({ ...statement, Effect: "allow" })), VERSION],
  ["an effect in lower case", policy({ ...withoutAction, Effect: "allow" }), LEGACY],
  ["a date without a day of this month", policy({ ...statement, ...onDate("2026-12-32") }), LEGACY],
  ["a date of 64 bits", policy({ ...statement, ...onDate("9223372036854775808") }), LEGACY],
  ["a resource without a service", policy({ ...statement, Resource: "arn:aws:::a:b" }), LEGACY],
  ["a resource of five parts with ::", policy({ ...statement, Resource: "arn:aws:s3::b" }), LEGACY],
  ["two equal Sids", policy({ ...statement, Sid: "a" }, { ...withoutAction, Sid: "a" }), SIDS],
  ["no action", policy(withoutAction), NO_ACTION],
  ["an empty list of actions", policy({ ...statement, Action: [] }), NO_ACTION],
  [
    "a resource that is not an ARN, before an action without a service",
    policy({ ...statement, Action: "Send", Resource: "jobs" }),
    'Resource jobs must be in ARN format or "*".',
  ],
  [
    "an unknown partition",
    policy({ ...statement, Resource: "arn:azure:sqs" }),
    'Partition "azure" is not valid for resource "arn:azure:sqs:*:*:*".',
  ],
  [
    "a resource with only a partition",
    policy({ ...statement, Resource: "arn:aws" }),
    "Resource vendor must be fully qualified and cannot contain regexes.",
  ],
  [
    "a bucket in a region",
    policy({ ...statement, Resource: "arn:aws:s3:us-east-1::b" }),
    "Resource arn:aws:s3:us-east-1::b can not contain region information.",
  ],
  [
    "a role in a region",
    policy({ ...statement, Resource: "arn:aws:iam:us-east-1::role/a" }),
    "IAM resource arn:aws:iam:us-east-1::role/a cannot contain region information.",
  ],
  [
    "an unknown kind of IAM resource",
    policy({ ...statement, Resource: "arn:aws:iam::000000000000:roles/a" }),
    'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.',
  ],
  ["an action of no service", policy({ ...statement, Action: "Send" }), VENDOR],
  [
    "an action of a name that no service has",
    policy({ ...statement, Action: "a b:Send" }),
    "Vendor a b is not valid",
  ],
  [
    "an action with two colons",
    policy({ ...statement, Action: "sqs:a:b" }),
    "Actions/Condition can contain only one colon.",
  ],
  ["no resource, after the actions", policy({ ...withoutResource, Action: "Send" }), VENDOR],
  ["no resource", policy(withoutResource), NO_RESOURCE],
  ["an empty list of resources", policy({ ...statement, Resource: [] }), NO_RESOURCE],
  [
    "a principal",
    policy({ ...statement, Principal: "*" }),
    "Policy document should not specify a principal.",
  ],
];

const accepted: [document: string, text: string][] = [
  ["two empty Sids", policy({ ...statement, Sid: "" }, { ...statement, Sid: "" })],
  ["null among the resources", policy({ ...statement, Resource: [null, queue] })],
  ["a condition without keys", policy({ ...statement, Condition: { Like: {} } })],
  ["a resource of any partition", policy({ ...statement, Resource: queue.replace("aws", "*") })],
  ["an incomplete ARN", policy({ ...statement, Resource: "arn:aws:sqs" })],
  [
    "an access point in a region",
    policy(statement, {
      ...statement,
      Resource: "arn:aws:s3:us-east-1:000000000000:accesspoint/a",
    }),
  ],
];

async function createRole({ iam }: Account): Promise<string> {
  const RoleName = uniqueName("role");
  await iam.createRole({ RoleName, AssumeRolePolicyDocument: lambdaTrust() });
  return RoleName;
}

function refuses([document, PolicyDocument, message]: (typeof refused)[number]): Behavior {
  return {
    behavior: `PutRolePolicy refuses a policy document with ${document}`,
    basis: "report",
    source: reported.policies,
    check: async ({ account }) => {
      const RoleName = await createRole(account);
      const put = account.iam.putRolePolicy({ RoleName, PolicyName: uniqueName(), PolicyDocument });
      const name = "MalformedPolicyDocumentException";
      expect(await refusalOf(put)).toEqual({ name, message, status: 400 });
    },
  };
}

function accepts([document, PolicyDocument]: (typeof accepted)[number]): Behavior {
  return {
    behavior: `PutRolePolicy accepts a policy document with ${document}`,
    basis: "report",
    source: reported.policies,
    check: async ({ account }) => {
      const PolicyName = uniqueName();
      const RoleName = await createRole(account);
      await account.iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument });
      const stored = await account.iam.getRolePolicy({ RoleName, PolicyName });
      expect(decodeURIComponent(stored.PolicyDocument ?? "")).toBe(PolicyDocument);
    },
  };
}

/** Policy documents of roles. */
export const policyDocuments: Behavior[] = [
  ...refused.map((row) => refuses(row)),
  ...accepted.map((row) => accepts(row)),
];
