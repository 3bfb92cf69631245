import * as v from "valibot";
import { AwsError } from "../protocols/aws-error.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { regionOf, type State } from "../state.ts";
import { pattern } from "./names.ts";
import type { LogGroup } from "./state.ts";
import { TagKey, Tags } from "./tag-schema.ts";

/** `resourceArn` is a group's ARN without the `:*` at its end. */
const resourceArn = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(1011),
  pattern(String.raw`[\w+=/:,.@-]*`),
);

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export function tagOperations({ state }: { state: State }): Record<string, Operation> {
  const resource = (input: { resourceArn: string }) => input.resourceArn;

  return {
    TagResource: defineOperation({
      input: v.strictObject({ resourceArn, tags: Tags }),
      resource,
      handle({ resourceArn, tags }, { region }) {
        Object.assign(findTagged(state, region, resourceArn).tags, tags);
      },
    }),
    UntagResource: defineOperation({
      input: v.strictObject({ resourceArn, tagKeys: v.pipe(v.array(TagKey), v.maxLength(50)) }),
      resource,
      handle({ resourceArn, tagKeys }, { region }) {
        const { tags } = findTagged(state, region, resourceArn);
        for (const key of tagKeys) delete tags[key];
      },
    }),
    ListTagsForResource: defineOperation({
      input: v.strictObject({ resourceArn }),
      resource,
      handle: ({ resourceArn }, { region }) => ({
        tags: findTagged(state, region, resourceArn).tags,
      }),
    }),
  };
}

function findTagged(state: State, region: string, resourceArn: string): LogGroup {
  const groups = Object.values(regionOf(state, region).logs.groups);
  const group = groups.find(({ arn }) => arn === `${resourceArn}:*`);
  if (group !== undefined) return group;
  throw new AwsError(400, "ResourceNotFoundException", "The specified resource does not exist.");
}
