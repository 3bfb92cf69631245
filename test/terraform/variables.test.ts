/** @module-tag extended */
import { describe, expect, test } from "vitest";
import { regionOf } from "@websocket-lambda/local-aws/testing";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { variablesOf } from "../../scripts/terraform.ts";
import { connect } from "../e2e/client.ts";
import { APPLY_TIMEOUT, useAppliedStack } from "./applied-stack.ts";
import { because, reasonToSkip } from "./available.ts";

const skipped = await reasonToSkip();
const issuer = await createIssuer();

/** @param endpoint URL of the local AWS. */
const variablesAt = (endpoint: string) => [
  ...variablesOf("authenticated", endpoint),
  "-var=project=chat",
  "-var=region=eu-central-1",
  "-var=stage=dev",
  "-var=maximum_retry_attempts=2",
  "-var=maximum_event_age_in_seconds=300",
  '-var=allowed_origins=["https://chat.example","http://localhost:3000"]',
  "-var=tracing=true",
  "-var=detailed_metrics_enabled=true",
  "-var=ok_actions_enabled=true",
  '-var=alarm_topic_arns=["arn:aws:sns:eu-central-1:000000000000:alerts"]',
];

describe.skipIf(skipped)(`a stack with other variables than the default${because(skipped)}`, () => {
  const stack = useAppliedStack(variablesAt, { pages: issuer.pages });
  const variables = () => variablesAt(stack.local.endpoint);
  const region = () => regionOf(stack.local.state, "eu-central-1");
  const urlWithToken = async () =>
    `${stack.url}?token=${await issuer.tokenFor(stack.local.endpoint, "ada")}`;

  test("has no changes after the apply", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await stack.application.plan(...variables())).toContain("No changes.");
  });

  test("is only in its region, with its names", () => {
    expect(Object.keys(stack.local.state.regions)).toEqual(["eu-central-1"]);
    const functions = stack.local.state.regions["eu-central-1"]?.lambda.functions ?? {};
    expect(Object.keys(functions).toSorted()).toEqual([
      "chat-authorizer",
      "chat-processor",
      "chat-websocket-handler",
    ]);
    expect(functions["chat-processor"]?.eventInvokeConfig).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 300,
    });
  });

  test("has tracing, detailed metrics, saved queries, and OK actions", () => {
    const { apigateway, cloudwatch, lambda, logs } = region();
    const modes = Object.values(lambda.functions).map((one) => one.configuration.TracingConfig);
    expect(modes).toEqual([{ Mode: "Active" }, { Mode: "Active" }, { Mode: "Active" }]);
    const stages = Object.values(apigateway.apis).flatMap((api) => Object.values(api.stages));
    expect(stages).toMatchObject([{ defaultRouteSettings: { detailedMetricsEnabled: true } }]);
    const actions = Object.values(cloudwatch.alarms).map(({ parameters }) => parameters.OKActions);
    expect(actions).toHaveLength(17);
    expect(new Set(actions.flat())).toEqual(
      new Set(["arn:aws:sns:eu-central-1:000000000000:alerts"]),
    );
    expect(Object.values(logs.queryDefinitions).map(({ name }) => name)).toContain(
      "chat/one-message",
    );
  });

  test("accepts only clients with a token", async () => {
    await expect(connect(stack.url)).rejects.toThrow("Unexpected server response: 401");
    const client = await connect(await urlWithToken());
    expect(await client.ask({ action: "reverse", data: { text: "abc" } })).toMatchObject({
      result: "cba",
    });
  });

  test("accepts browsers only from the allowed origins", async () => {
    const url = await urlWithToken();
    await connect(url, { origin: "http://localhost:3000" });
    await expect(connect(url, { origin: "https://evil.example" })).rejects.toThrow(
      "Unexpected server response: 403",
    );
  });

  test("is destroyed completely", { timeout: APPLY_TIMEOUT }, async () => {
    await stack.application.destroy(...variables());
    const { apigateway, lambda, logs, sqs } = stack.local.state.regions["eu-central-1"] ?? {};
    expect({ apis: apigateway?.apis, ...lambda, ...logs, ...sqs }).toEqual({
      apis: {},
      eventSourceMappings: {},
      functions: {},
      groups: {},
      layers: {},
      queryDefinitions: {},
      queues: {},
    });
  });
});
