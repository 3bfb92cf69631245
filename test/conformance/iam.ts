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
];
