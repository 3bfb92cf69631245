import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { regionOf, type State } from "../state.ts";
import { isNamed, resourceInUse, tableExists, validationError } from "./dynamodb-errors.ts";
import type { ItemStore } from "./item-store.ts";
import type { Table } from "./state.ts";
import { describeTable } from "./table-description.ts";
import { CreateTableInput, encryptionKey, UpdateTableInput } from "./table-input.ts";
import { getTable, tableArn, tableResource } from "./table-lookup.ts";
import { throughputMissing, updatedTable } from "./table-update.ts";

/** The dependencies of the operations. */
export interface Resources {
  state: State;
  clock: Clock;
  /** Returns the store for the items of a region. */
  itemsOf(region: string): ItemStore;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
export function tableOperations({ state, clock, itemsOf }: Resources): Record<string, Operation> {
  const resource = tableResource(state);
  /** The IDs of the tables that an UpdateTable is changing. */
  const updating = new Set<string>();
  const findIdle = (region: string, name: string) => {
    const table = getTable(state, region, name);
    if (updating.has(table.TableId)) throw resourceInUse("Table is being updated", name);
    return table;
  };

  return {
    CreateTable: defineOperation({
      input: CreateTableInput,
      resource,
      async handle(input, { region }) {
        const { tables } = regionOf(state, region).dynamodb;
        const { TableName } = input;
        const table = newTable(input, tableArn(state, region, TableName), clock.now());
        if (Object.hasOwn(tables, TableName)) throw tableExists(TableName);
        try {
          await itemsOf(region).create(table);
        } catch (error) {
          // Another request has created the table since the check above.
          throw isNamed(error, "ResourceInUseException") ? tableExists(TableName) : error;
        }
        tables[TableName] = table;
        return { TableDescription: describeTable(table, "CREATING") };
      },
    }),

    DescribeTable: defineOperation({
      input: v.strictObject({ TableName: v.string() }),
      resource,
      handle: ({ TableName }, { region }) => ({
        Table: describeTable(getTable(state, region, TableName)),
      }),
    }),

    UpdateTable: defineOperation({
      input: UpdateTableInput,
      resource,
      async handle(input, { region }) {
        const table = findIdle(region, input.TableName);
        const now = clock.now();
        const changed = updatedTable(table, input, now);
        updating.add(table.TableId);
        try {
          if (hasOtherIndexes(table, changed)) await itemsOf(region).redefine(table, changed);
        } finally {
          updating.delete(table.TableId);
        }
        // Time to live, backups and tags can have changed since the request.
        const latest = updatedTable(table, input, now);
        regionOf(state, region).dynamodb.tables[table.TableName] = latest;
        return { TableDescription: describeTable(latest, "UPDATING") };
      },
    }),

    DeleteTable: defineOperation({
      input: v.strictObject({ TableName: v.string() }),
      resource,
      async handle({ TableName }, { region }) {
        const table = findIdle(region, TableName);
        if (table.DeletionProtectionEnabled)
          throw validationError(
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
          );
        delete regionOf(state, region).dynamodb.tables[table.TableName];
        await itemsOf(region).drop(table);
        return { TableDescription: describeTable(table, "DELETING") };
      },
    }),

    ListTables: defineOperation({
      input: v.strictObject({
        ExclusiveStartTableName: v.exactOptional(v.string()),
        Limit: v.exactOptional(v.pipe(v.number(), v.minValue(1), v.maxValue(100))),
      }),
      handle({ ExclusiveStartTableName: start, Limit = 100 }, { region }) {
        const names = Object.keys(regionOf(state, region).dynamodb.tables).toSorted();
        const rest = start === undefined ? names : names.filter((name) => name > start);
        const TableNames = rest.slice(0, Limit);
        const last = TableNames.at(-1);
        return { TableNames, ...(rest.length > Limit && { LastEvaluatedTableName: last }) };
      },
    }),
  };
}

function newTable(
  input: v.InferOutput<typeof CreateTableInput>,
  TableArn: string,
  now: number,
): Table {
  const { Tags = [], SSESpecification = {}, StreamSpecification: _, ...definition } = input;
  const { BillingMode = "PROVISIONED", DeletionProtectionEnabled = false } = input;
  const key = encryptionKey(SSESpecification, TableArn);
  const table = {
    ...definition,
    TableArn,
    TableId: randomUUID(),
    CreationDateTime: now / 1000,
    BillingMode,
    ...(BillingMode === "PAY_PER_REQUEST" && { LastUpdateToPayPerRequestDateTime: now / 1000 }),
    ...(key !== undefined && { KMSMasterKeyArn: key }),
    DeletionProtectionEnabled,
    tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
  };
  if (table.ProvisionedThroughput !== undefined) checkThroughput(table);
  return table;
}

/** Checks the throughput of indexes. dynalite checks that of the table. */
function checkThroughput({ BillingMode, GlobalSecondaryIndexes = [] }: Table): void {
  if (BillingMode === "PAY_PER_REQUEST") return;
  const missing = GlobalSecondaryIndexes.find((index) => index.ProvisionedThroughput === undefined);
  if (missing !== undefined) throw throughputMissing([missing.IndexName]);
}

const hasOtherIndexes = (table: Table, changed: Table): boolean =>
  JSON.stringify(indexKeys(table)) !== JSON.stringify(indexKeys(changed));

const indexKeys = ({ GlobalSecondaryIndexes = [] }: Table) =>
  GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => [
    IndexName,
    KeySchema,
    Projection,
  ]);
