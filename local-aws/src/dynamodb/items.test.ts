import { crc32 } from "node:zlib";
import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { permissiveIam } from "../iam/testing.ts";
import { systemClock } from "../clock.ts";
import { callJson } from "../protocols/testing.ts";
import { emptyState } from "../state.ts";
import { createDynamoDb } from "./index.ts";
import { simpleTable, startDynamoDb } from "./testing.ts";

const started = await startDynamoDb();
afterAll(() => started[Symbol.asyncDispose]());
const { client } = started;

let TableName: string;
let count = 0;
beforeEach(async () => {
  TableName = `table-${(count += 1)}`;
  await client.createTable(simpleTable(TableName));
});

const put = (id: string, item: object = {}, more: object = {}) =>
  client.putItem({ TableName, Item: { id: { S: id }, ...item }, ...more });
const get = async (id: string) =>
  (await client.getItem({ TableName, Key: { id: { S: id } } })).Item;

test("items can be written, changed, read and deleted", async () => {
  await put("1", { count: { N: "1" } });
  const updated = await client.updateItem({
    TableName,
    Key: { id: { S: "1" } },
    UpdateExpression: "ADD #count :one",
    ExpressionAttributeNames: { "#count": "count" },
    ExpressionAttributeValues: { ":one": { N: "1" } },
    ReturnValues: "UPDATED_NEW",
  });
  expect(updated.Attributes).toEqual({ count: { N: "2" } });
  expect(await get("1")).toEqual({ id: { S: "1" }, count: { N: "2" } });
  const scan = await client.scan({ TableName, ConsistentRead: true });
  expect(scan.Items).toEqual([{ id: { S: "1" }, count: { N: "2" } }]);
  await client.deleteItem({ TableName, Key: { id: { S: "1" } } });
  expect(await get("1")).toBeUndefined();
});

test("a request can name its table by the ARN", async () => {
  const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`;
  await client.putItem({ TableName: arn, Item: { id: { S: "1" } } });
  expect(await get("1")).toEqual({ id: { S: "1" } });
  const elsewhere = arn.replace("us-east-1", "eu-west-1");
  await expect(client.scan({ TableName: elsewhere })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

test("a batch reads and writes several tables", async () => {
  const other = `${TableName}-other`;
  await client.createTable(simpleTable(other));
  const written = await client.batchWriteItem({
    RequestItems: {
      [TableName]: [{ PutRequest: { Item: { id: { S: "1" } } } }],
      [other]: [{ PutRequest: { Item: { id: { S: "2" } } } }],
    },
  });
  expect(written.UnprocessedItems).toEqual({});
  const Keys = ["1", "2"].map((id) => ({ id: { S: id } }));
  const read = await client.batchGetItem({
    RequestItems: { [TableName]: { Keys }, [other]: { Keys } },
  });
  expect(read.Responses).toEqual({
    [TableName]: [{ id: { S: "1" } }],
    [other]: [{ id: { S: "2" } }],
  });
});

test.for<[string, (client: DynamoDB) => Promise<unknown>]>([
  ["TransactWriteItems", (client) => client.transactWriteItems({ TransactItems: [] })],
  ["TransactGetItems", (client) => client.transactGetItems({ TransactItems: [] })],
  ["ExecuteStatement", (client) => client.executeStatement({ Statement: "SELECT * FROM x" })],
  [
    "CreateGlobalTable",
    (client) => client.createGlobalTable({ GlobalTableName: "x", ReplicationGroup: [] }),
  ],
  [
    "RestoreTableToPointInTime",
    (client) => client.restoreTableToPointInTime({ TargetTableName: "x" }),
  ],
])("%s is refused with its name in the error", async ([operation, call]) => {
  await expect(call(client)).rejects.toMatchObject({
    message: `The local AWS does not implement dynamodb:${operation}.`,
    $metadata: { httpStatusCode: 501 },
  });
});

test.for<[string, (client: DynamoDB) => Promise<unknown>]>([
  [
    "StreamSpecification.StreamEnabled true",
    (client) =>
      client.createTable({
        ...simpleTable("streaming"),
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
      }),
  ],
  [
    'ReturnItemCollectionMetrics "SIZE"',
    (client) =>
      client.putItem({
        TableName: "x",
        Item: { id: { S: "1" } },
        ReturnItemCollectionMetrics: "SIZE",
      }),
  ],
  [
    "the parameter ReplicaUpdates of dynamodb:UpdateTable",
    (client) => client.updateTable({ TableName: "x", ReplicaUpdates: [] }),
  ],
])("%s is refused with its name in the error", async ([parameter, call]) => {
  await expect(call(client)).rejects.toMatchObject({
    message: expect.stringContaining(parameter),
    $metadata: { httpStatusCode: 501 },
  });
});

test("a caller with an unknown access key is refused with 400", async () => {
  const unknown = started.connect({
    credentials: { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "test" },
  });
  await expect(unknown.listTables({})).rejects.toMatchObject({
    name: "UnrecognizedClientException",
    $metadata: { httpStatusCode: 400 },
  });
});

describe("requests that no SDK sends", () => {
  const { service } = createDynamoDb({
    state: emptyState(),
    clock: systemClock,
    iam: permissiveIam,
  });
  const call = (operation: string, input: unknown) =>
    callJson(service, `DynamoDB_20120810.${operation}`, input);

  test("a null in a list is removed", async () => {
    await call("CreateTable", simpleTable("jobs"));
    const Item = { id: { S: "1" }, list: { L: [null, { S: "a" }, null] }, nothing: null };
    expect(await call("PutItem", { TableName: "jobs", Item })).toMatchObject({ status: 200 });
    const { output } = await call("Scan", { TableName: "jobs" });
    expect(output).toMatchObject({ Items: [{ id: { S: "1" }, list: { L: [{ S: "a" }] } }] });
  });

  test.for<unknown>([
    { TableName: "jobs", Item: "x" },
    { TableName: "jobs", Item: { id: { S: {} } } },
    { TableName: "jobs", Item: { id: { S: "1" }, n: { N: "one" } } },
    { TableName: "jobs", Item: { id: { S: "1" }, b: { B: "%" } } },
    { TableName: 1 },
    {},
  ])("%j is refused with 400", async (input) => {
    const { status, output } = await call("PutItem", input);
    expect(status).toBe(400);
    expect(output).toHaveProperty(
      "__type",
      expect.stringMatching(/(Serialization|Validation)Exception$/),
    );
  });

  test("a response has the checksum of its body", async () => {
    const { headers, output } = await call("ListTables", {});
    expect(headers["x-amz-crc32"]).toBe(String(crc32(JSON.stringify(output))));
  });
});
