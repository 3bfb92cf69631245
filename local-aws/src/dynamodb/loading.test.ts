import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/**
 * Prints whether dynalite is loaded after requests without tables, and after a table was created.
 */
const SCRIPT = `
import { createRequire } from "node:module";
import { createTestLocalAws } from "${import.meta.resolve("../testing.ts")}";
import { createDynamoDb } from "${import.meta.resolve("./index.ts")}";
import { permissiveIam } from "${import.meta.resolve("../iam/testing.ts")}";
import { systemClock } from "${import.meta.resolve("../clock.ts")}";
import { callJson } from "${import.meta.resolve("../protocols/testing.ts")}";
import { emptyState } from "${import.meta.resolve("../state.ts")}";

const isLoaded = () =>
  Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes("dynalite"));
const aws = createTestLocalAws();
await aws.listen();
await aws.close();
const { service } = createDynamoDb({ state: emptyState(), clock: systemClock, iam: permissiveIam });
const call = (operation, input) => callJson(service, "DynamoDB_20120810." + operation, input);
await call("ListTables", {});
await call("GetItem", { TableName: "jobs", Key: { id: { S: "1" } } });
const before = isLoaded();
await call("CreateTable", {
  TableName: "jobs",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
});
console.log(JSON.stringify([before, isLoaded()]));
`;

test("dynalite is loaded only when a table is created", async () => {
  const args = ["--input-type=module", "--eval", SCRIPT];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: import.meta.dirname,
  });
  expect(JSON.parse(stdout)).toEqual([false, true]);
});
