import * as v from "valibot";
import type { Clock } from "../../clock.ts";
import { defineOperation } from "../../protocols/operation.ts";
import type { State } from "../../state.ts";
import { timestamp } from "../../timestamp.ts";
import { deleteConflict, limitExceeded, noSuchEntity } from "../roles.ts";
import type { ManagedPolicy, PolicyVersion } from "../state.ts";
import { checkPolicy, getOwnPolicy, getPolicy, policyArn, policyInput } from "./managed-policy.ts";

const VERSION_LIMIT = 5;

const versionInput = v.strictObject({
  ...policyInput.entries,
  VersionId: v.pipe(v.string(), v.regex(/^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?$/)),
});

/** Returns the operations on the versions of managed policies. The default version is in effect. */
export function policyVersionOperations({ state, clock }: { state: State; clock: Clock }) {
  return {
    CreatePolicyVersion: defineOperation({
      input: v.strictObject({
        ...policyInput.entries,
        PolicyDocument: v.string(),
        SetAsDefault: v.optional(v.boolean(), false),
      }),
      resource: policyArn,
      handle({ PolicyArn, PolicyDocument, SetAsDefault }) {
        checkPolicy(PolicyDocument);
        const policy = getOwnPolicy(state, PolicyArn);
        if (Object.keys(policy.versions).length >= VERSION_LIMIT)
          throw limitExceeded(
            `A managed policy can have up to ${VERSION_LIMIT} versions. Before you create a new version, you must delete an existing version.`,
          );
        const CreateDate = timestamp(clock.now());
        policy.versionCount += 1;
        const id = `v${policy.versionCount}`;
        const version = { Document: PolicyDocument, CreateDate };
        policy.versions[id] = version;
        policy.UpdateDate = CreateDate;
        if (SetAsDefault) policy.DefaultVersionId = id;
        return { PolicyVersion: describe(policy, id, version) };
      },
    }),

    GetPolicyVersion: defineOperation({
      input: versionInput,
      resource: policyArn,
      handle({ PolicyArn, VersionId }) {
        const policy = getPolicy(state, PolicyArn);
        const version = versionOf(policy, VersionId);
        const Document = encodeURIComponent(version.Document);
        return { PolicyVersion: { Document, ...describe(policy, VersionId, version) } };
      },
    }),

    ListPolicyVersions: defineOperation({
      input: policyInput,
      resource: policyArn,
      handle({ PolicyArn }) {
        const policy = getPolicy(state, PolicyArn);
        const Versions = Object.entries(policy.versions)
          .map(([id, version]) => describe(policy, id, version))
          .toReversed();
        return { Versions, IsTruncated: false };
      },
    }),

    SetDefaultPolicyVersion: defineOperation({
      input: versionInput,
      resource: policyArn,
      handle({ PolicyArn, VersionId }) {
        const policy = getOwnPolicy(state, PolicyArn);
        versionOf(policy, VersionId);
        policy.DefaultVersionId = VersionId;
      },
    }),

    DeletePolicyVersion: defineOperation({
      input: versionInput,
      resource: policyArn,
      handle({ PolicyArn, VersionId }) {
        const policy = getOwnPolicy(state, PolicyArn);
        versionOf(policy, VersionId);
        if (VersionId === policy.DefaultVersionId)
          throw deleteConflict("Cannot delete the default version of a policy.");
        delete policy.versions[VersionId];
      },
    }),
  };
}

function versionOf({ Arn, versions }: ManagedPolicy, id: string): PolicyVersion {
  const version = Object.hasOwn(versions, id) ? versions[id] : undefined;
  if (version === undefined)
    throw noSuchEntity(`Policy ${Arn} version ${id} does not exist or is not attachable.`);
  return version;
}

const describe = (
  { DefaultVersionId }: ManagedPolicy,
  VersionId: string,
  { CreateDate }: PolicyVersion,
) => ({ VersionId, IsDefaultVersion: VersionId === DefaultVersionId, CreateDate });
