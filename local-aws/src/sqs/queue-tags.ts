import * as v from "valibot";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import { arnOfUrl, findQueue } from "./queue-lookup.ts";
import { invalidParameter, missingParameter } from "./sqs-errors.ts";

const QueueUrl = v.string();

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html */
export function queueTagOperations({ state }: { state: State }): Record<string, Operation> {
  const resource = (input: { QueueUrl: string }, { region }: { region: string }) =>
    arnOfUrl(state, region, input.QueueUrl);

  return {
    TagQueue: defineOperation({
      input: v.strictObject({ QueueUrl, Tags: v.optional(v.record(v.string(), v.string()), {}) }),
      resource,
      handle({ QueueUrl, Tags }, { region }) {
        const queue = findQueue(state, region, QueueUrl);
        if (Object.keys(Tags).length === 0) throw missingParameter("Tags");
        const tags = { ...queue.tags, ...Tags };
        if (Object.keys(tags).length > 50)
          throw invalidParameter(`Too many tags added for queue ${queue.QueueName}.`);
        queue.tags = tags;
      },
    }),
    UntagQueue: defineOperation({
      input: v.strictObject({ QueueUrl, TagKeys: v.optional(v.array(v.string()), []) }),
      resource,
      handle({ QueueUrl, TagKeys }, { region }) {
        const { tags } = findQueue(state, region, QueueUrl);
        if (TagKeys.length === 0)
          throw invalidParameter("The request must contain the parameter TagKeys.");
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
