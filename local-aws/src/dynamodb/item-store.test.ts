import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createItemStore } from "./item-store.ts";
import type { Table } from "./state.ts";

const table: Table = {
  TableName: "jobs",
  TableArn: "arn:aws:dynamodb:us-east-1:000000000000:table/jobs",
  TableId: "00000000-0000-4000-8000-000000000000",
  CreationDateTime: 0,
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
  DeletionProtectionEnabled: false,
  tags: {},
};

const indexed: Table = {
  ...table,
  AttributeDefinitions: [
    ...table.AttributeDefinitions,
    { AttributeName: "owner", AttributeType: "S" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "by-owner",
      KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
    },
  ],
};

test("writes that run while the indexes of their table change are not lost", async () => {
  const store = createItemStore();
  await store.create(table);
  const put = (id: string) =>
    store.run([table], "PutItem", {
      TableName: "jobs",
      Item: { id: { S: id }, owner: { S: "ada" } },
    });
  const before = Array.from({ length: 30 }, (_, index) => put(`before-${index}`));
  // The writes have started, but not finished.
  await setImmediate();
  const redefined = store.redefine(table, indexed);
  const after = Array.from({ length: 30 }, (_, index) => put(`after-${index}`));
  await Promise.all([...before, redefined, ...after]);
  const scan = { TableName: "jobs", IndexName: "by-owner" };
  expect(await store.run([table], "Scan", scan)).toMatchObject({ Count: 60 });
});
