export interface DynamoDbState {
  tables: Record<string, Table>;
}

/** A table without its items. Members with AWS's names are those of a `TableDescription`. */
export interface Table {
  TableName: string;
  TableArn: string;
  TableId: string;
  /** Seconds since the epoch. */
  CreationDateTime: number;
  AttributeDefinitions: AttributeDefinition[];
  KeySchema: KeySchemaElement[];
  LocalSecondaryIndexes?: SecondaryIndex[];
  GlobalSecondaryIndexes?: GlobalSecondaryIndex[];
  BillingMode: BillingMode;
  /** The time of the last change to `PAY_PER_REQUEST`, in seconds since the epoch. */
  LastUpdateToPayPerRequestDateTime?: number;
  /** Only with the billing mode `PROVISIONED`. */
  ProvisionedThroughput?: ProvisionedThroughput;
  OnDemandThroughput?: OnDemandThroughput;
  /** Only if a KMS key encrypts the table. */
  KMSMasterKeyArn?: string;
  TableClass?: string;
  DeletionProtectionEnabled: boolean;
  /** The attribute with the time at which an item expires, if time to live is enabled. */
  timeToLiveAttribute?: string;
  pointInTimeRecovery?: PointInTimeRecovery;
  tags: Record<string, string>;
}

export type BillingMode = "PROVISIONED" | "PAY_PER_REQUEST";

export interface AttributeDefinition {
  AttributeName: string;
  AttributeType: "S" | "N" | "B";
}

export interface KeySchemaElement {
  AttributeName: string;
  KeyType: "HASH" | "RANGE";
}

export interface SecondaryIndex {
  IndexName: string;
  KeySchema: KeySchemaElement[];
  Projection: { ProjectionType?: "ALL" | "KEYS_ONLY" | "INCLUDE"; NonKeyAttributes?: string[] };
}

export interface GlobalSecondaryIndex extends SecondaryIndex {
  ProvisionedThroughput?: ProvisionedThroughput;
  OnDemandThroughput?: OnDemandThroughput;
}

export interface ProvisionedThroughput {
  ReadCapacityUnits: number;
  WriteCapacityUnits: number;
}

export interface OnDemandThroughput {
  MaxReadRequestUnits?: number;
  MaxWriteRequestUnits?: number;
}

export interface PointInTimeRecovery {
  RecoveryPeriodInDays: number;
  /** Seconds since the epoch. */
  enabledTime: number;
}
