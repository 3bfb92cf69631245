import {
  type CreateTableCommandInput,
  DynamoDB,
  type DynamoDBClientConfig,
} from "@aws-sdk/client-dynamodb";
import { createTestLocalAws } from "../testing.ts";

/** Starts a local AWS, and creates clients for its DynamoDB that never retry. */
export async function startDynamoDb(options: Parameters<typeof createTestLocalAws>[0] = {}) {
  const aws = createTestLocalAws(options);
  await aws.listen();
  const connect = (config: DynamoDBClientConfig = {}) =>
    new DynamoDB({
      endpoint: aws.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
      ...config,
    });
  const client = connect();
  return {
    aws,
    client,
    connect,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await aws.close();
    },
  };
}

/** Returns the definition of a table whose items have a text `id`. */
export const simpleTable = (TableName: string): CreateTableCommandInput => ({
  TableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
});
