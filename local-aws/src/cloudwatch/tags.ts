import * as v from "valibot";
import { AwsError } from "../protocols/aws-error.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { regionOf, type State } from "../state.ts";
import { allDashboards } from "./dashboards.ts";
import type { Alarm, Dashboard } from "./state.ts";
import { checkCount, checkKeys, TagKey, tagMap, Tags } from "./tag-rules.ts";

const ResourceARN = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));

/**
 * Returns the operations on the tags of alarms and dashboards.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html
 */
export function tagOperations({ state }: { state: State }): Record<string, Operation> {
  const resource = (input: { ResourceARN: string }) => input.ResourceARN;

  return {
    ListTagsForResource: defineOperation({
      input: v.strictObject({ ResourceARN }),
      resource,
      handle({ ResourceARN }, { region }) {
        const { tags = {} } = findTagged(state, region, ResourceARN);
        return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
      },
    }),
    TagResource: defineOperation({
      input: v.strictObject({ ResourceARN, Tags }),
      resource,
      handle({ ResourceARN, Tags: added }, { region }) {
        const tagged = findTagged(state, region, ResourceARN);
        const tags = { ...tagged.tags, ...tagMap(added) };
        checkCount(tags);
        tagged.tags = tags;
        return {};
      },
    }),
    UntagResource: defineOperation({
      input: v.strictObject({ ResourceARN, TagKeys: v.array(TagKey) }),
      resource,
      handle({ ResourceARN, TagKeys }, { region }) {
        checkKeys(TagKeys);
        const { tags = {} } = findTagged(state, region, ResourceARN);
        for (const key of TagKeys) delete tags[key];
        return {};
      },
    }),
  };
}

function findTagged(state: State, region: string, arn: string): Alarm | Dashboard {
  const alarms = Object.values(regionOf(state, region).cloudwatch.alarms);
  const found =
    alarms.find(({ AlarmArn }) => AlarmArn === arn) ??
    Object.values(allDashboards(state)).find(({ DashboardArn }) => DashboardArn === arn);
  if (found !== undefined) return found;
  throw new AwsError(404, "ResourceNotFoundException", `Unknown resource ${arn}`);
}
