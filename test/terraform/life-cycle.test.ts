import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { emptyState } from "@websocket-lambda/local-aws/testing";
import { readFunctions, readStack } from "../../scripts/start/stack.ts";
import { DIST } from "../../scripts/build/index.ts";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { TERRAFORM, terraformRoot, variablesOf } from "../../scripts/terraform.ts";
import { connect } from "../e2e/client.ts";
import { endToEndTests } from "../e2e/suite.ts";
import { APPLY_TIMEOUT, useAppliedStack } from "./applied-stack.ts";
import { because, reasonToSkip } from "./available.ts";

const skipped = await reasonToSkip();
const issuer = await createIssuer();

describe.skipIf(skipped)(`a stack applied by Terraform${because(skipped)}`, () => {
  const stack = useAppliedStack(() => [], { pages: issuer.pages });

  test("a second plan finds no changes", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await stack.application.plan()).toContain("No changes.");
  });

  test("is the snapshot of npm start (if not, run npm run snapshot)", async () => {
    expect(stack.local.snapshot()).toBe(await readStack("open"));
  });

  test("runs the zip files that npm run build wrote", async () => {
    const built = await readFunctions(DIST);
    const functions = stack.local.state.regions["us-east-1"]?.lambda.functions ?? {};
    expect(Object.keys(functions)).toHaveLength(2);
    for (const [name, { zipFile }] of Object.entries(functions))
      expect(Buffer.from(zipFile, "base64").equals(built[name] ?? Buffer.of())).toBe(true);
  });

  test(
    "does not change when another state applies and destroys the same project",
    { timeout: APPLY_TIMEOUT },
    async () => {
      const before = structuredClone(stack.local.state);
      const other = terraformRoot({
        directory: TERRAFORM,
        workDirectory: join(stack.workDirectory, "second"),
        endpoint: stack.local.endpoint,
        environment: stack.environment,
      });
      await other.init();
      await expect(other.apply()).rejects.toThrow(/ResourceAlreadyExistsException/);
      const owned = await other.resources();
      expect(owned.filter((address) => address.startsWith("aws_"))).toEqual([]);
      await other.destroy();
      expect(stack.local.state).toEqual(before);
    },
  );

  endToEndTests(stack);

  /** The variables of the last apply. */
  let variables: string[] = [];
  /** Applies other variables and returns the output. */
  const change = async (changed: string[], ...options: string[]) => {
    variables = changed;
    const printed = await stack.application.apply(...variables, ...options);
    expect(printed).toContain("Apply complete!");
    expect(await stack.application.plan(...variables)).toContain("No changes.");
    await stack.refresh();
    return printed;
  };
  const region = () => stack.local.state.regions["us-east-1"];
  const functions = () => Object.keys(region()?.lambda.functions ?? {}).toSorted();
  const processor = () => region()?.lambda.functions["websocket-lambda-processor"];

  describe("can be changed, and the next plan has no changes:", { timeout: APPLY_TIMEOUT }, () => {
    test("to authentication (if the snapshot differs, run npm run snapshot)", async () => {
      await change(variablesOf("authenticated", stack.local.endpoint));
      expect(JSON.parse(stack.local.snapshot())).toEqual(
        JSON.parse(await readStack("authenticated")),
      );
      const token = await issuer.tokenFor(stack.local.endpoint, "ada");
      const client = await connect(`${stack.url}?token=${token}`);
      expect(await client.ask({ action: "echo", data: 1 })).toMatchObject({ result: 1 });
      await expect(connect(stack.url)).rejects.toThrow("Unexpected server response: 401");
      expect(functions()).toContain("websocket-lambda-authorizer");
    });

    const settings = "other code, memory size, log retention, tracing and tags";
    test(`to no authentication, ${settings}`, { tags: ["extended"] }, async () => {
      const directory = join(stack.workDirectory, "bundles");
      await mkdir(directory);
      for (const name of ["websocket-handler", "processor", "authorizer"]) {
        const zip = await readFile(join(DIST, `${name}.zip`));
        const source = new TextDecoder().decode(unzipSync(zip)["index.js"]);
        const changed = source.replaceAll(".toUpperCase()", ".toUpperCase().concat('!')");
        await writeFile(
          join(directory, `${name}.zip`),
          name === "processor" ? zipSync({ "index.js": Buffer.from(changed) }) : zip,
        );
      }
      await change([
        `-var=bundle_directory=${directory}`,
        "-var=log_retention_days=30",
        "-var=processor_memory_size=512",
        "-var=tracing=true",
        '-var=tags={Team="blue"}',
      ]);
      expect(functions()).toEqual([
        "websocket-lambda-processor",
        "websocket-lambda-websocket-handler",
      ]);
      expect(region()?.logs.groups["/aws/lambda/websocket-lambda-processor"]).toMatchObject({
        retentionInDays: 30,
      });
      expect(processor()?.configuration).toMatchObject({
        MemorySize: 512,
        TracingConfig: { Mode: "Active" },
      });
      expect(processor()?.tags).toMatchObject({ Team: "blue", Project: "websocket-lambda" });
      const client = await connect(stack.url);
      const reply = await client.ask({ action: "uppercase", data: { text: "hello" } });
      expect(reply).toMatchObject({ result: "HELLO!" });
    });

    test(
      "to another stage, with a replaced function and policy",
      { tags: ["extended"] },
      async () => {
        const printed = await change(
          [...variables, "-var=stage=beta"],
          "-replace=aws_lambda_function.processor",
          '-replace=aws_iam_role_policy.function["websocket_handler"]',
        );
        expect(printed).toContain("aws_lambda_function.processor: Destruction complete");
        expect(printed).toContain(
          'aws_iam_role_policy.function["websocket_handler"]: Destruction complete',
        );
        expect(stack.url).toMatch(/\/beta$/);
        const client = await connect(stack.url);
        expect(await client.ask({ action: "echo", data: 1 })).toMatchObject({ result: 1 });
      },
    );
  });

  test("is destroyed completely", { timeout: APPLY_TIMEOUT }, async () => {
    await stack.application.destroy(...variables);
    await stack.account.destroy();
    const { regions, ...rest } = stack.local.state;
    const { regions: _, ...empty } = emptyState();
    expect(rest).toEqual(empty);
    expect(regions["us-east-1"]).toEqual({
      // Version 5 of the provider does not reset this setting.
      apigateway: { apis: {}, domainNames: {}, cloudwatchRoleArn: expect.any(String) },
      cloudwatch: { alarms: {}, dashboards: {} },
      dynamodb: { tables: {} },
      lambda: { functions: {}, eventSourceMappings: {}, layers: {} },
      logs: { groups: {}, queryDefinitions: {} },
      sqs: { queues: {} },
    });
  });
});
