import * as v from "valibot";
import { AwsError, notImplemented } from "../protocols/aws-error.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { only } from "../protocols/only.ts";
import { isNamed, resourceNotFound } from "./dynamodb-errors.ts";
import type { ItemStore } from "./item-store.ts";
import type { Table } from "./state.ts";
import { arnOf, tableIn } from "./table-lookup.ts";
import type { Resources } from "./tables.ts";

/** A parameter that dynalite validates. */
const checkedLater = v.exactOptional(v.unknown());

const names = (...parameters: string[]) =>
  Object.fromEntries(parameters.map((name) => [name, checkedLater]));

const expressions = names(
  "ReturnConsumedCapacity",
  "ExpressionAttributeNames",
  "ExpressionAttributeValues",
);
const ReturnItemCollectionMetrics = v.exactOptional(only("ReturnItemCollectionMetrics", "NONE"));

const reading = {
  ...expressions,
  ...names("AttributesToGet", "ConsistentRead", "ProjectionExpression"),
};
const searching = {
  ...reading,
  ...names("IndexName", "Limit", "Select", "ExclusiveStartKey", "FilterExpression"),
  ...names("ConditionalOperator"),
};
const writing = {
  ...expressions,
  ...names("ConditionExpression", "ConditionalOperator", "Expected", "ReturnValues"),
  ReturnValuesOnConditionCheckFailure: v.exactOptional(v.picklist(["ALL_OLD", "NONE"])),
  ReturnItemCollectionMetrics,
};

/** The parameters of operations on one table, next to `TableName`. */
const PARAMETERS = {
  GetItem: { ...reading, ...names("Key") },
  PutItem: { ...writing, ...names("Item") },
  UpdateItem: { ...writing, ...names("Key", "AttributeUpdates", "UpdateExpression") },
  DeleteItem: { ...writing, ...names("Key") },
  Query: {
    ...searching,
    ...names("KeyConditionExpression", "KeyConditions", "QueryFilter", "ScanIndexForward"),
  },
  Scan: { ...searching, ...names("ScanFilter", "Segment", "TotalSegments") },
};

/** The parameters of operations on several tables, next to `RequestItems`. */
const BATCH_PARAMETERS = {
  BatchGetItem: names("ReturnConsumedCapacity"),
  BatchWriteItem: { ...names("ReturnConsumedCapacity"), ReturnItemCollectionMetrics },
};

/** Returns the operations on items, which dynalite runs. */
export function itemOperations(resources: Resources): Record<string, Operation> {
  return Object.fromEntries([
    ...Object.entries(PARAMETERS).map(([name, parameters]) => [
      name,
      tableOperation(resources, name, parameters),
    ]),
    ...Object.entries(BATCH_PARAMETERS).map(([name, parameters]) => [
      name,
      batchOperation(resources, name, parameters),
    ]),
  ]);
}

/** The parameters that this file reads. */
interface ItemInput {
  TableName: string;
  IndexName?: unknown;
  Item?: unknown;
  Key?: unknown;
  ReturnValuesOnConditionCheckFailure?: unknown;
}

function tableOperation(
  { state, itemsOf }: Resources,
  name: string,
  parameters: v.ObjectEntries,
): Operation {
  return defineOperation({
    input: v.strictObject({ ...parameters, TableName: v.string() }),
    resource({ TableName, IndexName }: ItemInput, { region }) {
      const arn = arnOf(state, region, TableName);
      return typeof IndexName === "string" ? `${arn}/index/${IndexName}` : arn;
    },
    async handle(parsed: ItemInput, { region }) {
      const { TableName, ReturnValuesOnConditionCheckFailure: failure, ...input } = parsed;
      const table = tableIn(state, region, TableName);
      if (table === undefined) throw resourceNotFound();
      const items = itemsOf(region);
      try {
        return await items.run([table], name, { ...input, TableName: table.TableName });
      } catch (error) {
        if (failure !== "ALL_OLD" || !isNamed(error, "ConditionalCheckFailedException"))
          throw error;
        const { status, code, message } = error;
        throw new AwsError(status, code, message, await itemOf(items, table, input));
      }
    },
  });
}

/**
 * Returns the item of a write whose condition failed, as a member of the response.
 *
 * Our choice: the item is read after the check of the condition, so it can contain a later write.
 */
async function itemOf(
  items: ItemStore,
  table: Table,
  { Key: key, Item: written }: Pick<ItemInput, "Key" | "Item">,
) {
  const { TableName, KeySchema } = table;
  const given = Object(key ?? written);
  const Key = Object.fromEntries(
    KeySchema.map(({ AttributeName: name }) => [name, Reflect.get(given, name)]),
  );
  const { Item } = await items.run([table], "GetItem", { TableName, Key });
  return Item === undefined ? {} : { Item };
}

function batchOperation(
  { state, itemsOf }: Resources,
  name: string,
  parameters: v.ObjectEntries,
): Operation {
  return defineOperation({
    input: v.strictObject({ ...parameters, RequestItems: v.record(v.string(), v.unknown()) }),
    resource: ({ RequestItems }, { region }) =>
      Object.keys(RequestItems).map((table) => arnOf(state, region, table)),
    async handle({ RequestItems, ...input }, { region }) {
      const tables = Object.keys(RequestItems).map((table) => {
        if (table.startsWith("arn:")) throw notImplemented(`ARNs of tables in ${name}`);
        const found = tableIn(state, region, table);
        if (found === undefined) throw resourceNotFound();
        return found;
      });
      return await itemsOf(region).run(tables, name, { ...input, RequestItems });
    },
  });
}
