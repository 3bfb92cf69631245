import { describe, expect, it } from "vitest";
import { keysOf } from "./conditions/condition-keys.ts";
import { evaluate, parseIdentityPolicy } from "./identity-policy.ts";

const queue = "arn:aws:sqs:us-east-1:000000000000:jobs";
const statement = { Effect: "Allow", Action: "sqs:SendMessage", Resource: queue };

const policy = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

const decision = (document: string, action = "sqs:SendMessage", resource = queue) =>
  evaluate(parseIdentityPolicy(document), { action, resource }, keysOf({}), () => undefined);

describe("evaluate", () => {
  it("allows only what a statement allows", () => {
    expect(decision(policy(statement))).toBe("allowed");
    expect(decision(policy(statement), "sqs:DeleteMessage")).toBe("implicitly denied");
    expect(decision(policy(statement), "sqs:SendMessage", `${queue}2`)).toBe("implicitly denied");
  });

  it("completes an ARN with wildcards", () => {
    expect(decision(policy({ ...statement, Resource: "arn:aws:sqs" }))).toBe("allowed");
    expect(decision(policy({ ...statement, Resource: "arn:*:sns" }))).toBe("implicitly denied");
  });

  it("needs a statement that covers both the action and the resource", () => {
    const other = { ...statement, Action: "sqs:DeleteMessage", Resource: "*" };
    expect(decision(policy(statement, other), "sqs:DeleteMessage", `${queue}2`)).toBe("allowed");
    expect(decision(policy(statement, other), "sqs:SendMessage", `${queue}2`)).toBe(
      "implicitly denied",
    );
  });

  it("gives a Deny precedence over every Allow", () => {
    const document = policy({ ...statement, Effect: "Deny" }, { ...statement, Action: "*" });
    expect(decision(document)).toBe("explicitly denied");
    expect(decision(document, "sqs:DeleteMessage")).toBe("allowed");
  });

  it("supports wildcards, and ignores the case of actions", () => {
    expect(decision(policy({ ...statement, Action: "SQS:send*" }))).toBe("allowed");
    expect(decision(policy({ ...statement, Action: ["sqs:?endMessage"] }))).toBe("allowed");
    expect(decision(policy({ ...statement, Resource: ["arn:aws:sqs:*:*:j*"] }))).toBe("allowed");
  });

  it("matches an operation without a resource only with *", () => {
    expect(decision(policy({ ...statement, Resource: "*" }), "sqs:SendMessage", "*")).toBe(
      "allowed",
    );
    expect(decision(policy(statement), "sqs:SendMessage", "*")).toBe("implicitly denied");
  });
});

describe("a statement", () => {
  const { Action: _, ...withoutAction } = statement;
  const { Resource: __, ...withoutResource } = statement;

  it("with NotAction covers every other action", () => {
    const document = policy({ ...withoutAction, NotAction: ["iam:*", "sqs:Delete*"] });
    expect(decision(document)).toBe("allowed");
    expect(decision(document, "SQS:DeleteMessage")).toBe("implicitly denied");
    expect(decision(document, "sqs:SendMessage", `${queue}2`)).toBe("implicitly denied");
  });

  it("with NotResource covers every other resource", () => {
    const document = policy({ ...withoutResource, NotResource: queue });
    expect(decision(document)).toBe("implicitly denied");
    expect(decision(document, "sqs:SendMessage", `${queue}2`)).toBe("allowed");
  });

  describe("with a variable", () => {
    const keys = keysOf({ "aws:PrincipalTag/team": "jo*s", "aws:userid": "AROA:run" });
    const ask = (Resource: string, resource = queue) =>
      evaluate(
        parseIdentityPolicy(policy({ ...statement, Resource })),
        { action: "sqs:SendMessage", resource },
        keys,
        () => undefined,
      );

    it("covers the resource with the value of its key, without its wildcards", () => {
      const pattern = "arn:aws:sqs:*:*:${aws:PrincipalTag/team}";
      expect(ask(pattern, "arn:aws:sqs:us-east-1:000000000000:jo*s")).toBe("allowed");
      expect(ask(pattern, "arn:aws:sqs:us-east-1:000000000000:jobs")).toBe("implicitly denied");
    });

    it("covers nothing if the key is unknown", () => {
      expect(ask("arn:aws:sqs:*:*:${aws:username}*")).toBe("implicitly denied");
    });

    it("can contain escaped wildcards", () => {
      expect(ask("arn:aws:sqs:*:*:j${*}")).toBe("implicitly denied");
      expect(ask("arn:aws:sqs:*:*:j${*}", "arn:aws:sqs:us-east-1:000000000000:j*")).toBe("allowed");
    });
  });
});
