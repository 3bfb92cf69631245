import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { systemClock } from "../clock.ts";
import { awsRequest } from "../protocols/testing.ts";
import { emptyState, type State } from "../state.ts";
import { createIam, type Iam } from "./index.ts";

const trustPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { Service: "lambda.amazonaws.com" },
  },
});
const queue = "arn:aws:sqs:us-east-1:000000000000:jobs";
const policy = (Effect = "Allow") =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect, Action: "sqs:SendMessage", Resource: queue },
  });
const arn = "arn:aws:iam::000000000000:role/worker";
const createRole = { RoleName: "worker", AssumeRolePolicyDocument: trustPolicy };
const putPolicy = { RoleName: "worker", PolicyName: "send", PolicyDocument: policy() };

let state: State;
let iam: Iam;

beforeEach(() => {
  state = emptyState();
  iam = createIam({ state, clock: { ...systemClock, now: () => 1_767_225_600_000 } });
});

async function call(Action: string, parameters: Record<string, string> = {}, request = {}) {
  const form = new URLSearchParams({ Action, Version: "2010-05-08", ...parameters });
  const body = Buffer.from(form.toString());
  const response = await iam.service(awsRequest({ body, ...request }));
  return { status: response.status, text: String(response.body) };
}

async function error(Action: string, parameters: Record<string, string> = {}, request = {}) {
  const { status, text } = await call(Action, parameters, request);
  const [, code] = /<Code>(.*)<\/Code>/.exec(text) ?? [];
  const [, message] = /<Message>(.*)<\/Message>/.exec(text) ?? [];
  return { status, code, message };
}

const noSuchRole = {
  status: 404,
  code: "NoSuchEntity",
  message: "The role with name worker cannot be found.",
};

describe("roles", () => {
  it("are created with all members that Terraform reads", async () => {
    const tags = { "Tags.member.1.Key": "Project", "Tags.member.1.Value": "chat" };
    await call("CreateRole", { ...createRole, Description: "Works", Path: "/team/", ...tags });
    const { text } = await call("GetRole", { RoleName: "worker" });
    for (const part of [
      "<Path>/team/</Path><RoleName>worker</RoleName>",
      "<Arn>arn:aws:iam::000000000000:role/team/worker</Arn>",
      "<CreateDate>2026-01-01T00:00:00Z</CreateDate>",
      `<AssumeRolePolicyDocument>${encodeURIComponent(trustPolicy)}</AssumeRolePolicyDocument>`,
      "<Description>Works</Description>",
      "<MaxSessionDuration>3600</MaxSessionDuration>",
      "<Tags><member><Key>Project</Key><Value>chat</Value></member></Tags>",
    ])
      expect(text).toContain(part);
    expect(text).toMatch(/<RoleId>AROA[A-Z2-7]{17}<\/RoleId>/);
  });

  it("cannot have the name of another role in any case", async () => {
    await call("CreateRole", createRole);
    expect(await error("CreateRole", { ...createRole, RoleName: "Worker" })).toEqual({
      status: 409,
      code: "EntityAlreadyExists",
      message: "Role with name Worker already exists.",
    });
  });

  it("can be changed by the operations that Terraform uses", async () => {
    await call("CreateRole", createRole);
    const RoleName = "worker";
    const other = trustPolicy.replace("lambda", "apigateway");
    await call("UpdateAssumeRolePolicy", { RoleName, PolicyDocument: other });
    await call("UpdateRoleDescription", { RoleName, Description: "Rests" });
    await call("UpdateRole", { RoleName, MaxSessionDuration: "7200" });
    await call("TagRole", { RoleName, "Tags.member.1.Key": "a", "Tags.member.1.Value": "1" });
    await call("TagRole", { RoleName, "Tags.member.1.Key": "b", "Tags.member.1.Value": "2" });
    await call("UntagRole", { RoleName, "TagKeys.member.1": "a" });
    expect(state.iam.roles["worker"]).toMatchObject({
      AssumeRolePolicyDocument: other,
      Description: "Rests",
      MaxSessionDuration: 7200,
      Tags: { b: "2" },
    });
  });

  it("cannot be deleted while they have policies", async () => {
    await call("CreateRole", createRole);
    await call("PutRolePolicy", putPolicy);
    expect(await error("DeleteRole", { RoleName: "worker" })).toEqual({
      status: 409,
      code: "DeleteConflict",
      message: "Cannot delete entity, must delete policies first.",
    });
    await call("DeleteRolePolicy", { RoleName: "worker", PolicyName: "send" });
    await call("DeleteRole", { RoleName: "worker" });
    expect(await error("GetRole", { RoleName: "worker" })).toEqual(noSuchRole);
  });

  it.each([
    ["GetRole", {}],
    ["DeleteRole", {}],
    ["PutRolePolicy", { PolicyName: "send", PolicyDocument: policy() }],
    ["ListRolePolicies", {}],
    ["ListAttachedRolePolicies", {}],
    ["ListInstanceProfilesForRole", {}],
  ])("that do not exist are not found by %s", async (operation, parameters) => {
    expect(await error(operation, { RoleName: "worker", ...parameters })).toEqual(noSuchRole);
  });

  it("do not implement a parameter that would have no effect", async () => {
    const boundary = { ...createRole, PermissionsBoundary: "arn:aws:iam::aws:policy/x" };
    expect(await error("CreateRole", boundary)).toMatchObject({
      status: 501,
      message:
        "The local AWS does not implement the parameter PermissionsBoundary of iam:CreateRole.",
    });
    expect(await error("AttachUserPolicy", { UserName: "worker" })).toMatchObject({ status: 501 });
  });

  it("cannot have a name that IAM refuses", async () => {
    expect(await error("CreateRole", { ...createRole, RoleName: "a b" })).toMatchObject({
      status: 400,
      code: "ValidationError",
      message:
        "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+",
    });
  });
});

