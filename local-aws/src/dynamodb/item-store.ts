import { AwsError, notImplemented } from "../protocols/aws-error.ts";
import { type Dynalite, startDynalite } from "./dynalite.ts";
import { isNamed } from "./dynamodb-errors.ts";
import type { Table } from "./state.ts";

/** The items of the tables of one region. */
export interface ItemStore {
  /** @throws {AwsError} 400 if the definition of the table is not valid. */
  create(table: Table): Promise<void>;
  /**
   * Changes the indexes of a table and keeps its items. Other operations wait.
   * @throws {AwsError} 400 if the new definition is not valid. The table is then unchanged.
   */
  redefine(table: Table, changed: Table): Promise<void>;
  drop(table: Table): Promise<void>;
  /** Runs an operation on items of tables, as in DynamoDB's API. */
  run(tables: readonly Table[], operation: string, input: object): Promise<Output>;
}

type Output = Record<string, unknown>;

/**
 * Creates a store, which loads dynalite for its first table. It does not keep the definitions of tables:
 * a table from a snapshot is created without items at the first operation on it.
 */
export function createItemStore(): ItemStore {
  let started: Promise<Dynalite> | undefined;
  const dynalite: Dynalite = async (operation, input) =>
    (await (started ??= startDynalite()))(operation, input);
  /** The IDs of the tables that exist in dynalite. */
  const created = new Set<string>();
  const { share, exclude } = createGate();

  const create = async (table: Table) => {
    await createTable(dynalite, table);
    created.add(table.TableId);
  };
  const createMissing = async (table: Table) => {
    if (!created.has(table.TableId)) await create(table);
  };
  return {
    create: (table) => exclude(() => create(table)),
    redefine: (table, changed) =>
      exclude(async () => {
        await createMissing(table);
        const items = await itemsOf(dynalite, table);
        try {
          await recreate(dynalite, changed, items);
        } catch (error) {
          await recreate(dynalite, table, items);
          throw error;
        }
      }),
    drop: (table) =>
      exclude(async () => {
        if (created.delete(table.TableId)) await deleteTable(dynalite, table);
      }),
    async run(tables, operation, input) {
      for (const table of tables)
        if (!created.has(table.TableId)) await exclude(() => createMissing(table));
      return await share(() => dynalite(operation, input));
    },
  };
}

/** Creates a gate that runs tasks concurrently, except for those that need to run alone. */
function createGate() {
  let exclusive: Promise<unknown> = Promise.resolve();
  const shared = new Set<Promise<unknown>>();
  return {
    async share<Result>(task: () => Promise<Result>): Promise<Result> {
      // Tasks that wait for the same task start in the order of their calls. The next exclusive task
      // therefore finds this one in `shared`.
      await exclusive;
      const running = task();
      shared.add(running);
      try {
        return await running;
      } finally {
        shared.delete(running);
      }
    },
    async exclude<Result>(task: () => Promise<Result>): Promise<Result> {
      const previous = exclusive;
      const running = (async () => {
        await previous;
        await Promise.allSettled(shared);
        return await task();
      })();
      exclusive = running.catch(() => undefined);
      return await running;
    },
  };
}

/** Creates a table and waits until it is active. */
async function createTable(dynalite: Dynalite, table: Table): Promise<void> {
  const { TableName, AttributeDefinitions, KeySchema, BillingMode, ProvisionedThroughput } = table;
  const { LocalSecondaryIndexes, GlobalSecondaryIndexes } = table;
  await dynalite("CreateTable", {
    TableName,
    AttributeDefinitions,
    KeySchema,
    BillingMode,
    ProvisionedThroughput,
    LocalSecondaryIndexes,
    GlobalSecondaryIndexes,
  });
  while ((await statusOf(dynalite, table)) !== "ACTIVE");
}

/** Deletes a table and waits until it no longer exists. */
async function deleteTable(dynalite: Dynalite, table: Table): Promise<void> {
  await dynalite("DeleteTable", { TableName: table.TableName });
  while ((await statusOf(dynalite, table)) !== undefined);
}

/** Returns the status of a table, or undefined if it does not exist. */
async function statusOf(dynalite: Dynalite, { TableName }: Table): Promise<unknown> {
  try {
    const { Table: description } = await dynalite("DescribeTable", { TableName });
    return Reflect.get(Object(description), "TableStatus");
  } catch (error) {
    if (isNamed(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
}

async function itemsOf(dynalite: Dynalite, { TableName }: Table): Promise<unknown[]> {
  const items: unknown[] = [];
  let ExclusiveStartKey: unknown;
  do {
    const page = await dynalite("Scan", { TableName, ExclusiveStartKey });
    if (Array.isArray(page["Items"])) items.push(...page["Items"]);
    ExclusiveStartKey = page["LastEvaluatedKey"];
  } while (ExclusiveStartKey !== undefined);
  return items;
}

/**
 * Replaces a table, if it exists, with one that has these items. dynalite cannot change the indexes of a
 * table.
 */
async function recreate(
  dynalite: Dynalite,
  table: Table,
  items: readonly unknown[],
): Promise<void> {
  if ((await statusOf(dynalite, table)) !== undefined) await deleteTable(dynalite, table);
  await createTable(dynalite, table);
  for (const Item of items) await putBack(dynalite, table, Item);
}

async function putBack(dynalite: Dynalite, { TableName }: Table, Item: unknown): Promise<void> {
  try {
    await dynalite("PutItem", { TableName, Item });
  } catch (error) {
    // On AWS, the new index does not contain such an item.
    if (error instanceof AwsError)
      throw notImplemented(`a new index that cannot contain all items: ${error.message}`);
    throw error;
  }
}
