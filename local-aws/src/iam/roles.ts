import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { defineOperation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import { timestamp } from "../timestamp.ts";
import type { Role } from "./state.ts";
import { tagList, tagListSchema, tagRecord } from "./tag-list.ts";
import { checkTrustPolicy } from "./trust-policy.ts";
import { uniqueId } from "./unique-id.ts";

export const findRole = (state: State, name: string): Role | undefined =>
  Object.hasOwn(state.iam.roles, name) ? state.iam.roles[name] : undefined;

/** @throws {AwsError} 404 NoSuchEntity. */
export function getRole(state: State, name: string): Role {
  const role = findRole(state, name);
  if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
}

export const noSuchEntity = (message: string) => new AwsError(404, "NoSuchEntity", message);

export const limitExceeded = (message: string) => new AwsError(409, "LimitExceeded", message);

export const deleteConflict = (message: string) => new AwsError(409, "DeleteConflict", message);

/** Returns the ARN to authorize for an operation on a role. */
export const roleArn = (state: State, { RoleName }: { RoleName: string }, path = "/"): string =>
  findRole(state, RoleName)?.Arn ?? `arn:aws:iam::${state.accountId}:role${path}${RoleName}`;

export const nameSchema = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(64),
  v.regex(/^[\w+=,.@-]+$/),
);
const durationSchema = v.pipe(v.number(), v.integer(), v.minValue(3600), v.maxValue(43200));
export const descriptionSchema = v.pipe(v.string(), v.maxLength(1000));
export const pathSchema = v.pipe(v.string(), v.regex(/^\/([\x21-\x7e]+\/)?$/), v.maxLength(512));

const createRoleInput = v.strictObject({
  RoleName: nameSchema,
  AssumeRolePolicyDocument: v.string(),
  Path: v.optional(pathSchema, "/"),
  Description: v.exactOptional(descriptionSchema),
  MaxSessionDuration: v.optional(durationSchema, 3600),
  Tags: v.optional(tagListSchema, []),
});
const roleInput = v.strictObject({ RoleName: nameSchema });

export function roleOperations({ state, clock }: { state: State; clock: Clock }) {
  const { roles } = state.iam;
  const resource = (input: { RoleName: string }) => roleArn(state, input);
  return {
    CreateRole: defineOperation({
      input: createRoleInput,
      resource: (input) => roleArn(state, input, input.Path),
      handle(input) {
        checkTrustPolicy(input.AssumeRolePolicyDocument);
        refuseTaken(state, input.RoleName);
        const role = newRole(state, clock, input);
        roles[role.RoleName] = role;
        return { Role: describeNew(role) };
      },
    }),

    GetRole: defineOperation({
      input: roleInput,
      resource,
      handle: ({ RoleName }) => ({ Role: describe(getRole(state, RoleName)) }),
    }),

    ListRoles: defineOperation({
      input: v.strictObject({}),
      handle: () => ({
        Roles: Object.values(roles)
          .toSorted((a, b) => (a.RoleName < b.RoleName ? -1 : 1))
          .map((role) => ({ ...describe(role), Tags: undefined, RoleLastUsed: undefined })),
        IsTruncated: false,
      }),
    }),

    UpdateRole: defineOperation({
      input: v.strictObject({
        RoleName: nameSchema,
        Description: v.exactOptional(descriptionSchema),
        MaxSessionDuration: v.exactOptional(durationSchema),
      }),
      resource,
      handle({ RoleName, ...changes }) {
        Object.assign(getRole(state, RoleName), changes);
        return {};
      },
    }),

    UpdateRoleDescription: defineOperation({
      input: v.strictObject({ RoleName: nameSchema, Description: descriptionSchema }),
      resource,
      handle({ RoleName, Description }) {
        const role = Object.assign(getRole(state, RoleName), { Description });
        return { Role: describe(role) };
      },
    }),

    UpdateAssumeRolePolicy: defineOperation({
      input: v.strictObject({ RoleName: nameSchema, PolicyDocument: v.string() }),
      resource,
      handle({ RoleName, PolicyDocument }) {
        const role = getRole(state, RoleName);
        checkTrustPolicy(PolicyDocument);
        role.AssumeRolePolicyDocument = PolicyDocument;
      },
    }),

    DeleteRole: defineOperation({
      input: roleInput,
      resource,
      handle({ RoleName }) {
        const { attachedPolicies, policies } = getRole(state, RoleName);
        if (attachedPolicies.length > 0)
          throw deleteConflict("Cannot delete entity, must detach all policies first.");
        if (Object.keys(policies).length > 0)
          throw deleteConflict("Cannot delete entity, must delete policies first.");
        delete roles[RoleName];
      },
    }),
  };
}

/** Checks that no role has this name in any case. */
function refuseTaken(state: State, name: string): void {
  const names = Object.keys(state.iam.roles).map((taken) => taken.toLowerCase());
  if (names.includes(name.toLowerCase()))
    throw new AwsError(409, "EntityAlreadyExists", `Role with name ${name} already exists.`);
}

function newRole(state: State, clock: Clock, input: v.InferOutput<typeof createRoleInput>): Role {
  const { Tags, Path, RoleName, ...rest } = input;
  const Arn = `arn:aws:iam::${state.accountId}:role${Path}${RoleName}`;
  return {
    ...rest,
    RoleName,
    RoleId: uniqueId("AROA", Arn, clock.now()),
    Arn,
    Path,
    CreateDate: timestamp(clock.now()),
    Tags: tagRecord(Tags),
    policies: {},
    attachedPolicies: [],
  };
}

/** Returns a new role as CreateRole returns it. IAM percent-encodes policy documents. */
const describeNew = (role: Role) => ({
  Path: role.Path,
  RoleName: role.RoleName,
  RoleId: role.RoleId,
  Arn: role.Arn,
  CreateDate: role.CreateDate,
  AssumeRolePolicyDocument: encodeURIComponent(role.AssumeRolePolicyDocument),
  Description: role.Description,
  Tags: tagList(role.Tags),
});

const describe = (role: Role) => ({
  ...describeNew(role),
  MaxSessionDuration: role.MaxSessionDuration,
  RoleLastUsed: {},
});
