import * as v from "valibot";
import { defineOperation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import { getRole, nameSchema, roleArn } from "./roles.ts";
import { tagListSchema, tagRecord } from "./tag-list.ts";

export function roleTagOperations({ state }: { state: State }) {
  const resource = (input: { RoleName: string }) => roleArn(state, input);
  return {
    TagRole: defineOperation({
      input: v.strictObject({ RoleName: nameSchema, Tags: tagListSchema }),
      resource,
      handle({ RoleName, Tags }) {
        Object.assign(getRole(state, RoleName).Tags, tagRecord(Tags));
      },
    }),

    UntagRole: defineOperation({
      input: v.strictObject({ RoleName: nameSchema, TagKeys: v.array(v.string()) }),
      resource,
      handle({ RoleName, TagKeys }) {
        const role = getRole(state, RoleName);
        for (const key of TagKeys) delete role.Tags[key];
      },
    }),
  };
}
