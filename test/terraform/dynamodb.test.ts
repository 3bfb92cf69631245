/** @module-tag extended */
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { beforeAll, describe, expect, test } from "vitest";
import { APPLY_TIMEOUT } from "./applied-stack.ts";
import { because, reasonToSkip } from "./available.ts";
import { useTerraformFolder } from "./terraform-folder.ts";

const skipped = await reasonToSkip();
const region = "eu-west-1";

const FUNCTION = `
import { DynamoDB } from "@aws-sdk/client-dynamodb";

const client = new DynamoDB();
export const handler = async ({ operation, input }) => {
  try {
    return await client[operation](input);
  } catch ({ name, message }) {
    return { name, message };
  }
};
`;

/** @param changed whether the settings that can change in place have other values. */
const configuration = (changed = false) => `
provider "aws" {
  region = "${region}"
  default_tags {
    tags = { project = "chat" }
  }
}

resource "aws_dynamodb_table" "messages" {
  name                        = "messages"
  billing_mode                = "${changed ? "PAY_PER_REQUEST" : "PROVISIONED"}"
  ${changed ? "" : "read_capacity = 5\n  write_capacity = 6"}
  hash_key                    = "room"
  range_key                   = "time"
  table_class                 = "STANDARD_INFREQUENT_ACCESS"
  deletion_protection_enabled = ${!changed}

  attribute {
    name = "room"
    type = "S"
  }
  attribute {
    name = "time"
    type = "N"
  }
  attribute {
    name = "sender"
    type = "S"
  }
  local_secondary_index {
    name            = "by-sender-in-room"
    range_key       = "sender"
    projection_type = "KEYS_ONLY"
  }
  global_secondary_index {
    name               = "by-sender"
    hash_key           = "sender"
    range_key          = "time"
    projection_type    = "INCLUDE"
    non_key_attributes = ["text", "title"]
    ${changed ? "" : "read_capacity = 2\n    write_capacity = 3"}
  }
  ${
    changed
      ? `global_secondary_index {
    name            = "by-time"
    hash_key        = "time"
    projection_type = "ALL"
  }`
      : ""
  }
  ttl {
    attribute_name = "expires"
    enabled        = ${!changed}
  }
  point_in_time_recovery {
    enabled = ${!changed}
  }
  server_side_encryption {
    enabled = true
  }
  tags = { stage = "${changed ? "after" : "before"}" }
}

resource "aws_dynamodb_table" "connections" {
  name         = "connections"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "connectionId"
  attribute {
    name = "connectionId"
    type = "S"
  }
}

resource "aws_dynamodb_table_item" "first" {
  table_name = aws_dynamodb_table.messages.name
  hash_key   = aws_dynamodb_table.messages.hash_key
  range_key  = aws_dynamodb_table.messages.range_key
  item = jsonencode({
    room   = { S = "lobby" }
    time   = { N = "1" }
    sender = { S = "ada" }
  })
}

data "aws_dynamodb_table" "connections" {
  name = aws_dynamodb_table.connections.name
}

resource "aws_iam_role" "function" {
  name = "function"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  role = aws_iam_role.function.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["dynamodb:PutItem", "dynamodb:BatchWriteItem"]
        Resource = data.aws_dynamodb_table.connections.arn
      },
      {
        Effect   = "Allow"
        Action   = "dynamodb:Query"
        Resource = "\${aws_dynamodb_table.messages.arn}/index/*"
      },
    ]
  })
}

resource "aws_lambda_function" "function" {
  function_name    = "function"
  role             = aws_iam_role.function.arn
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = "\${abspath(path.module)}/function.zip"
  source_code_hash = filebase64sha256("\${abspath(path.module)}/function.zip")
}
`;

describe.skipIf(skipped)(`tables of Terraform${because(skipped)}`, () => {
  const folder = useTerraformFolder({ region });
  let client: DynamoDB;

  const configure = (text: string) => folder.write("main.tf", text);
  const planned = () => folder.root.plan("-detailed-exitcode");

  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: { contents: FUNCTION, resolveDir: import.meta.dirname },
      bundle: true,
      platform: "node",
      write: false,
    });
    const zip = zipSync({ "index.js": outputFiles[0]?.contents ?? new Uint8Array() });
    await folder.write("function.zip", zip);
    await configure(configuration());
    client = new DynamoDB(folder.clientOptions);
    await folder.root.apply();
  }, APPLY_TIMEOUT);

  test("have no differences after an apply", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await planned()).toContain("No changes.");
  });

  test("can be used by a function with the permissions of its role", async () => {
    const lambda = new LambdaClient(folder.clientOptions);
    const call = async (operation: string, input: object) => {
      const { Payload = new Uint8Array() } = await lambda.send(
        new InvokeCommand({
          FunctionName: "function",
          Payload: JSON.stringify({ operation, input }),
        }),
      );
      return JSON.parse(Buffer.from(Payload).toString()) as Record<string, unknown>;
    };
    const arn = `arn:aws:dynamodb:${region}:000000000000:table`;
    const denied = (action: string, resource: string) => ({
      name: "AccessDeniedException",
      message: expect.stringContaining(`${action} on resource: ${arn}/${resource}`),
    });
    const Item = { connectionId: { S: "1" } };
    const query = {
      TableName: "messages",
      IndexName: "by-sender",
      KeyConditionExpression: "sender = :sender",
      ExpressionAttributeValues: { ":sender": { S: "ada" } },
    };
    expect(await call("query", query)).toMatchObject({ Count: 1 });
    expect(await call("putItem", { TableName: "connections", Item })).not.toHaveProperty("name");
    expect(await client.scan({ TableName: "connections" })).toMatchObject({ Items: [Item] });

    const { IndexName: _, ...ofTable } = query;
    expect(await call("query", ofTable)).toEqual(denied("dynamodb:Query", "messages"));
    expect(await call("scan", { TableName: "connections" })).toEqual(
      denied("dynamodb:Scan", "connections"),
    );
    const puts = [{ PutRequest: { Item } }];
    expect(
      await call("batchWriteItem", { RequestItems: { connections: puts, messages: puts } }),
    ).toEqual(denied("dynamodb:BatchWriteItem", "messages"));
  });

  test("change in place and keep their items", { timeout: APPLY_TIMEOUT }, async () => {
    const before = await client.describeTable({ TableName: "messages" });
    await configure(configuration(true));
    expect(await folder.root.apply()).toContain("0 destroyed");
    expect(await planned()).toContain("No changes.");
    const after = await client.describeTable({ TableName: "messages" });
    expect(after.Table?.TableId).toBe(before.Table?.TableId);
    const found = await client.query({
      TableName: "messages",
      IndexName: "by-time",
      KeyConditionExpression: "#time = :time",
      ExpressionAttributeNames: { "#time": "time" },
      ExpressionAttributeValues: { ":time": { N: "1" } },
    });
    expect(found.Items).toEqual([{ room: { S: "lobby" }, time: { N: "1" }, sender: { S: "ada" } }]);
  });

  test(
    "with a stream are rejected with the name of the parameter",
    { timeout: APPLY_TIMEOUT },
    async () => {
      const stream = `stream_enabled = true
  stream_view_type = "NEW_IMAGE"
  hash_key     = "connectionId"`;
      await configure(configuration(true).replace(/hash_key     = "connectionId"/, stream));
      await expect(folder.root.apply()).rejects.toThrow("StreamSpecification");
      await configure(configuration(true));
    },
  );

  test("are destroyed", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await folder.root.destroy()).toContain("Destroy complete!");
    expect(folder.local.state.regions[region]?.dynamodb.tables).toEqual({});
  });
});
