import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { simpleTable, startDynamoDb } from "./testing.ts";

/** A table with a range key and an index of each kind. */
const messages = {
  TableName: "messages",
  AttributeDefinitions: [
    { AttributeName: "room", AttributeType: "S" },
    { AttributeName: "time", AttributeType: "N" },
    { AttributeName: "sender", AttributeType: "S" },
  ],
  KeySchema: [
    { AttributeName: "room", KeyType: "HASH" },
    { AttributeName: "time", KeyType: "RANGE" },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: "by-sender-in-room",
      KeySchema: [
        { AttributeName: "room", KeyType: "HASH" },
        { AttributeName: "sender", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "by-sender",
      KeySchema: [{ AttributeName: "sender", KeyType: "HASH" }],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["text"] },
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
    },
  ],
  ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
} satisfies CreateTableCommandInput;

test("a table is described as it was created, with the ARNs of its region and account", async () => {
  await using started = await startDynamoDb({ accountId: "111122223333" });
  const client = started.connect({ region: "eu-west-1" });
  const TableArn = "arn:aws:dynamodb:eu-west-1:111122223333:table/messages";
  const { TableDescription } = await client.createTable({
    ...messages,
    SSESpecification: { Enabled: true },
    TableClass: "STANDARD_INFREQUENT_ACCESS",
    DeletionProtectionEnabled: true,
    Tags: [{ Key: "project", Value: "chat" }],
  });
  expect(TableDescription).toMatchObject({ TableStatus: "CREATING", TableArn });
  const { Table } = await client.describeTable({ TableName: TableArn });
  const throughput = (ReadCapacityUnits: number, WriteCapacityUnits: number) => ({
    ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits, NumberOfDecreasesToday: 0 },
  });
  expect(Table).toEqual({
    ...messages,
    ...throughput(3, 4),
    TableArn,
    TableId: expect.stringMatching(/^[\da-f-]{36}$/),
    TableStatus: "ACTIVE",
    CreationDateTime: expect.any(Date),
    ItemCount: 0,
    TableSizeBytes: 0,
    LocalSecondaryIndexes: [
      {
        ...messages.LocalSecondaryIndexes[0],
        IndexArn: `${TableArn}/index/by-sender-in-room`,
        IndexSizeBytes: 0,
        ItemCount: 0,
      },
    ],
    GlobalSecondaryIndexes: [
      {
        ...messages.GlobalSecondaryIndexes[0],
        ...throughput(1, 2),
        IndexArn: `${TableArn}/index/by-sender`,
        IndexStatus: "ACTIVE",
        IndexSizeBytes: 0,
        ItemCount: 0,
      },
    ],
    SSEDescription: {
      Status: "ENABLED",
      SSEType: "KMS",
      KMSMasterKeyArn: expect.stringMatching(/^arn:aws:kms:eu-west-1:111122223333:key\//),
    },
    TableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS" },
    DeletionProtectionEnabled: true,
  });
  const tags = await client.listTagsOfResource({ ResourceArn: TableArn });
  expect(tags.Tags).toEqual([{ Key: "project", Value: "chat" }]);
});

test("a table belongs to a region", async () => {
  await using started = await startDynamoDb();
  const other = started.connect({ region: "eu-west-1" });
  await started.client.createTable(simpleTable("jobs"));
  await expect(other.describeTable({ TableName: "jobs" })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Requested resource not found: Table: jobs not found",
  });
  await other.createTable(simpleTable("jobs"));
  await started.client.putItem({ TableName: "jobs", Item: { id: { S: "1" } } });
  expect(await other.scan({ TableName: "jobs" })).toMatchObject({ Count: 0 });
});

test("tables are listed in pages, and deleting a table deletes its items", async () => {
  await using started = await startDynamoDb();
  const { client } = started;
  for (const name of ["ccc", "aaa", "bbb"]) await client.createTable(simpleTable(name));
  const first = await client.listTables({ Limit: 2 });
  expect(first).toMatchObject({ TableNames: ["aaa", "bbb"], LastEvaluatedTableName: "bbb" });
  const second = await client.listTables({ ExclusiveStartTableName: "bbb" });
  expect(second.TableNames).toEqual(["ccc"]);
  expect(second.LastEvaluatedTableName).toBeUndefined();

  await client.putItem({ TableName: "aaa", Item: { id: { S: "1" } } });
  const { TableDescription } = await client.deleteTable({ TableName: "aaa" });
  expect(TableDescription).toMatchObject({ TableStatus: "DELETING" });
  expect((await client.listTables({})).TableNames).toEqual(["bbb", "ccc"]);
  await client.createTable(simpleTable("aaa"));
  expect(await client.scan({ TableName: "aaa" })).toMatchObject({ Count: 0 });
});

