import { describe, expect, it, onTestFinished, vi } from "vitest";
import { emptyState } from "../state.ts";
import { checkTrustPolicy, isAssumableBy } from "./trust-policy.ts";

const statement = {
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Principal: { Service: "lambda.amazonaws.com" },
};
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

describe("checkTrustPolicy", () => {
  it("accepts the policy of a role for a service", () => {
    expect(() => checkTrustPolicy(policy(statement))).not.toThrow();
  });

  it.each(["sts:SetSourceIdentity", "STS:assumeRole*", "sts:GetCallerIdentity"])(
    "accepts the action %s of STS in addition to sts:AssumeRole, as AWS does",
    (action) => {
      const Action = ["sts:AssumeRole", action];
      expect(() => checkTrustPolicy(policy({ ...statement, Action }))).not.toThrow();
    },
  );

  const { Principal: _, ...withoutPrincipal } = statement;

  it.each([
    ["a resource", { ...statement, Resource: "*" }, "Has prohibited field Resource"],
    ["no principal", withoutPrincipal, "Missing required field Principal"],
    ["everyone", { ...statement, Principal: "*" }, "an invalid principal"],
    ["other actions", { ...statement, Action: "s3:*" }, "only specify STS AssumeRole actions"],
    ["actions that STS does not have", { ...statement, Action: "sts:Tag" }, "only specify STS"],
  ])("refuses %s", (_name, refused, message) => {
    expect(() => checkTrustPolicy(policy(refused))).toThrow(
      expect.objectContaining({
        code: "MalformedPolicyDocument",
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it("refuses text that is not JSON with its own message", () => {
    expect(() => checkTrustPolicy("{")).toThrow("This policy contains invalid Json");
  });
});

describe("isAssumableBy", () => {
  const arn = "arn:aws:iam::000000000000:role/worker";
  const iamWith = (trustPolicy: string) => {
    const { iam } = emptyState();
    iam.roles["worker"] = {
      RoleName: "worker",
      RoleId: "AROAAAAAAAAAAAAAAAAAA",
      Arn: arn,
      Path: "/",
      CreateDate: "2026-01-01T00:00:00Z",
      AssumeRolePolicyDocument: trustPolicy,
      MaxSessionDuration: 3600,
      Tags: {},
      policies: {},
      attachedPolicies: [],
    };
    return iam;
  };

  it("is true only for the service in the policy", () => {
    const iam = iamWith(policy(statement));
    expect(isAssumableBy(iam, arn, "lambda.amazonaws.com")).toBe(true);
    expect(isAssumableBy(iam, arn, "apigateway.amazonaws.com")).toBe(false);
  });

  it("is true for an action with a wildcard", () => {
    const iam = iamWith(policy({ ...statement, Action: "sts:*" }));
    expect(isAssumableBy(iam, arn, "lambda.amazonaws.com")).toBe(true);
  });

  it("is false if a statement denies it", () => {
    const iam = iamWith(policy(statement, { ...statement, Effect: "Deny" }));
    expect(isAssumableBy(iam, arn, "lambda.amazonaws.com")).toBe(false);
  });

  it("is true if the conditions are true", () => {
    const of = (account: string) => ({
      StringEquals: { "aws:SourceAccount": account },
      Null: { "sts:ExternalId": "true" },
    });
    const own = iamWith(policy({ ...statement, Condition: of("000000000000") }));
    expect(isAssumableBy(own, arn, "lambda.amazonaws.com")).toBe(true);
    const foreign = iamWith(policy({ ...statement, Condition: of("111122223333") }));
    expect(isAssumableBy(foreign, arn, "lambda.amazonaws.com")).toBe(false);
  });

  it("is false if a condition cannot be evaluated, with a warning", () => {
    const spy = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    onTestFinished(() => spy.mockRestore());
    const Condition = { ArnLike: { "aws:SourceArn": "arn:aws:lambda:*:*:*" } };
    const iam = iamWith(policy({ ...statement, Condition }));
    expect(isAssumableBy(iam, arn, "lambda.amazonaws.com")).toBe(false);
    expect(spy.mock.calls).toEqual([
      [expect.stringContaining("ArnLike of aws:SourceArn"), "LocalAwsPolicyCondition"],
    ]);
  });

  it("is false for a role that does not exist", () => {
    expect(isAssumableBy(emptyState().iam, arn, "lambda.amazonaws.com")).toBe(false);
  });
});
