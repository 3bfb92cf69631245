/** @module-tag extended */
import { describe, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { aws, awsCliVersion } from "../protocols/testing-aws-cli.ts";
import { serve } from "../server/testing.ts";
import { permissiveIam } from "../iam/testing.ts";
import { emptyState } from "../state.ts";
import { createLogs } from "./index.ts";

const group = "/aws/lambda/processor";

async function serveLogs() {
  const logs = createLogs({ state: emptyState(), clock: systemClock, iam: permissiveIam });
  const served = await serve(logs.service);
  await aws(served.endpoint, "logs", "create-log-group", "--log-group-name", group);
  const lines = [
    { level: "INFO", message: { requestId: "r-1", event: "job taken" } },
    { level: "ERROR", message: { requestId: "r-2", event: "job failed" } },
  ];
  logs.write(
    { region: "us-east-1", logGroupName: group, logStreamName: "stream" },
    "function",
    lines.map((line) => ({ timestamp: Date.now(), message: JSON.stringify(line) })),
  );
  return served;
}

describe.skipIf(awsCliVersion === undefined)("the AWS CLI", { timeout: 30_000 }, () => {
  test("filter-log-events finds lines by their JSON", async () => {
    await using served = await serveLogs();
    const pattern = '{ $.message.requestId = "r-1" }';
    const command = ["logs", "filter-log-events", "--log-group-name", group];
    const output = await aws(served.endpoint, ...command, "--filter-pattern", pattern);
    expect(JSON.parse(output)).toMatchObject({
      events: [{ logStreamName: "stream", message: expect.stringContaining("job taken") }],
    });
  });

  test("an error is printed with its code and message", async () => {
    await using served = await serveLogs();
    const command = ["logs", "get-log-events", "--log-group-name", "x", "--log-stream-name", "y"];
    await expect(aws(served.endpoint, ...command)).rejects.toThrow(
      "(ResourceNotFoundException) when calling the GetLogEvents operation: The specified log group does not exist.",
    );
  });
});

describe.skipIf(!awsCliVersion?.startsWith("2."))(
  "version 2 of the AWS CLI",
  { timeout: 30_000 },
  () => {
    test("logs tail prints every line", async () => {
      await using served = await serveLogs();
      const output = await aws(served.endpoint, "logs", "tail", group, "--format", "short");
      expect(output).toMatch(/job taken.*\n.*job failed.*\n$/);
    });

    test("logs tail prints the lines that match a filter pattern", async () => {
      await using served = await serveLogs();
      const filter = ["--filter-pattern", '{ $.level = "ERROR" }'];
      const output = await aws(served.endpoint, "logs", "tail", group, ...filter);
      expect(output).toMatch(/^\S+ stream .*job failed.*\n$/);
    });
  },
);