describe("inline policies", () => {
  beforeEach(async () => {
    await call("CreateRole", createRole);
  });

  it("are returned as they were written", async () => {
    await call("PutRolePolicy", putPolicy);
    const names = await call("ListRolePolicies", { RoleName: "worker" });
    expect(names.text).toContain("<PolicyNames><member>send</member></PolicyNames>");
    const { text } = await call("GetRolePolicy", { RoleName: "worker", PolicyName: "send" });
    expect(text).toContain(`<PolicyDocument>${encodeURIComponent(policy())}</PolicyDocument>`);
  });

  it("are not found under another name", async () => {
    const other = { RoleName: "worker", PolicyName: "other" };
    const notFound = {
      status: 404,
      code: "NoSuchEntity",
      message: "The role policy with name other cannot be found.",
    };
    expect(await error("GetRolePolicy", other)).toEqual(notFound);
    expect(await error("DeleteRolePolicy", other)).toEqual(notFound);
  });

  it("have at most 10,240 characters together, without white space", async () => {
    const long = policy().replace("jobs", "j".repeat(6000));
    const padded = { ...putPolicy, PolicyDocument: long.padEnd(20_000) };
    expect(await call("PutRolePolicy", padded)).toMatchObject({ status: 200 });
    expect(await call("PutRolePolicy", padded)).toMatchObject({ status: 200 });
    expect(await error("PutRolePolicy", { ...padded, PolicyName: "too much" })).toMatchObject({
      code: "ValidationError",
    });
    expect(await error("PutRolePolicy", { ...padded, PolicyName: "second" })).toMatchObject({
      status: 409,
      code: "LimitExceeded",
    });
  });
});

