import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { expect } from "vitest";
import { type Account, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { snapshots } from "./sources.ts";

const definition = (
  more: Partial<CreateTableCommandInput> = {},
  TableName = uniqueName("table"),
) => ({
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" as const }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" as const }],
  ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
  ...more,
  TableName,
});

/** Creates a table. Returns its name. */
async function createTable({ dynamodb: client }: Account): Promise<string> {
  const input = definition();
  await client.createTable(input);
  return input.TableName;
}

const source = snapshots.dynamodb;

/** Tables and their items. */
export const dynamodb: Behavior[] = [
  {
    behavior: "CreateTable returns the description of the table",
    basis: "snapshot",
    source,
    check: async ({ account: { dynamodb: client, id, region } }) => {
      const input = definition();
      const { TableDescription } = await client.createTable(input);
      expect(TableDescription).toEqual({
        ...input,
        CreationDateTime: expect.any(Date),
        DeletionProtectionEnabled: false,
        ItemCount: 0,
        ProvisionedThroughput: { ...input.ProvisionedThroughput, NumberOfDecreasesToday: 0 },
        TableArn: `arn:aws:dynamodb:${region}:${id}:table/${input.TableName}`,
        TableId: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
        TableSizeBytes: 0,
        TableStatus: expect.any(String),
      });
    },
  },
  {
    behavior: "a table of a name that exists is refused",
    basis: "snapshot",
    source,
    check: async ({ account }) => {
      const TableName = await createTable(account);
      const refused = account.dynamodb.createTable(definition({}, TableName));
      expect(await refusalOf(refused)).toEqual({
        name: "ResourceInUseException",
        message: `Table already exists: ${TableName}`,
        status: 400,
      });
    },
  },
  {
    behavior: "an on-demand table with a provisioned throughput is refused",
    basis: "snapshot",
    source,
    check: async ({ account: { dynamodb: client } }) => {
      const refused = client.createTable(definition({ BillingMode: "PAY_PER_REQUEST" }));
      expect(await refusalOf(refused)).toMatchObject({
        name: "ValidationException",
        message:
          "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      });
    },
  },
  {
    behavior: "encryption without a key is encryption with a key of KMS",
    basis: "snapshot",
    source,
    check: async ({ account: { dynamodb: client, id, region } }) => {
      const input = definition({ SSESpecification: { Enabled: true } });
      const { TableDescription } = await client.createTable(input);
      expect(TableDescription?.SSEDescription).toEqual({
        KMSMasterKeyArn: expect.stringContaining(`arn:aws:kms:${region}:${id}:key/`),
        SSEType: "KMS",
        Status: "ENABLED",
      });
    },
  },
  {
    behavior: "point-in-time recovery is enabled at once, with the times to restore",
    basis: "snapshot",
    source,
    check: async ({ account }) => {
      const TableName = await createTable(account);
      const description = {
        ContinuousBackupsStatus: "ENABLED",
        PointInTimeRecoveryDescription: {
          EarliestRestorableDateTime: expect.any(Date),
          LatestRestorableDateTime: expect.any(Date),
          PointInTimeRecoveryStatus: "ENABLED",
        },
      };
      const updated = await account.dynamodb.updateContinuousBackups({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
      expect(updated.ContinuousBackupsDescription).toMatchObject(description);
      const described = await account.dynamodb.describeContinuousBackups({ TableName });
      expect(described.ContinuousBackupsDescription).toMatchObject(description);
    },
  },
  {
    behavior: "PutItem returns the item that it replaces, if there is one and it is asked to",
    basis: "snapshot",
    source,
    check: async ({ account }) => {
      const TableName = await createTable(account);
      const Item = { id: { S: "id1" }, data: { S: "foobar" } };
      const put = async (ReturnValues: "ALL_OLD" | "NONE") =>
        (await account.dynamodb.putItem({ TableName, Item, ReturnValues })).Attributes;
      expect(await put("ALL_OLD")).toBeUndefined();
      expect(await put("ALL_OLD")).toEqual(Item);
      expect(await put("NONE")).toBeUndefined();
    },
  },
  {
    behavior: "a failed condition returns the item, if it is asked to",
    basis: "snapshot",
    source,
    check: async ({ account }) => {
      const TableName = await createTable(account);
      const Item = { id: { S: "456" }, price: { N: "650" } };
      await account.dynamodb.putItem({ TableName, Item });
      const refused = account.dynamodb.deleteItem({
        TableName,
        Key: { id: { S: "456" } },
        ConditionExpression: "price < :price",
        ExpressionAttributeValues: { ":price": { N: "500" } },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      });
      await expect(refused).rejects.toMatchObject({
        name: "ConditionalCheckFailedException",
        message: "The conditional request failed",
        Item,
      });
    },
  },
  {
    behavior: "a batch with an item that has another key is refused",
    basis: "snapshot",
    source,
    check: async ({ account }) => {
      const TableName = await createTable(account);
      const refused = account.dynamodb.batchWriteItem({
        RequestItems: { [TableName]: [{ PutRequest: { Item: { nonKey: { S: "hello" } } } }] },
      });
      expect(await refusalOf(refused)).toEqual({
        name: "ValidationException",
        message: "The provided key element does not match the schema",
        status: 400,
      });
    },
  },
  {
    behavior: "a batch on a table that does not exist is refused",
    basis: "snapshot",
    source,
    check: async ({ account: { dynamodb: client } }) => {
      const refused = client.batchWriteItem({
        RequestItems: { "no-such-table": [{ PutRequest: { Item: { id: { S: "a" } } } }] },
      });
      expect(await refusalOf(refused)).toEqual({
        name: "ResourceNotFoundException",
        message: "Requested resource not found",
        status: 400,
      });
    },
  },
  {
    behavior: "BatchGetItem lists a table without the requested items",
    basis: "snapshot",
    source,
    check: async ({ account }) => {
      const TableName = await createTable(account);
      const { Responses, UnprocessedKeys } = await account.dynamodb.batchGetItem({
        RequestItems: { [TableName]: { Keys: [{ id: { S: "test-key" } }] } },
      });
      expect(Responses).toEqual({ [TableName]: [] });
      expect(UnprocessedKeys).toEqual({});
    },
  },
];
