/** The parameters of `CreateTable` and `UpdateTable`. dynalite checks their combinations. */
import * as v from "valibot";
import { parseArn } from "../arn.ts";
import { notImplemented } from "../protocols/aws-error.ts";
import { only } from "../protocols/only.ts";

const name = v.pipe(v.string(), v.minLength(3), v.maxLength(255), v.regex(/^[a-zA-Z0-9_.-]+$/));
const units = v.pipe(v.number(), v.minValue(1));
const maximumUnits = v.pipe(v.number(), v.minValue(-1));

const KeySchema = v.pipe(
  v.array(v.strictObject({ AttributeName: v.string(), KeyType: v.picklist(["HASH", "RANGE"]) })),
  v.minLength(1),
  v.maxLength(2),
);

export const AttributeDefinitions = v.array(
  v.strictObject({ AttributeName: v.string(), AttributeType: v.picklist(["S", "N", "B"]) }),
);

export const ProvisionedThroughput = v.strictObject({
  ReadCapacityUnits: units,
  WriteCapacityUnits: units,
});

export const OnDemandThroughput = v.strictObject({
  MaxReadRequestUnits: v.exactOptional(maximumUnits),
  MaxWriteRequestUnits: v.exactOptional(maximumUnits),
});

const SecondaryIndex = v.strictObject({
  IndexName: name,
  KeySchema,
  Projection: v.strictObject({
    ProjectionType: v.exactOptional(v.picklist(["ALL", "KEYS_ONLY", "INCLUDE"])),
    NonKeyAttributes: v.exactOptional(v.pipe(v.array(v.string()), v.minLength(1))),
  }),
});

export const GlobalSecondaryIndex = v.strictObject({
  ...SecondaryIndex.entries,
  ProvisionedThroughput: v.exactOptional(ProvisionedThroughput),
  OnDemandThroughput: v.exactOptional(OnDemandThroughput),
});

const SSESpecification = v.strictObject({
  Enabled: v.exactOptional(v.boolean()),
  SSEType: v.exactOptional(v.picklist(["KMS"])),
  KMSMasterKeyId: v.exactOptional(v.string()),
});

/** Parameters that both operations have. */
const tableSettings = {
  BillingMode: v.exactOptional(v.picklist(["PROVISIONED", "PAY_PER_REQUEST"])),
  ProvisionedThroughput: v.exactOptional(ProvisionedThroughput),
  OnDemandThroughput: v.exactOptional(OnDemandThroughput),
  SSESpecification: v.exactOptional(SSESpecification),
  StreamSpecification: v.exactOptional(
    v.strictObject({ StreamEnabled: only("StreamSpecification.StreamEnabled", false) }),
  ),
  TableClass: v.exactOptional(v.picklist(["STANDARD", "STANDARD_INFREQUENT_ACCESS"])),
  DeletionProtectionEnabled: v.exactOptional(v.boolean()),
};

export const Tags = v.array(v.strictObject({ Key: v.string(), Value: v.string() }));

export const CreateTableInput = v.strictObject({
  TableName: name,
  AttributeDefinitions,
  KeySchema,
  ...tableSettings,
  LocalSecondaryIndexes: v.exactOptional(v.array(SecondaryIndex)),
  GlobalSecondaryIndexes: v.exactOptional(v.array(GlobalSecondaryIndex)),
  Tags: v.exactOptional(Tags),
});

export const UpdateTableInput = v.strictObject({
  TableName: v.string(),
  AttributeDefinitions: v.exactOptional(AttributeDefinitions),
  ...tableSettings,
  GlobalSecondaryIndexUpdates: v.exactOptional(
    v.array(
      v.strictObject({
        Create: v.exactOptional(GlobalSecondaryIndex),
        Delete: v.exactOptional(v.strictObject({ IndexName: name })),
        Update: v.exactOptional(
          v.strictObject({
            IndexName: name,
            ProvisionedThroughput: v.exactOptional(ProvisionedThroughput),
            OnDemandThroughput: v.exactOptional(OnDemandThroughput),
          }),
        ),
      }),
    ),
  ),
});

/**
 * Returns the ARN of the KMS key that encrypts a table, or undefined for DynamoDB's own key, which is not
 * shown.
 *
 * Our choice: the key `aws/dynamodb` does not exist, and has the same ID in every account.
 */
export function encryptionKey(
  { Enabled = false, KMSMasterKeyId }: v.InferOutput<typeof SSESpecification>,
  tableArn: string,
): string | undefined {
  if (!Enabled) return undefined;
  const { region, accountId } = parseArn(tableArn) ?? {};
  if (KMSMasterKeyId === undefined) return `arn:aws:kms:${region}:${accountId}:key/${DEFAULT_KEY}`;
  if (parseArn(KMSMasterKeyId)?.resource.startsWith("key/")) return KMSMasterKeyId;
  throw notImplemented(`a KMSMasterKeyId other than the ARN of a key (${KMSMasterKeyId})`);
}

const DEFAULT_KEY = "00000000-0000-4000-8000-000000000000";
