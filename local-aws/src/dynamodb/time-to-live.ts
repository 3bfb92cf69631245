import * as v from "valibot";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { validationError } from "./dynamodb-errors.ts";
import { getTable, tableResource } from "./table-lookup.ts";
import type { Resources } from "./tables.ts";

/**
 * Returns the operations for the time to live of items.
 *
 * Our choice: expired items are never deleted. AWS deletes them within a few days. The setting can be
 * changed at any time. AWS allows one change per hour.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
 */
export function timeToLiveOperations({ state }: Resources): Record<string, Operation> {
  const resource = tableResource(state);

  return {
    UpdateTimeToLive: defineOperation({
      input: v.strictObject({
        TableName: v.string(),
        TimeToLiveSpecification: v.strictObject({
          AttributeName: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
          Enabled: v.boolean(),
        }),
      }),
      resource,
      handle({ TableName, TimeToLiveSpecification }, { region }) {
        const { AttributeName, Enabled } = TimeToLiveSpecification;
        const table = getTable(state, region, TableName);
        const { timeToLiveAttribute: current } = table;
        if (current !== undefined && current !== AttributeName)
          throw validationError(
            `TimeToLive is active on a different AttributeName: current AttributeName is ${current}`,
          );
        if (Enabled === (current !== undefined))
          throw validationError(`TimeToLive is already ${Enabled ? "enabled" : "disabled"}`);
        if (Enabled) table.timeToLiveAttribute = AttributeName;
        else delete table.timeToLiveAttribute;
        return { TimeToLiveSpecification };
      },
    }),

    DescribeTimeToLive: defineOperation({
      input: v.strictObject({ TableName: v.string() }),
      resource,
      handle({ TableName }, { region }) {
        const { timeToLiveAttribute: AttributeName } = getTable(state, region, TableName);
        const enabled = { TimeToLiveStatus: "ENABLED", AttributeName };
        const isEnabled = AttributeName !== undefined;
        return { TimeToLiveDescription: isEnabled ? enabled : { TimeToLiveStatus: "DISABLED" } };
      },
    }),
  };
}
