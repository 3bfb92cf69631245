import * as v from "valibot";
import { AwsError } from "../protocols/aws-error.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { regionOf, type State } from "../state.ts";
import { Tags } from "./alarm-parameters.ts";
import type { Alarm } from "./state.ts";

const ResourceARN = v.string();

/**
 * Alarms have tags.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html
 */
export function tagOperations({ state }: { state: State }): Record<string, Operation> {
  const resource = (input: { ResourceARN: string }) => input.ResourceARN;

  return {
    ListTagsForResource: defineOperation({
      input: v.strictObject({ ResourceARN }),
      resource,
      handle({ ResourceARN }, { region }) {
        const { tags } = findAlarm(state, region, ResourceARN);
        return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
      },
    }),
    TagResource: defineOperation({
      input: v.strictObject({ ResourceARN, Tags }),
      resource,
      handle({ ResourceARN, Tags: added }, { region }) {
        const { tags } = findAlarm(state, region, ResourceARN);
        for (const { Key, Value } of added) tags[Key] = Value;
        return {};
      },
    }),
    UntagResource: defineOperation({
      input: v.strictObject({ ResourceARN, TagKeys: v.array(v.string()) }),
      resource,
      handle({ ResourceARN, TagKeys }, { region }) {
        const { tags } = findAlarm(state, region, ResourceARN);
        for (const key of TagKeys) delete tags[key];
        return {};
      },
    }),
  };
}

function findAlarm(state: State, region: string, arn: string): Alarm {
  const alarms = Object.values(regionOf(state, region).cloudwatch.alarms);
  const alarm = alarms.find(({ AlarmArn }) => AlarmArn === arn);
  if (alarm !== undefined) return alarm;
  throw new AwsError(404, "ResourceNotFoundException", `Unknown resource ${arn}`);
}
