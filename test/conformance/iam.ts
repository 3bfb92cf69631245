import { expect } from "vitest";
import { type Account, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { allowing, lambdaTrust } from "./policies.ts";
import { documented, reported, snapshots } from "./sources.ts";

/** Roles, policies, and temporary credentials. */
export const iam: Behavior[] = [
  {
    behavior: "a role that does not exist is refused by its name",
    basis: "snapshot",
    source: snapshots.iam,
    check: async ({ account: { iam: client } }) => {
      const RoleName = uniqueName();
      expect(await refusalOf(client.getRole({ RoleName }))).toEqual({
        name: "NoSuchEntityException",
        message: `The role with name ${RoleName} cannot be found.`,
        status: 404,
      });
    },
  },
  {
    behavior: "a new role is described without its session duration and last use",
    basis: "snapshot",
    source: snapshots.iam,
    check: async ({ account: { iam: client } }) => {
      const { Role } = await client.createRole(newRole());
      expect(Object.keys(Role ?? {}).toSorted()).toEqual([
        "Arn",
        "AssumeRolePolicyDocument",
        "CreateDate",
        "Path",
        "RoleId",
        "RoleName",
      ]);
    },
  },
  {
    behavior: "CreateRole and GetRole return the tags of a role, and no list if there are none",
    basis: "snapshot",
    source: snapshots.iam,
    check: async ({ account: { iam: client } }) => {
      const Tags = [{ Key: "test", Value: "value" }];
      const tagged = newRole();
      const { Role: created } = await client.createRole({ ...tagged, Tags });
      expect(created?.Tags).toEqual(Tags);
      const { Role: read } = await client.getRole({ RoleName: tagged.RoleName });
      expect(read).toMatchObject({ Tags, MaxSessionDuration: 3600, RoleLastUsed: {} });
      const untagged = newRole();
      await client.createRole(untagged);
      const { Role } = await client.getRole({ RoleName: untagged.RoleName });
      expect(Role).not.toHaveProperty("Tags");
    },
  },
  {
    behavior: "a trust policy can name sts:TagSession next to sts:AssumeRole",
    basis: "snapshot",
    source: snapshots.sts,
    check: async ({ account: { iam: client } }) => {
      const role = newRole(["sts:AssumeRole", "sts:TagSession"]);
      const { Role } = await client.createRole(role);
      expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toBe(
        role.AssumeRolePolicyDocument,
      );
    },
  },
  {
    behavior: "a new managed policy is described without its description and tags",
    basis: "snapshot",
    source: snapshots.iam,
    check: async ({ account: { iam: client, id } }) => {
      const input = newPolicy();
      const { Policy } = await client.createPolicy(input);
      expect(Policy).toEqual({
        Arn: `arn:aws:iam::${id}:policy/${input.PolicyName}`,
        AttachmentCount: 0,
        CreateDate: expect.any(Date) as Date,
        DefaultVersionId: "v1",
        IsAttachable: true,
        Path: "/",
        PermissionsBoundaryUsageCount: 0,
        PolicyId: expect.stringMatching(/^ANPA/) as string,
        PolicyName: input.PolicyName,
        UpdateDate: expect.any(Date) as Date,
      });
    },
  },
  {
    behavior: "DeletePolicy refuses a policy that does not exist by its ARN",
    basis: "snapshot",
    source: snapshots.iam,
    check: async ({ account: { iam: client, id } }) => {
      const PolicyArn = `arn:aws:iam::${id}:policy/${uniqueName("none")}`;
      expect(await refusalOf(client.deletePolicy({ PolicyArn }))).toEqual({
        name: "NoSuchEntityException",
        message: `Policy ${PolicyArn} was not found.`,
        status: 404,
      });
    },
  },
  {
    behavior: "AttachRolePolicy refuses a text that is not an ARN",
    basis: "snapshot",
    source: snapshots.iam,
    check: async ({ account: { iam: client } }) => {
      const { RoleName } = await createRole(client);
      const attach = client.attachRolePolicy({ RoleName, PolicyArn: "longpolicynamebutnoarn" });
      expect(await refusalOf(attach)).toMatchObject({
        name: "ValidationError",
        message: "Invalid ARN:  Could not be parsed!",
        status: 400,
      });
    },
  },
  {
    behavior: "AttachRolePolicy refuses a policy that does not exist",
    basis: "snapshot",
    source: snapshots.iam,
    check: async ({ account: { iam: client, id } }) => {
      const { RoleName } = await createRole(client);
      const PolicyArn = `arn:aws:iam::${id}:policy/${uniqueName("none")}`;
      expect(await refusalOf(client.attachRolePolicy({ RoleName, PolicyArn }))).toEqual({
        name: "NoSuchEntityException",
        message: `Policy ${PolicyArn} does not exist or is not attachable.`,
        status: 404,
      });
    },
  },
  {
    behavior: "ListAttachedRolePolicies returns the name and the ARN of a policy of AWS",
    basis: "snapshot",
    source: snapshots.iam,
    check: async ({ account: { iam: client } }) => {
      const { RoleName } = await createRole(client);
      const PolicyName = "AWSLambdaBasicExecutionRole";
      const PolicyArn = `arn:aws:iam::aws:policy/service-role/${PolicyName}`;
      await client.attachRolePolicy({ RoleName, PolicyArn });
      const { AttachedPolicies } = await client.listAttachedRolePolicies({ RoleName });
      expect(AttachedPolicies).toEqual([{ PolicyArn, PolicyName }]);
    },
  },
  {
    behavior: "a role with attached policies is not deleted, nor a policy that is attached",
    basis: "documentation",
    source: documented.deletePolicy,
    check: async ({ account: { iam: client } }) => {
      const { RoleName } = await createRole(client);
      const PolicyArn = await createPolicy(client);
      await client.attachRolePolicy({ RoleName, PolicyArn });
      const conflict = { name: "DeleteConflictException", status: 409 };
      expect(await refusalOf(client.deleteRole({ RoleName }))).toMatchObject(conflict);
      expect(await refusalOf(client.deletePolicy({ PolicyArn }))).toMatchObject(conflict);
      await client.detachRolePolicy({ RoleName, PolicyArn });
      await client.deleteRole({ RoleName });
      await client.deletePolicy({ PolicyArn });
    },
  },
  {
    behavior: "a policy with another version than its default version is not deleted",
    basis: "documentation",
    source: documented.deletePolicy,
    check: async ({ account: { iam: client } }) => {
      const PolicyArn = await createPolicy(client);
      const { PolicyDocument } = newPolicy();
      await client.createPolicyVersion({ PolicyArn, PolicyDocument, SetAsDefault: true });
      const { Versions } = await client.listPolicyVersions({ PolicyArn });
      expect(Versions).toMatchObject([
        { VersionId: "v2", IsDefaultVersion: true },
        { VersionId: "v1", IsDefaultVersion: false },
      ]);
      const conflict = { name: "DeleteConflictException", status: 409 };
      expect(await refusalOf(client.deletePolicy({ PolicyArn }))).toMatchObject(conflict);
      await client.deletePolicyVersion({ PolicyArn, VersionId: "v1" });
      await client.deletePolicy({ PolicyArn });
    },
  },
  {
    behavior: "a policy has five versions at most",
    basis: "documentation",
    source: documented.createPolicyVersion,
    check: async ({ account: { iam: client } }) => {
      const PolicyArn = await createPolicy(client);
      const { PolicyDocument } = newPolicy();
      const create = () => client.createPolicyVersion({ PolicyArn, PolicyDocument });
      for (let version = 2; version <= 5; version += 1) await create();
      expect(await refusalOf(create())).toMatchObject({
        name: "LimitExceededException",
        status: 409,
      });
      await client.deletePolicyVersion({ PolicyArn, VersionId: "v5" });
      expect(await create()).toMatchObject({ PolicyVersion: { VersionId: "v6" } });
    },
  },
  {
    behavior: "the default version of a policy is not deleted alone",
    basis: "report",
    source: reported.iam,
    check: async ({ account: { iam: client } }) => {
      const PolicyArn = await createPolicy(client);
      const remove = client.deletePolicyVersion({ PolicyArn, VersionId: "v1" });
      expect(await refusalOf(remove)).toEqual({
        name: "DeleteConflictException",
        message: "Cannot delete the default version of a policy.",
        status: 409,
      });
    },
  },
  {
    behavior: "a second policy of the same name is refused",
    basis: "report",
    source: reported.iam,
    check: async ({ account: { iam: client } }) => {
      const input = newPolicy();
      await client.createPolicy(input);
      expect(await refusalOf(client.createPolicy({ ...input, Path: "/other/" }))).toEqual({
        name: "EntityAlreadyExistsException",
        message: `A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`,
        status: 409,
      });
    },
  },
];

const newPolicy = () => ({
  PolicyName: uniqueName("policy"),
  PolicyDocument: allowing({ Action: "lambda:ListFunctions", Resource: "*" }),
});

async function createPolicy(client: Account["iam"]): Promise<string> {
  const { Policy } = await client.createPolicy(newPolicy());
  return Policy?.Arn ?? "";
}

async function createRole(client: Account["iam"]): Promise<{ RoleName: string }> {
  const role = newRole();
  await client.createRole(role);
  return role;
}

/** A role that Lambda can assume. */
const newRole = (actions?: string[]) => ({
  RoleName: uniqueName("role"),
  AssumeRolePolicyDocument: lambdaTrust(actions),
});
