import * as v from "valibot";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import { arnOfUrl, findQueue } from "./queue-lookup.ts";

const QueueUrl = v.string();

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html */
export function queueTagOperations({ state }: { state: State }): Record<string, Operation> {
  const resource = (input: { QueueUrl: string }, { region }: { region: string }) =>
    arnOfUrl(region, input.QueueUrl);

  return {
    TagQueue: defineOperation({
      input: v.strictObject({ QueueUrl, Tags: v.record(v.string(), v.string()) }),
      resource,
      handle({ QueueUrl, Tags }, { region }) {
        Object.assign(findQueue(state, region, QueueUrl).tags, Tags);
      },
    }),
    UntagQueue: defineOperation({
      input: v.strictObject({ QueueUrl, TagKeys: v.array(v.string()) }),
      resource,
      handle({ QueueUrl, TagKeys }, { region }) {
        const { tags } = findQueue(state, region, QueueUrl);
        for (const key of TagKeys) delete tags[key];
      },
    }),
    ListQueueTags: defineOperation({
      input: v.strictObject({ QueueUrl }),
      resource,
      handle({ QueueUrl }, { region }) {
        const { tags } = findQueue(state, region, QueueUrl);
        return Object.keys(tags).length === 0 ? {} : { Tags: tags };
      },
    }),
  };
}
