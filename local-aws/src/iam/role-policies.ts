import * as v from "valibot";
import { defineOperation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import { parseIdentityPolicy } from "./identity-policy.ts";
import { policyNameSchema } from "./managed-policies/managed-policy.ts";
import { sizeOf } from "./policy-document.ts";
import { getRole, limitExceeded, nameSchema, noSuchEntity, roleArn } from "./roles.ts";
import type { Role } from "./state.ts";

const roleInput = v.strictObject({ RoleName: nameSchema });
const policyInput = v.strictObject({ RoleName: nameSchema, PolicyName: policyNameSchema });

/**
 * Returns the operations on the inline policies of roles, and the one that lists instance profiles. There
 * are none, but Terraform requests them.
 */
export function rolePolicyOperations({ state }: { state: State }) {
  const resource = (input: { RoleName: string }) => roleArn(state, input);

  return {
    PutRolePolicy: defineOperation({
      input: v.strictObject({ ...policyInput.entries, PolicyDocument: v.string() }),
      resource,
      handle({ RoleName, PolicyName, PolicyDocument }) {
        const role = getRole(state, RoleName);
        parseIdentityPolicy(PolicyDocument);
        checkSize({ ...role, policies: { ...role.policies, [PolicyName]: PolicyDocument } });
        role.policies[PolicyName] = PolicyDocument;
      },
    }),

    GetRolePolicy: defineOperation({
      input: policyInput,
      resource,
      handle: ({ RoleName, PolicyName }) => ({
        RoleName,
        PolicyName,
        PolicyDocument: encodeURIComponent(policyOf(getRole(state, RoleName), PolicyName)),
      }),
    }),

    DeleteRolePolicy: defineOperation({
      input: policyInput,
      resource,
      handle({ RoleName, PolicyName }) {
        const role = getRole(state, RoleName);
        policyOf(role, PolicyName);
        delete role.policies[PolicyName];
      },
    }),

    ListRolePolicies: defineOperation({
      input: roleInput,
      resource,
      handle: ({ RoleName }) => ({
        PolicyNames: Object.keys(getRole(state, RoleName).policies).toSorted(),
        IsTruncated: false,
      }),
    }),

    ListInstanceProfilesForRole: defineOperation({
      input: roleInput,
      resource,
      handle({ RoleName }) {
        getRole(state, RoleName);
        return { InstanceProfiles: [], IsTruncated: false };
      },
    }),
  };
}

function policyOf({ policies }: Role, name: string): string {
  const document = Object.hasOwn(policies, name) ? policies[name] : undefined;
  if (document === undefined)
    throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
  return document;
}

/** The maximum size of all inline policies of a role together. */
const SIZE_LIMIT = 10_240;

function checkSize({ RoleName, policies }: Role): void {
  if (sizeOf(Object.values(policies).join("")) <= SIZE_LIMIT) return;
  throw limitExceeded(`Maximum policy size of ${SIZE_LIMIT} bytes exceeded for role ${RoleName}`);
}
