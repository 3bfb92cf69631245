import { describe, expect, it } from "vitest";
import { decide, parseIdentityPolicy } from "./identity-policy.ts";

const queue = "arn:aws:sqs:us-east-1:000000000000:jobs";
const statement = { Effect: "Allow", Action: "sqs:SendMessage", Resource: queue };

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

  it("completes an ARN with wildcards", () => {
    expect(decision(policy({ ...statement, Resource: "arn:aws:sqs" }))).toBe("allowed");
    expect(decision(policy({ ...statement, Resource: "arn:*:sns" }))).toBe("implicitly denied");
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
