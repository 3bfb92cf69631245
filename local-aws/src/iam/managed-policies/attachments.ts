import * as v from "valibot";
import { defineOperation } from "../../protocols/operation.ts";
import type { State } from "../../state.ts";
import { getRole, limitExceeded, nameSchema, noSuchEntity, roleArn } from "../roles.ts";
import {
  findPolicy,
  getPolicy,
  policyArn,
  policyArnSchema,
  policyInput,
  policyNotFound,
  rolesWith,
} from "./managed-policy.ts";

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const ATTACHMENT_LIMIT = 10;

const roleInput = v.strictObject({ RoleName: nameSchema });
const attachmentInput = v.strictObject({ ...roleInput.entries, PolicyArn: policyArnSchema });

/** Returns the operations on the managed policies of roles. */
export function attachmentOperations({ state }: { state: State }) {
  const resource = (input: { RoleName: string }) => roleArn(state, input);

  return {
    AttachRolePolicy: defineOperation({
      input: attachmentInput,
      resource,
      handle({ RoleName, PolicyArn }) {
        const role = getRole(state, RoleName);
        if (findPolicy(state, PolicyArn) === undefined)
          throw noSuchEntity(`Policy ${PolicyArn} does not exist or is not attachable.`);
        const attached = new Set([...role.attachedPolicies, PolicyArn]);
        if (attached.size > ATTACHMENT_LIMIT)
          throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${ATTACHMENT_LIMIT}`);
        role.attachedPolicies = [...attached].toSorted();
      },
    }),

    DetachRolePolicy: defineOperation({
      input: attachmentInput,
      resource,
      handle({ RoleName, PolicyArn }) {
        const role = getRole(state, RoleName);
        if (!role.attachedPolicies.includes(PolicyArn)) throw policyNotFound(PolicyArn);
        role.attachedPolicies = role.attachedPolicies.filter((arn) => arn !== PolicyArn);
      },
    }),

    ListAttachedRolePolicies: defineOperation({
      input: roleInput,
      resource,
      handle: ({ RoleName }) => ({
        AttachedPolicies: getRole(state, RoleName).attachedPolicies.map((PolicyArn) => ({
          PolicyName: getPolicy(state, PolicyArn).PolicyName,
          PolicyArn,
        })),
        IsTruncated: false,
      }),
    }),

    ListEntitiesForPolicy: defineOperation({
      input: policyInput,
      resource: policyArn,
      handle({ PolicyArn }) {
        getPolicy(state, PolicyArn);
        const PolicyRoles = rolesWith(state, PolicyArn).map(({ RoleName, RoleId }) => ({
          RoleName,
          RoleId,
        }));
        return { PolicyGroups: [], PolicyUsers: [], PolicyRoles, IsTruncated: false };
      },
    }),
  };
}
