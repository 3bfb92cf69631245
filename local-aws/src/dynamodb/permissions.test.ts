import { expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { permissiveIam } from "../iam/testing.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { callJson } from "../protocols/testing.ts";
import { emptyState } from "../state.ts";
import { createDynamoDb } from "./index.ts";
import { simpleTable } from "./testing.ts";

const arn = (resource: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${resource}`;

/** Calls DynamoDB. Returns the status and the actions and resources that were authorized. */
async function call(operation: string, input: object, denied?: string) {
  const asked: string[] = [];
  const { service } = createDynamoDb({
    state: emptyState(),
    clock: systemClock,
    iam: {
      ...permissiveIam,
      authorize(_, action, resource) {
        asked.push(`${action} ${resource}`);
        if (resource === denied) throw new AwsError(403, "AccessDeniedException", "denied");
      },
    },
  });
  const { status, output } = await callJson(service, `DynamoDB_20120810.${operation}`, input);
  return { asked, status, output };
}

const Key = { id: { S: "1" } };
const TableName = "jobs";

test.for<[string, object, string[]]>([
  ["CreateTable", simpleTable(TableName), [arn("jobs")]],
  ["DescribeTable", { TableName }, [arn("jobs")]],
  ["UpdateTable", { TableName, DeletionProtectionEnabled: true }, [arn("jobs")]],
  ["DeleteTable", { TableName }, [arn("jobs")]],
  ["ListTables", {}, ["*"]],
  ["DescribeTimeToLive", { TableName }, [arn("jobs")]],
  ["DescribeContinuousBackups", { TableName }, [arn("jobs")]],
  ["ListTagsOfResource", { ResourceArn: arn("jobs") }, [arn("jobs")]],
  ["GetItem", { TableName, Key }, [arn("jobs")]],
  ["GetItem", { TableName: arn("jobs"), Key }, [arn("jobs")]],
  ["PutItem", { TableName, Item: Key }, [arn("jobs")]],
  ["UpdateItem", { TableName, Key }, [arn("jobs")]],
  ["DeleteItem", { TableName, Key }, [arn("jobs")]],
  ["Query", { TableName }, [arn("jobs")]],
  ["Query", { TableName, IndexName: "by-owner" }, [arn("jobs/index/by-owner")]],
  ["Scan", { TableName, IndexName: "by-owner" }, [arn("jobs/index/by-owner")]],
  ["BatchGetItem", { RequestItems: { jobs: {}, tasks: {} } }, [arn("jobs"), arn("tasks")]],
  ["BatchWriteItem", { RequestItems: { jobs: [], tasks: [] } }, [arn("jobs"), arn("tasks")]],
])("%s of %j needs a permission for %j", async ([operation, input, resources]) => {
  const { asked } = await call(operation, input);
  expect(asked).toEqual(resources.map((resource) => `dynamodb:${operation} ${resource}`));
});

test("a batch is refused with 400 if access to one of its tables is denied", async () => {
  const input = { RequestItems: { jobs: [], tasks: [] } };
  expect(await call("BatchWriteItem", input, arn("tasks"))).toMatchObject({
    status: 400,
    output: { __type: "AccessDeniedException" },
  });
});
