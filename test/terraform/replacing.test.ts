/** @module-tag extended */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type TerraformRoot, variablesOf } from "../../scripts/terraform.ts";
import { APPLY_TIMEOUT, useAppliedStack } from "./applied-stack.ts";
import { because, reasonToSkip } from "./available.ts";

const skipped = await reasonToSkip();

/**
 * Resources that are replaced together. A batch contains no resource whose replacement also replaces
 * another one in the batch. Otherwise the test would not show that dependent resources are replaced.
 */
const BATCHES = {
  leaves: [
    "aws_iam_role_policy.function",
    "aws_lambda_permission.route",
    "aws_lambda_permission.authorizer",
    "aws_lambda_function_event_invoke_config.processor",
    "aws_lambda_function_event_invoke_config.websocket_handler",
    "aws_apigatewayv2_stage.this",
    "aws_cloudwatch_log_metric_filter.invoke_failures",
    "aws_cloudwatch_log_metric_filter.processor_timeouts",
    "aws_cloudwatch_log_metric_filter.authorizer_failures",
    "aws_cloudwatch_log_metric_filter.connect_failures",
    "aws_cloudwatch_metric_alarm.this",
    "aws_cloudwatch_dashboard.this",
    "aws_cloudwatch_query_definition.this",
  ],
  functions: [
    "aws_lambda_function.websocket_handler",
    "aws_lambda_function.processor",
    "aws_lambda_function.authorizer",
    "aws_cloudwatch_log_group.access",
    "aws_cloudwatch_log_group.function",
    "aws_sqs_queue.dead_letter",
    "aws_apigatewayv2_route.this",
  ],
  roles: [
    "aws_iam_role.function",
    "aws_apigatewayv2_authorizer.jwt",
    "aws_apigatewayv2_integration.websocket_handler",
  ],
  api: ["aws_apigatewayv2_api.this"],
};

const withoutKey = (address: string) => address.replace(/\[.*\]$/, "");

/**
 * Returns a -replace option for each address. Repeats the last one until the number is a power of two.
 * With any other number, Terraform loses replacements that replace_triggered_by adds.
 * @see https://github.com/hashicorp/terraform/issues/37831
 */
function replacing(addresses: string[]): string[] {
  const count = 2 ** Math.ceil(Math.log2(addresses.length));
  return Array.from(
    { length: count },
    (_, index) => `-replace=${String(addresses.at(Math.min(index, addresses.length - 1)))}`,
  );
}

/** Taints several resources at once. */
async function taint(stateFile: string, addresses: readonly string[]): Promise<void> {
  const state: {
    resources: { mode: string; type: string; name: string; instances: { status?: string }[] }[];
  } = JSON.parse(await readFile(stateFile, "utf8"));
  for (const { mode, type, name, instances } of state.resources)
    if (mode === "managed" && addresses.includes(`${type}.${name}`))
      for (const instance of instances) instance.status = "tainted";
  await writeFile(stateFile, JSON.stringify(state));
}

const occurrences = (text: string, part: string) => text.split(part).length - 1;

describe.skipIf(skipped)(`resources of a stack with jwt_issuer${because(skipped)}`, () => {
  const stack = useAppliedStack((endpoint) => variablesOf("authenticated", endpoint));
  const variables = () => variablesOf("authenticated", stack.local.endpoint);

  const among = async (root: TerraformRoot, batch: readonly string[]) =>
    (await root.resources()).filter((address) => batch.includes(withoutKey(address)));
  /** Replaces resources in one apply. Returns its output and the next plan. */
  const replace = async (batch: readonly string[]) => {
    const addresses = await among(stack.application, batch);
    const options = ["-refresh=false", ...replacing(addresses)];
    const printed = await stack.application.apply(...variables(), ...options);
    expect(occurrences(printed, "will be replaced, as requested")).toBe(addresses.length);
    return { printed, next: await stack.application.plan(...variables()) };
  };
  /** Taints resources and replaces them in one apply. Returns the next plan. */
  const replaceTainted = async (batch: readonly string[]) => {
    const addresses = await among(stack.application, batch);
    await taint(join(stack.workDirectory, "application", "terraform.tfstate"), batch);
    const printed = await stack.application.apply(...variables(), "-refresh=false");
    expect(occurrences(printed, "is tainted, so must be replaced")).toBe(addresses.length);
    return stack.application.plan(...variables());
  };

  test("are all in a batch below", async () => {
    const known = Object.values(BATCHES).flat();
    const names = new Set((await stack.application.resources()).map(withoutKey));
    expect([...names].filter((name) => name.startsWith("aws_")).toSorted()).toEqual(
      known.toSorted(),
    );
  });

  test("are replaced in one apply: leaves", { timeout: APPLY_TIMEOUT }, async () => {
    expect((await replace(BATCHES.leaves)).next).toContain("No changes.");
  });

  test("are replaced in one apply: roles", { timeout: APPLY_TIMEOUT }, async () => {
    const { printed, next } = await replace(BATCHES.roles);
    expect(next).toContain("No changes.");
    // An API without the route $connect would accept all clients.
    const order = [
      "aws_apigatewayv2_stage.this: Destruction complete",
      'aws_apigatewayv2_route.this["connect"]: Destroying',
      "aws_apigatewayv2_authorizer.jwt: Destroying",
      "aws_apigatewayv2_authorizer.jwt: Creation complete",
      "aws_lambda_permission.authorizer[0]: Creation complete",
      'aws_apigatewayv2_route.this["connect"]: Creation complete',
      "aws_apigatewayv2_stage.this: Creating",
    ].map((step) => ({ step, at: printed.indexOf(step) }));
    expect(order.filter(({ at }) => at === -1)).toEqual([]);
    expect(order).toEqual(order.toSorted((a, b) => a.at - b.at));
  });

  test(
    "are replaced in one apply when tainted: functions",
    { timeout: APPLY_TIMEOUT },
    async () => {
      expect(await replaceTainted(BATCHES.functions)).toContain("No changes.");
    },
  );

  test("are replaced in one apply when tainted: the API", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await replaceTainted(BATCHES.api)).toContain("No changes.");
  });
});
