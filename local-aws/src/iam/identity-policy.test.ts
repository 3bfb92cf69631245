import { describe, expect, it } from "vitest";
import { decide, parseIdentityPolicy } from "./identity-policy.ts";

const queue = "arn:aws:sqs:us-east-1:000000000000:jobs";
const statement = { Effect: "Allow", Action: "sqs:SendMessage", Resource: queue };

const ACCESS_POINT = "arn:aws:s3:us-east-1:000000000000:accesspoint/a";

const policy = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

const decision = (document: string, action = "sqs:SendMessage", resource = queue) =>
  decide(parseIdentityPolicy(document), action, resource);

describe("decide", () => {
  it("allows what a statement allows, and nothing else", () => {
    expect(decision(policy(statement))).toBe("allowed");
    expect(decision(policy(statement), "sqs:DeleteMessage")).toBe("implicitly denied");
    expect(decision(policy(statement), "sqs:SendMessage", `${queue}2`)).toBe("implicitly denied");
  });

  it("takes action and resource from the same statement", () => {
    const other = { ...statement, Action: "sqs:DeleteMessage", Resource: "*" };
    expect(decision(policy(statement, other), "sqs:DeleteMessage", `${queue}2`)).toBe("allowed");
    expect(decision(policy(statement, other), "sqs:SendMessage", `${queue}2`)).toBe(
      "implicitly denied",
    );
  });

  it("lets a Deny outweigh every Allow", () => {
    const document = policy({ ...statement, Effect: "Deny" }, { ...statement, Action: "*" });
    expect(decision(document)).toBe("explicitly denied");
    expect(decision(document, "sqs:DeleteMessage")).toBe("allowed");
  });

  it("reads wildcards, and actions without regard to case", () => {
    expect(decision(policy({ ...statement, Action: "SQS:send*" }))).toBe("allowed");
    expect(decision(policy({ ...statement, Action: ["sqs:?endMessage"] }))).toBe("allowed");
    expect(decision(policy({ ...statement, Resource: ["arn:aws:sqs:*:*:j*"] }))).toBe("allowed");
  });

  it("matches the ARN of an operation without a resource with * alone", () => {
    expect(decision(policy({ ...statement, Resource: "*" }), "sqs:SendMessage", "*")).toBe(
      "allowed",
    );
    expect(decision(policy(statement), "sqs:SendMessage", "*")).toBe("implicitly denied");
  });
});

describe("parseIdentityPolicy", () => {
  const { Action: _, ...withoutAction } = statement;
  const { Resource: __, ...withoutResource } = statement;

  const SYNTAX = "Syntax errors in policy.";
  const VERSION = "Policy document must be version 2012-10-17 or greater.";
  const LEGACY = "The policy failed legacy parsing";
  const SIDS = "Statement IDs (SID) in a single policy must be unique.";
  const NO_ACTION = "Policy statement must contain actions.";
  const NO_RESOURCE = "Policy statement must contain resources.";
  const VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
  const onDate = (value: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": value } } });
  const old = (document: string) => document.replace("2012", "2008");

  // https://github.com/getmoto/moto/blob/0af643a5dbfc98797f08ee64f5be3ef8002d56ff/tests/test_iam/test_iam_policies.py
  // has AWS's message for each of these.
  it.each([
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
    [
      "a date without a day of this month",
      policy({ ...statement, ...onDate("2026-12-32") }),
      LEGACY,
    ],
    ["a date of 64 bits", policy({ ...statement, ...onDate("9223372036854775808") }), LEGACY],
    ["a resource without a service", policy({ ...statement, Resource: "arn:aws:::a:b" }), LEGACY],
    [
      "a resource of five parts with ::",
      policy({ ...statement, Resource: "arn:aws:s3::b" }),
      LEGACY,
    ],
    ["two equal Sids", policy({ ...statement, Sid: "a" }, { ...withoutAction, Sid: "a" }), SIDS],
    ["no action", policy(withoutAction), NO_ACTION],
    ["an empty list of actions", policy({ ...statement, Action: [] }), NO_ACTION],
    [
      "a resource that is no ARN, before an action of no service",
      policy({ ...statement, Action: "Send", Resource: "jobs" }),
      'Resource jobs must be in ARN format or "*".',
    ],
    [
      "an unknown partition",
      policy({ ...statement, Resource: "arn:azure:sqs" }),
      'Partition "azure" is not valid for resource "arn:azure:sqs:*:*:*".',
    ],
    [
      "a resource without more than a partition",
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
  ])("refuses %s, as AWS does", (_name, document, message) => {
    expect(() => parseIdentityPolicy(document)).toThrow(
      expect.objectContaining({ status: 400, code: "MalformedPolicyDocument", message }),
    );
  });

  it.each([
    ["two empty Sids", policy({ ...statement, Sid: "" }, { ...statement, Sid: "" })],
    ["null among the resources", policy({ ...statement, Resource: [null, queue] })],
    ["a condition without keys", policy({ ...statement, Condition: { Like: {} } })],
    ["a resource of any partition", policy({ ...statement, Resource: queue.replace("aws", "*") })],
    ["an incomplete ARN", policy({ ...statement, Resource: "arn:aws:sqs" })],
    ["an access point in a region", policy(statement, { ...statement, Resource: ACCESS_POINT })],
  ])("accepts %s, as AWS does", (_name, document) => {
    expect(decision(document)).toBe("allowed");
  });

  it.each([
    ["Condition", { ...statement, Condition: { Bool: { "aws:SecureTransport": "true" } } }],
    ["NotAction", { ...withoutAction, NotAction: "iam:*" }],
    ["NotResource", { ...withoutResource, NotResource: queue }],
    ["policy variables", { ...statement, Resource: "arn:aws:sqs:*:*:${aws:username}" }],
  ])("refuses %s, because it can't be evaluated", (what, refused) => {
    expect(() => parseIdentityPolicy(policy(refused))).toThrow(
      expect.objectContaining({
        status: 501,
        message: expect.stringMatching(`The local AWS does not implement .*${what}`) as string,
      }),
    );
  });
});
