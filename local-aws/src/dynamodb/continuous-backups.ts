import * as v from "valibot";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { dynamoDbError } from "./dynamodb-errors.ts";
import type { PointInTimeRecovery, Table } from "./state.ts";
import { tableIn, tableResource } from "./table-lookup.ts";
import type { Resources } from "./tables.ts";

/** Seconds between a change and the latest time to which a table can be restored. */
const DELAY = 5 * 60;
const DAY = 24 * 60 * 60;

/**
 * Returns the operations for the setting of point-in-time recovery.
 *
 * Our choice: the setting has no effect. Tables cannot be restored.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
 */
export function continuousBackupOperations(resources: Resources): Record<string, Operation> {
  const { state, clock } = resources;
  const resource = tableResource(state);
  const find = (region: string, name: string) => {
    const table = tableIn(state, region, name);
    if (table === undefined)
      throw dynamoDbError("TableNotFoundException", `Table not found: ${name}`);
    return table;
  };
  const describe = ({ pointInTimeRecovery }: Table) => ({
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription:
        pointInTimeRecovery === undefined
          ? { PointInTimeRecoveryStatus: "DISABLED" }
          : { PointInTimeRecoveryStatus: "ENABLED", ...period(pointInTimeRecovery) },
    },
  });
  const period = ({ RecoveryPeriodInDays, enabledTime }: PointInTimeRecovery) => {
    const now = clock.now() / 1000;
    return {
      RecoveryPeriodInDays,
      EarliestRestorableDateTime: Math.max(enabledTime, now - RecoveryPeriodInDays * DAY),
      LatestRestorableDateTime: Math.max(enabledTime, now - DELAY),
    };
  };

  return {
    UpdateContinuousBackups: defineOperation({
      input: v.strictObject({
        TableName: v.string(),
        PointInTimeRecoverySpecification: v.strictObject({
          PointInTimeRecoveryEnabled: v.boolean(),
          RecoveryPeriodInDays: v.exactOptional(v.pipe(v.number(), v.minValue(1), v.maxValue(35))),
        }),
      }),
      resource,
      handle({ TableName, PointInTimeRecoverySpecification }, { region }) {
        const { PointInTimeRecoveryEnabled, RecoveryPeriodInDays = 35 } =
          PointInTimeRecoverySpecification;
        const table = find(region, TableName);
        const { enabledTime = clock.now() / 1000 } = table.pointInTimeRecovery ?? {};
        if (PointInTimeRecoveryEnabled)
          table.pointInTimeRecovery = { RecoveryPeriodInDays, enabledTime };
        else delete table.pointInTimeRecovery;
        return describe(table);
      },
    }),

    DescribeContinuousBackups: defineOperation({
      input: v.strictObject({ TableName: v.string() }),
      resource,
      handle: ({ TableName }, { region }) => describe(find(region, TableName)),
    }),
  };
}