test("if two requests create a table at the same time, one fails", async () => {
  await using started = await startDynamoDb();
  const { client } = started;
  const creating = [1, 2].map(() => client.createTable(simpleTable("jobs")));
  const results = await Promise.allSettled(creating);
  const rejected = results.filter((result) => result.status === "rejected");
  expect(rejected).toHaveLength(1);
  expect(rejected[0]?.reason).toMatchObject({
    name: "ResourceInUseException",
    message: "Table already exists: jobs",
  });
});

test("a new index contains the items of the table, which keeps them when the index is deleted", async () => {
  await using started = await startDynamoDb();
  const { client } = started;
  const TableName = "jobs";
  await client.createTable(simpleTable(TableName));
  const items = Array.from({ length: 60 }, (_, index) => ({
    id: { S: String(index) },
    owner: { S: index < 7 ? "ada" : "grace" },
  }));
  for (const Item of items) await client.putItem({ TableName, Item });
  const { TableDescription } = await client.updateTable({
    TableName,
    AttributeDefinitions: [
      { AttributeName: "id", AttributeType: "S" },
      { AttributeName: "owner", AttributeType: "S" },
    ],
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName: "by-owner",
          KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
        },
      },
    ],
  });
  expect(TableDescription).toMatchObject({ TableStatus: "UPDATING" });
  const found = await client.query({
    TableName,
    IndexName: "by-owner",
    KeyConditionExpression: "#owner = :owner",
    ExpressionAttributeNames: { "#owner": "owner" },
    ExpressionAttributeValues: { ":owner": { S: "ada" } },
  });
  expect(found.Count).toBe(7);

  await client.updateTable({
    TableName,
    GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "by-owner" } }],
  });
  const { Table } = await client.describeTable({ TableName });
  expect(Table?.GlobalSecondaryIndexes).toBeUndefined();
  expect(Table?.AttributeDefinitions).toEqual([{ AttributeName: "id", AttributeType: "S" }]);
  expect(await client.scan({ TableName })).toMatchObject({ Count: 60 });
});

test("a setting that changes while an index is created is kept", async () => {
  await using started = await startDynamoDb();
  const { client } = started;
  const TableName = "messages";
  await client.createTable(simpleTable(TableName));
  for (let id = 0; id < 60; id += 1)
    await client.putItem({ TableName, Item: { id: { S: String(id) } } });
  const updated = client.updateTable({
    TableName,
    AttributeDefinitions: [{ AttributeName: "owner", AttributeType: "S" }],
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName: "by-owner",
          KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
        },
      },
    ],
  });
  await client.updateTimeToLive({
    TableName,
    TimeToLiveSpecification: { AttributeName: "expires", Enabled: true },
  });
  await updated;
  const { TimeToLiveDescription } = await client.describeTimeToLive({ TableName });
  expect(TimeToLiveDescription).toMatchObject({ TimeToLiveStatus: "ENABLED" });
});

test("an invalid index changes nothing", async () => {
  await using started = await startDynamoDb();
  const { client } = started;
  const TableName = "jobs";
  await client.createTable(simpleTable(TableName));
  await client.putItem({ TableName, Item: { id: { S: "1" }, time: { S: "noon" } } });
  const create = (AttributeType: "N" | "S", AttributeName: string) =>
    client.updateTable({
      TableName,
      AttributeDefinitions: [{ AttributeName: "time", AttributeType }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: "by-time",
            KeySchema: [{ AttributeName, KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          },
        },
      ],
    });
  await expect(create("S", "unknown")).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringContaining("Some index key attributes are not defined"),
  });
  await expect(create("N", "time")).rejects.toMatchObject({
    message: expect.stringContaining(
      "does not implement a new index that cannot contain all items",
    ),
    $metadata: { httpStatusCode: 501 },
  });
  const { Table } = await client.describeTable({ TableName });
  expect(Table?.GlobalSecondaryIndexes).toBeUndefined();
  expect(await client.scan({ TableName })).toMatchObject({ Count: 1 });
});

