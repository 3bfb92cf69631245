import { expect } from "vitest";
import { refusalOf, uniqueName } from "./account.ts";
import type { Behaviour } from "./behaviour.ts";
import { snapshots } from "./sources.ts";

/** Roles, policies, and temporary credentials. */
export const iam: Behaviour[] = [
  {
    behaviour: "a role that does not exist is refused by its name",
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
    behaviour: "a new role is described without its session duration and last use",
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
    behaviour: "CreateRole and GetRole return the tags of a role, and no list if there are none",
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
    behaviour: "a trust policy can name sts:TagSession next to sts:AssumeRole",
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
];

/** A role that Lambda can assume. */
function newRole(Action: string | string[] = "sts:AssumeRole") {
  const Principal = { Service: "lambda.amazonaws.com" };
  const Statement = [{ Effect: "Allow", Action, Principal }];
  return {
    RoleName: uniqueName("role"),
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
  };
}
