import type {
  GlobalSecondaryIndex,
  ProvisionedThroughput,
  SecondaryIndex,
  Table,
} from "./state.ts";

/**
 * Returns the `TableDescription` of a table.
 *
 * Our choice: a table and its indexes are active at once, their sizes are 0, and throughput decreases are
 * not counted.
 */
export function describeTable(table: Table, TableStatus = "ACTIVE"): Record<string, unknown> {
  const { TableName, TableArn, TableId, CreationDateTime, AttributeDefinitions, KeySchema } = table;
  const { BillingMode, LastUpdateToPayPerRequestDateTime: changed, OnDemandThroughput } = table;
  const { KMSMasterKeyArn, TableClass, DeletionProtectionEnabled } = table;
  return {
    TableName,
    TableArn,
    TableId,
    TableStatus,
    CreationDateTime,
    AttributeDefinitions,
    KeySchema,
    ...SIZE,
    ...throughputOf(table),
    ...(changed !== undefined && {
      BillingModeSummary: { BillingMode, LastUpdateToPayPerRequestDateTime: changed },
    }),
    LocalSecondaryIndexes: table.LocalSecondaryIndexes?.map((index) => describeIndex(table, index)),
    GlobalSecondaryIndexes: table.GlobalSecondaryIndexes?.map((index) => ({
      ...describeIndex(table, index),
      ...throughputOf(index),
      IndexStatus: "ACTIVE",
    })),
    OnDemandThroughput,
    ...(KMSMasterKeyArn && {
      SSEDescription: { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn },
    }),
    ...(TableClass && { TableClassSummary: { TableClass } }),
    DeletionProtectionEnabled,
  };
}

const SIZE = { ItemCount: 0, TableSizeBytes: 0 };

const describeIndex = ({ TableArn }: Table, index: SecondaryIndex | GlobalSecondaryIndex) => ({
  ...index,
  IndexArn: `${TableArn}/index/${index.IndexName}`,
  ItemCount: SIZE.ItemCount,
  IndexSizeBytes: SIZE.TableSizeBytes,
});

const throughputOf = (resource: { ProvisionedThroughput?: ProvisionedThroughput }) => ({
  ProvisionedThroughput: {
    NumberOfDecreasesToday: 0,
    ...(resource.ProvisionedThroughput ?? { ReadCapacityUnits: 0, WriteCapacityUnits: 0 }),
  },
});