test("the billing mode and the throughput of a table can be changed", async () => {
  await using started = await startDynamoDb();
  const { client } = started;
  const { TableName } = messages;
  await client.createTable(messages);
  const same = { ReadCapacityUnits: 3, WriteCapacityUnits: 4 };
  await expect(
    client.updateTable({ TableName, ProvisionedThroughput: same }),
  ).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringContaining("The provisioned throughput for the table will not change."),
  });
  await client.updateTable({ TableName, BillingMode: "PAY_PER_REQUEST" });
  const onDemand = await client.describeTable({ TableName });
  expect(onDemand.Table).toMatchObject({
    BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
    ProvisionedThroughput: { ReadCapacityUnits: 0 },
    GlobalSecondaryIndexes: [{ ProvisionedThroughput: { ReadCapacityUnits: 0 } }],
  });
  const provisioned = {
    TableName,
    BillingMode: "PROVISIONED",
    ProvisionedThroughput: same,
  } as const;
  await expect(client.updateTable(provisioned)).rejects.toThrow(
    "ProvisionedThroughput must be specified for index: by-sender",
  );
  await client.updateTable({
    ...provisioned,
    GlobalSecondaryIndexUpdates: [
      { Update: { IndexName: "by-sender", ProvisionedThroughput: same } },
    ],
  });
  const { Table } = await client.describeTable({ TableName });
  expect(Table).toMatchObject({
    BillingModeSummary: { BillingMode: "PROVISIONED" },
    ProvisionedThroughput: same,
    GlobalSecondaryIndexes: [{ ProvisionedThroughput: same }],
  });
});

test("a protected table cannot be deleted", async () => {
  await using started = await startDynamoDb();
  const { client } = started;
  const TableName = "jobs";
  await client.createTable({ ...simpleTable(TableName), DeletionProtectionEnabled: true });
  await expect(client.deleteTable({ TableName })).rejects.toMatchObject({
    name: "ValidationException",
  });
  await client.updateTable({ TableName, DeletionProtectionEnabled: false });
  await client.deleteTable({ TableName });
  expect((await client.listTables({})).TableNames).toEqual([]);
});

test("time to live and point-in-time recovery can be turned on and off", async () => {
  await using started = await startDynamoDb();
  const { client } = started;
  const TableName = "jobs";
  await client.createTable(simpleTable(TableName));
  const timeToLive = async () =>
    (await client.describeTimeToLive({ TableName })).TimeToLiveDescription;
  const set = (Enabled: boolean, AttributeName = "expires") =>
    client.updateTimeToLive({
      TableName,
      TimeToLiveSpecification: { AttributeName, Enabled },
    });
  expect(await timeToLive()).toEqual({ TimeToLiveStatus: "DISABLED" });
  await set(true);
  expect(await timeToLive()).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "expires" });
  await expect(set(true)).rejects.toThrow("TimeToLive is already enabled");
  for (const enabled of [true, false])
    await expect(set(enabled, "other")).rejects.toThrow(
      "TimeToLive is active on a different AttributeName: current AttributeName is expires",
    );
  await set(false);
  expect(await timeToLive()).toEqual({ TimeToLiveStatus: "DISABLED" });

  const recovery = async () =>
    (await client.describeContinuousBackups({ TableName })).ContinuousBackupsDescription
      ?.PointInTimeRecoveryDescription;
  const update = (PointInTimeRecoveryEnabled: boolean) =>
    client.updateContinuousBackups({
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled },
    });
  expect(await recovery()).toEqual({ PointInTimeRecoveryStatus: "DISABLED" });
  await update(true);
  expect(await recovery()).toEqual({
    PointInTimeRecoveryStatus: "ENABLED",
    RecoveryPeriodInDays: 35,
    EarliestRestorableDateTime: expect.any(Date),
    LatestRestorableDateTime: expect.any(Date),
  });
  await update(false);
  expect(await recovery()).toEqual({ PointInTimeRecoveryStatus: "DISABLED" });
  await expect(client.describeContinuousBackups({ TableName: "none" })).rejects.toMatchObject({
    name: "TableNotFoundException",
  });
});

test("a snapshot contains tables without their items", async () => {
  await using first = await startDynamoDb();
  await first.client.createTable(messages);
  await first.client.putItem({
    TableName: "messages",
    Item: { room: { S: "a" }, time: { N: "1" } },
  });
  const snapshot = first.aws.snapshot();
  await using second = await startDynamoDb({ snapshot });
  const { Table } = await second.client.describeTable({ TableName: "messages" });
  expect(Table).toMatchObject({ KeySchema: messages.KeySchema, TableStatus: "ACTIVE" });
  expect(await second.client.scan({ TableName: "messages" })).toMatchObject({ Count: 0 });
  expect(second.aws.snapshot()).toBe(snapshot);

  await using third = await startDynamoDb();
  await third.client.createTable(messages);
  expect(third.aws.snapshot()).toBe(snapshot);
});
