import * as v from "valibot";
import type { Clock } from "../../clock.ts";
import { AwsError } from "../../protocols/aws-error.ts";
import { defineOperation } from "../../protocols/operation.ts";
import type { State } from "../../state.ts";
import { timestamp } from "../../timestamp.ts";
import { deleteConflict, descriptionSchema, pathSchema } from "../roles.ts";
import type { ManagedPolicy } from "../state.ts";
import { tagList, tagListSchema, tagRecord } from "../tag-list.ts";
import { uniqueId } from "../unique-id.ts";
import {
  checkPolicy,
  getOwnPolicy,
  getPolicy,
  policiesOfAws,
  policyArn,
  policyInput,
  policyNameSchema,
  rolesWith,
} from "./managed-policy.ts";

const createPolicyInput = v.strictObject({
  PolicyName: policyNameSchema,
  PolicyDocument: v.string(),
  Path: v.optional(pathSchema, "/"),
  Description: v.exactOptional(descriptionSchema),
  Tags: v.optional(tagListSchema, []),
});

/** Returns the operations on customer managed policies. */
export function policyOperations({ state, clock }: { state: State; clock: Clock }) {
  const { policies } = state.iam;
  const arnOf = ({ Path, PolicyName }: { Path: string; PolicyName: string }) =>
    `arn:aws:iam::${state.accountId}:policy${Path}${PolicyName}`;

  return {
    CreatePolicy: defineOperation({
      input: createPolicyInput,
      resource: arnOf,
      handle({ PolicyDocument, Tags, ...rest }) {
        checkPolicy(PolicyDocument);
        refuseTaken(state, rest.PolicyName);
        const Arn = arnOf(rest);
        const CreateDate = timestamp(clock.now());
        const policy: ManagedPolicy = {
          ...rest,
          Arn,
          PolicyId: uniqueId("ANPA", Arn, clock.now()),
          DefaultVersionId: "v1",
          CreateDate,
          UpdateDate: CreateDate,
          Tags: tagRecord(Tags),
          versions: { v1: { Document: PolicyDocument, CreateDate } },
          versionCount: 1,
        };
        policies[Arn] = policy;
        return { Policy: { ...describe(state, policy), Tags: tagList(policy.Tags) } };
      },
    }),

    GetPolicy: defineOperation({
      input: policyInput,
      resource: policyArn,
      handle({ PolicyArn }) {
        const policy = getPolicy(state, PolicyArn);
        const { Description } = policy;
        const Tags = tagList(policy.Tags) ?? [];
        return { Policy: { ...describe(state, policy), Description, Tags } };
      },
    }),

    DeletePolicy: defineOperation({
      input: policyInput,
      resource: policyArn,
      handle({ PolicyArn }) {
        const { versions } = getOwnPolicy(state, PolicyArn);
        if (rolesWith(state, PolicyArn).length > 0)
          throw deleteConflict("Cannot delete a policy attached to entities.");
        if (Object.keys(versions).length > 1)
          throw deleteConflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
          );
        delete policies[PolicyArn];
      },
    }),

    ListPolicies: defineOperation({
      input: v.strictObject({
        Scope: v.optional(v.picklist(["All", "AWS", "Local"]), "All"),
        OnlyAttached: v.optional(v.boolean(), false),
        PathPrefix: v.optional(v.string(), "/"),
      }),
      handle({ Scope, OnlyAttached, PathPrefix }) {
        const listed = [
          ...(Scope === "AWS" ? [] : Object.values(policies)),
          ...(Scope === "Local" ? [] : policiesOfAws()),
        ]
          .filter(({ Path }) => Path.startsWith(PathPrefix))
          .map((policy) => describe(state, policy))
          .filter(({ AttachmentCount }) => !OnlyAttached || AttachmentCount > 0);
        return { Policies: listed, IsTruncated: false };
      },
    }),

    TagPolicy: defineOperation({
      input: v.strictObject({ ...policyInput.entries, Tags: tagListSchema }),
      resource: policyArn,
      handle({ PolicyArn, Tags }) {
        Object.assign(getOwnPolicy(state, PolicyArn).Tags, tagRecord(Tags));
      },
    }),

    UntagPolicy: defineOperation({
      input: v.strictObject({ ...policyInput.entries, TagKeys: v.array(v.string()) }),
      resource: policyArn,
      handle({ PolicyArn, TagKeys }) {
        const policy = getOwnPolicy(state, PolicyArn);
        for (const key of TagKeys) delete policy.Tags[key];
      },
    }),

    ListPolicyTags: defineOperation({
      input: policyInput,
      resource: policyArn,
      handle: ({ PolicyArn }) => ({
        Tags: tagList(getPolicy(state, PolicyArn).Tags) ?? [],
        IsTruncated: false,
      }),
    }),
  };
}

/** Checks that no policy has this name in any case. */
function refuseTaken({ iam }: State, name: string): void {
  const isTaken = Object.values(iam.policies).some(
    ({ PolicyName }) => PolicyName.toLowerCase() === name.toLowerCase(),
  );
  if (isTaken)
    throw new AwsError(
      409,
      "EntityAlreadyExists",
      `A policy called ${name} already exists. Duplicate names are not allowed.`,
    );
}

const describe = (state: State, policy: ManagedPolicy) => ({
  PolicyName: policy.PolicyName,
  PolicyId: policy.PolicyId,
  Arn: policy.Arn,
  Path: policy.Path,
  DefaultVersionId: policy.DefaultVersionId,
  AttachmentCount: rolesWith(state, policy.Arn).length,
  PermissionsBoundaryUsageCount: 0,
  IsAttachable: true,
  CreateDate: policy.CreateDate,
  UpdateDate: policy.UpdateDate,
});
