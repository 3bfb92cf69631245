import type * as v from "valibot";
import type { AwsError } from "../protocols/aws-error.ts";
import { dynamoDbError, resourceNotFound, validationError } from "./dynamodb-errors.ts";
import type { GlobalSecondaryIndex, ProvisionedThroughput, Table } from "./state.ts";
import { encryptionKey, type UpdateTableInput } from "./table-input.ts";

type Update = v.InferOutput<typeof UpdateTableInput>;
type IndexUpdate = NonNullable<Update["GlobalSecondaryIndexUpdates"]>[number];

/**
 * Returns the table after an `UpdateTable`.
 * @throws {AwsError} 400
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
 */
export function updatedTable(table: Table, update: Update, now: number): Table {
  const { TableName: _, AttributeDefinitions = [], GlobalSecondaryIndexUpdates = [] } = update;
  const { SSESpecification, TableClass, DeletionProtectionEnabled, OnDemandThroughput } = update;
  checkParameters(update);
  const { KMSMasterKeyArn: oldKey, ...rest } = table;
  const key =
    SSESpecification === undefined ? oldKey : encryptionKey(SSESpecification, table.TableArn);
  const indexes = updatedIndexes(table, GlobalSecondaryIndexUpdates);
  const changed: Table = withBillingMode(
    {
      ...rest,
      ...(TableClass !== undefined && { TableClass }),
      ...(DeletionProtectionEnabled !== undefined && { DeletionProtectionEnabled }),
      ...(OnDemandThroughput !== undefined && { OnDemandThroughput }),
      ...(key !== undefined && { KMSMasterKeyArn: key }),
    },
    indexes,
    update,
    now,
  );
  return { ...changed, AttributeDefinitions: usedAttributes(changed, AttributeDefinitions) };
}

function checkParameters(update: Update): void {
  const { TableName: _, AttributeDefinitions: __, ...changes } = update;
  if (Object.keys(changes).length === 0)
    throw validationError(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
    );
  if (update.BillingMode === "PROVISIONED" && update.ProvisionedThroughput === undefined)
    throw invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  const { GlobalSecondaryIndexUpdates: indexes = [] } = update;
  if (indexes.filter((each) => each.Create ?? each.Delete).length > 1)
    throw dynamoDbError(
      "LimitExceededException",
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
}

function updatedIndexes(
  { GlobalSecondaryIndexes = [] }: Table,
  updates: readonly IndexUpdate[],
): GlobalSecondaryIndex[] {
  return updates.reduce<GlobalSecondaryIndex[]>((indexes, { Create, Delete, Update }) => {
    const named = (name: string | undefined) => {
      const index = indexes.find(({ IndexName }) => IndexName === name);
      if (index === undefined) throw resourceNotFound();
      return index;
    };
    if (Create !== undefined) {
      if (indexes.some(({ IndexName }) => IndexName === Create.IndexName))
        throw invalid("Attempting to create an index which already exists");
      return [...indexes, Create];
    }
    if (Delete !== undefined) {
      const deleted = named(Delete.IndexName);
      return indexes.filter((index) => index !== deleted);
    }
    if (Update === undefined)
      throw invalid(
        "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null",
      );
    const old = named(Update.IndexName);
    checkChange("index", old.ProvisionedThroughput, Update.ProvisionedThroughput);
    return indexes.map((index) => (index === old ? { ...old, ...Update } : index));
  }, GlobalSecondaryIndexes);
}

/** Returns a table with the billing mode and the throughput of an update, also in its indexes. */
function withBillingMode(
  table: Table,
  indexes: readonly GlobalSecondaryIndex[],
  update: Update,
  now: number,
): Table {
  const { BillingMode = table.BillingMode } = update;
  const { ProvisionedThroughput: old, GlobalSecondaryIndexes: _, ...rest } = table;
  const throughput = update.ProvisionedThroughput ?? old;
  if (BillingMode === "PAY_PER_REQUEST") {
    if (update.ProvisionedThroughput !== undefined)
      throw invalid(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      );
    const changes = table.BillingMode !== BillingMode;
    return {
      ...rest,
      BillingMode,
      ...(changes && { LastUpdateToPayPerRequestDateTime: now / 1000 }),
      ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes.map(withoutThroughput) }),
    };
  }
  const missing = indexes.filter((index) => index.ProvisionedThroughput === undefined);
  if (missing.length > 0) throw throughputMissing(missing.map(({ IndexName }) => IndexName));
  checkChange("table", old, update.ProvisionedThroughput);
  return {
    ...rest,
    BillingMode,
    ...(throughput !== undefined && { ProvisionedThroughput: throughput }),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: [...indexes] }),
  };
}

function withoutThroughput(index: GlobalSecondaryIndex): GlobalSecondaryIndex {
  const { ProvisionedThroughput: _, ...rest } = index;
  return rest;
}

/**
 * Checks that an update changes the throughput of the table or index.
 * @throws {AwsError} 400 if the throughput is the current one.
 */
function checkChange(
  resource: "table" | "index",
  current: ProvisionedThroughput | undefined,
  requested: ProvisionedThroughput | undefined,
): void {
  if (current === undefined || requested === undefined) return;
  const { ReadCapacityUnits: reads, WriteCapacityUnits: writes } = requested;
  if (current.ReadCapacityUnits !== reads || current.WriteCapacityUnits !== writes) return;
  throw validationError(
    `The provisioned throughput for the ${resource} will not change. The requested value equals the current value. ` +
      `Current ReadCapacityUnits provisioned for the ${resource}: ${reads}. Requested ReadCapacityUnits: ${reads}. ` +
      `Current WriteCapacityUnits provisioned for the ${resource}: ${writes}. Requested WriteCapacityUnits: ${writes}. ` +
      "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
  );
}

/** Returns the attributes that keys use, from those of the table and those in the request. */
function usedAttributes(table: Table, defined: Table["AttributeDefinitions"]) {
  const indexes = [...(table.LocalSecondaryIndexes ?? []), ...(table.GlobalSecondaryIndexes ?? [])];
  const used = [table, ...indexes].flatMap(({ KeySchema }) =>
    KeySchema.map(({ AttributeName }) => AttributeName),
  );
  const names = table.AttributeDefinitions.map(({ AttributeName }) => AttributeName);
  const added = defined.filter(({ AttributeName }) => !names.includes(AttributeName));
  return [...table.AttributeDefinitions, ...added].filter(({ AttributeName }) =>
    used.includes(AttributeName),
  );
}

const invalid = (message: string): AwsError =>
  validationError(`One or more parameter values were invalid: ${message}`);

export const throughputMissing = (indexNames: readonly string[]): AwsError =>
  invalid(`ProvisionedThroughput must be specified for index: ${indexNames.join(",")}`);