describe("permissions", () => {
  const session = () => iam.sessionOf(arn, "run-1");
  const user = "arn:aws:sts::000000000000:assumed-role/worker/run-1";

  beforeEach(async () => {
    await call("CreateRole", createRole);
    await call("PutRolePolicy", putPolicy);
  });

  it("of a session are the permissions of its role", () => {
    expect(session()).toEqual({ type: "role", arn: user, roleName: "worker" });
    expect(iam.allows(session(), "sqs:SendMessage", queue)).toBe(true);
    expect(iam.allows(session(), "sqs:DeleteMessage", queue)).toBe(false);
  });

  it("of a role with a path are found by its name", () => {
    const withPath = iam.sessionOf("arn:aws:iam::000000000000:role/a/b/worker", "run-1");
    expect(withPath).toEqual(session());
  });

  it("that are missing are refused with the reason of AWS", () => {
    expect(() => iam.authorize(session(), "sqs:DeleteMessage", queue)).toThrow(
      expect.objectContaining({
        status: 403,
        code: "AccessDeniedException",
        message: `User: ${user} is not authorized to perform: sqs:DeleteMessage on resource: ${queue} because no identity-based policy allows the sqs:DeleteMessage action`,
      }),
    );
  });

  it("that are denied are refused with the reason of AWS", async () => {
    const deny = { ...putPolicy, PolicyName: "deny", PolicyDocument: policy("Deny") };
    await call("PutRolePolicy", deny);
    expect(() => iam.authorize(session(), "sqs:SendMessage", queue)).toThrow(
      `User: ${user} is not authorized to perform: sqs:SendMessage on resource: ${queue} with an explicit deny in an identity-based policy`,
    );
  });

  it("change at once with the policy", async () => {
    await call("PutRolePolicy", { ...putPolicy, PolicyDocument: policy("Deny") });
    expect(iam.allows(session(), "sqs:SendMessage", queue)).toBe(false);
  });

  describe("with a condition", () => {
    const conditional = (Condition: object, effect = "Allow") =>
      policy(effect).replace('"Action"', `"Condition":${JSON.stringify(Condition)},"Action"`);
    const put = (PolicyName: string, document: string) =>
      call("PutRolePolicy", { ...putPolicy, PolicyName, PolicyDocument: document });
    const request = { region: "us-east-1", sourceIp: "10.1.2.3", headers: {} };
    const allowed = (facts?: typeof request) => {
      try {
        iam.authorize(session(), "sqs:SendMessage", queue, facts);
        return true;
      } catch {
        return false;
      }
    };
    const warnings = () => {
      const spy = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
      onTestFinished(() => spy.mockRestore());
      return spy.mock.calls as unknown[][];
    };

    it("depend on the request, even if an earlier request had another result", async () => {
      await put("send", conditional({ IpAddress: { "aws:SourceIp": "10.1.0.0/16" } }));
      expect(allowed(request)).toBe(true);
      expect(allowed({ ...request, sourceIp: "10.2.2.3" })).toBe(false);
      expect(allowed(request)).toBe(true);
    });

    it.each([
      ["aws:PrincipalArn", arn],
      ["aws:PrincipalAccount", "000000000000"],
      ["aws:RequestedRegion", "us-east-1"],
      ["aws:SecureTransport", "true"],
      ["aws:userid", "*:run-1"],
      ["AWS:resourceaccount", "${aws:PrincipalAccount}"],
    ])("support the key %s of a session", async (key, value) => {
      await put("send", conditional({ StringLike: { [key]: value } }));
      expect(allowed(request)).toBe(true);
      await put("send", conditional({ StringLike: { [key]: "other" } }));
      expect(allowed(request)).toBe(false);
    });

    it("have no source in a session", async () => {
      await put("send", conditional({ Null: { "aws:SourceArn": "true" } }));
      expect(allowed()).toBe(true);
      await put("send", conditional({ ArnLike: { "aws:SourceArn": "arn:aws:sns:*:*:*" } }));
      expect(allowed()).toBe(false);
    });

    it("that cannot be evaluated allow nothing, with one warning", async () => {
      const emitted = warnings();
      await put("send", conditional({ StringEquals: { "sqs:Color": "red" } }));
      expect([allowed(), allowed(), allowed(request)]).toEqual([false, false, false]);
      expect(emitted).toEqual([
        [expect.stringContaining("StringEquals of sqs:Color"), "LocalAwsPolicyCondition"],
      ]);
    });

    it("that cannot be evaluated deny if the effect is Deny", async () => {
      warnings();
      await put("deny", conditional({ StringEquals: { "sqs:Color": "red" } }, "Deny"));
      expect(allowed()).toBe(false);
    });

    it("can have an unknown key if another condition is false", async () => {
      const emitted = warnings();
      const Bool = { "aws:SecureTransport": "false", "sqs:Colored": "true" };
      await put("deny", conditional({ Bool }, "Deny"));
      expect(allowed()).toBe(true);
      expect(emitted).toEqual([]);
    });
  });

  it("end when the role is deleted", async () => {
    await call("DeleteRolePolicy", { RoleName: "worker", PolicyName: "send" });
    await call("DeleteRole", { RoleName: "worker" });
    expect(iam.allows(session(), "sqs:SendMessage", queue)).toBe(false);
  });

  it("are also checked by IAM itself, with the error code of the query protocol", async () => {
    const request = { caller: session() };
    expect(await error("DeleteRole", { RoleName: "worker" }, request)).toMatchObject({
      status: 403,
      code: "AccessDenied",
    });
  });
});

describe("GetUser", () => {
  it("returns the root user of the account for the administrator", async () => {
    expect((await call("GetUser")).text).toContain("<Arn>arn:aws:iam::000000000000:root</Arn>");
  });

  it("is not implemented for a user by name, because there are no users", async () => {
    expect(await error("GetUser", { UserName: "alice" })).toMatchObject({ status: 501 });
  });
});
