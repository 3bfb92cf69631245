import * as v from "valibot";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { resourceNotFound } from "./dynamodb-errors.ts";
import { Tags } from "./table-input.ts";
import { tableIn } from "./table-lookup.ts";
import type { Resources } from "./tables.ts";

const ResourceArn = v.pipe(v.string(), v.minLength(1), v.maxLength(1283));

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html */
export function tableTagOperations({ state }: Resources): Record<string, Operation> {
  const resource = (input: { ResourceArn: string }) => input.ResourceArn;
  const tagsOf = (region: string, arn: string) => {
    const table = tableIn(state, region, arn);
    // AWS writes "ResourcArn".
    if (table?.TableArn !== arn) throw resourceNotFound(`ResourcArn: ${arn} not found`);
    return table.tags;
  };

  return {
    TagResource: defineOperation({
      input: v.strictObject({ ResourceArn, Tags }),
      resource,
      handle({ ResourceArn, Tags }, { region }) {
        const tags = tagsOf(region, ResourceArn);
        for (const { Key, Value } of Tags) tags[Key] = Value;
      },
    }),
    UntagResource: defineOperation({
      input: v.strictObject({ ResourceArn, TagKeys: v.array(v.string()) }),
      resource,
      handle({ ResourceArn, TagKeys }, { region }) {
        const tags = tagsOf(region, ResourceArn);
        for (const key of TagKeys) delete tags[key];
      },
    }),
    ListTagsOfResource: defineOperation({
      input: v.strictObject({ ResourceArn }),
      resource,
      handle({ ResourceArn }, { region }) {
        const tags = Object.entries(tagsOf(region, ResourceArn));
        return { Tags: tags.map(([Key, Value]) => ({ Key, Value })) };
      },
    }),
  };
}
