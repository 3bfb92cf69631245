import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGraph } from "./dependency-graph.ts";
import { reachabilityOf } from "./reachability.ts";

/**
 * Reads the output of Terraform 1.11.4 for the configuration in the same folder: `terraform graph
 * -type=plan`, and `terraform show -json` for a plan with both APIs as its targets.
 */
const fixture = (name: string) => readFile(join(import.meta.dirname, "fixtures", name), "utf8");

test("a WebSocket API reaches its dependencies and their extensions", async () => {
  const graph = readGraph(await fixture("graph.dot"));
  expect(reachabilityOf(await fixture("plan.json"), graph)).toEqual({
    reached: [
      "aws_apigatewayv2_api.chat",
      "aws_apigatewayv2_integration.chat",
      "aws_apigatewayv2_route.chat",
      "aws_apigatewayv2_stage.chat",
      "aws_dynamodb_table.connections",
      "aws_lambda_event_source_mapping.consumer",
      "aws_lambda_permission.chat",
      "aws_sqs_queue.events",
      ...moduleAddresses("chat"),
      ...moduleAddresses("consumer"),
    ],
    unreached: [
      "aws_apigatewayv2_api.http",
      "aws_apigatewayv2_stage.http",
      "aws_lambda_permission.http",
      "aws_s3_bucket.files",
      ...moduleAddresses("http"),
    ],
  });
});

const moduleAddresses = (name: string) =>
  [
    "aws_cloudwatch_log_group.this",
    "aws_iam_role.this",
    "aws_iam_role_policy.tables",
    "aws_lambda_function.this",
  ].map((address) => `module.${name}.${address}`);

test("the resources of a module named data are not data sources", async () => {
  const renamed = async (name: string) =>
    (await fixture(name)).replaceAll("module.chat", "module.data");
  const plan = (await renamed("plan.json")).replace('"chat": {', '"data": {');
  const { reached } = reachabilityOf(plan, readGraph(await renamed("graph.dot")));
  expect(reached).toEqual(expect.arrayContaining(moduleAddresses("data")));
});

test("without a WebSocket API, nothing is reached", async () => {
  const graph = readGraph(await fixture("graph.dot"));
  const plan = (await fixture("plan.json")).replaceAll(
    '"protocol_type": "WEBSOCKET"',
    '"protocol_type": "HTTP"',
  );
  expect(reachabilityOf(plan, graph).reached).toEqual([]);
});

test("a resource depends on the resources in its locals, variables and outputs of modules", async () => {
  const graph = readGraph(await fixture("graph.dot"));
  expect([...graph.dependenciesOf("aws_apigatewayv2_integration.chat")]).toEqual(
    expect.arrayContaining(["aws_apigatewayv2_api.chat", "module.chat.aws_lambda_function.this"]),
  );
  expect(graph.dependenciesOf("module.chat.aws_iam_role_policy.tables")).toEqual(
    new Set([
      "module.chat.aws_iam_role.this",
      "aws_dynamodb_table.connections",
      "aws_sqs_queue.events",
    ]),
  );
  expect(graph.resources).not.toContain("module.chat");
});
