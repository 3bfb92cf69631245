import { describe, expect, test } from "vitest";
import { connect } from "../e2e/client.ts";
import { APPLY_TIMEOUT, useAppliedStack } from "./applied-stack.ts";
import { because, reasonToSkip } from "./available.ts";

const skipped = await reasonToSkip();

const VARIABLES = [
  "-var=project=chat",
  "-var=region=eu-central-1",
  "-var=stage=dev",
  "-var=maximum_retry_attempts=2",
  "-var=maximum_event_age_in_seconds=300",
  '-var=allowed_origins=["https://chat.example","http://localhost:3000"]',
];

describe.skipIf(skipped)(`a stack with other variables than the default${because(skipped)}`, () => {
  const stack = useAppliedStack(() => VARIABLES);

  test("has no changes after the apply", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await stack.application.plan(...VARIABLES)).toContain("No changes.");
  });

  test("lies in its region alone, under its names", () => {
    expect(Object.keys(stack.local.state.regions)).toEqual(["eu-central-1"]);
    const functions = stack.local.state.regions["eu-central-1"]?.lambda.functions ?? {};
    expect(Object.keys(functions).toSorted()).toEqual(["chat-processor", "chat-websocket-handler"]);
    expect(functions["chat-processor"]?.eventInvokeConfig).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 300,
    });
  });

  test("answers", async () => {
    const client = await connect(stack.url);
    expect(await client.ask({ action: "reverse", data: { text: "abc" } })).toMatchObject({
      result: "cba",
    });
  });

  test("lets browsers in from the allowed origins alone", async () => {
    await connect(stack.url, { origin: "http://localhost:3000" });
    await expect(connect(stack.url, { origin: "https://evil.example" })).rejects.toThrow(
      "Unexpected server response: 403",
    );
  });

  test("goes without a trace", { timeout: APPLY_TIMEOUT }, async () => {
    await stack.application.destroy(...VARIABLES);
    const { apigateway, lambda, logs, sqs } = stack.local.state.regions["eu-central-1"] ?? {};
    expect({ apis: apigateway?.apis, ...lambda, ...logs, ...sqs }).toEqual({
      apis: {},
      functions: {},
      groups: {},
      queues: {},
    });
  });
});
