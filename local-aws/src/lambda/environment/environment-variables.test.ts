import { dirname } from "node:path";
import { expect, test } from "vitest";
import type { FunctionConfiguration } from "../state.ts";
import { jsonLogs, useLambda } from "../testing.ts";

const lambda = useLambda();

async function variablesOf(name: string, configuration: Partial<FunctionConfiguration> = {}) {
  const code = `exports.handler = async () =>
    ({ variables: { ...process.env }, cwd: process.cwd(), node: process.execPath });`;
  lambda().define(name, code, configuration);
  const { payload } = await lambda().invoke(name);
  return payload as { variables: Record<string, string>; cwd: string; node: string };
}

test("a function has the variables of Lambda, with folders of this machine", async () => {
  const { variables, cwd, node } = await variablesOf("variables", { MemorySize: 512 });
  expect(variables).toEqual({
    _AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1",
    _AWS_XRAY_DAEMON_PORT: "2000",
    _HANDLER: "index.handler",
    _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=/),
    AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ENDPOINT_URL: "http://localhost:1",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
    AWS_LAMBDA_FUNCTION_NAME: "variables",
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/variables",
    AWS_LAMBDA_LOG_STREAM_NAME: lambda().eventsOf("variables")[0]?.logStreamName,
    AWS_REGION: "us-east-1",
    AWS_SECRET_ACCESS_KEY: expect.any(String),
    AWS_SESSION_TOKEN: expect.any(String),
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000",
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    LAMBDA_TASK_ROOT: cwd,
    LANG: "en_US.UTF-8",
    LD_LIBRARY_PATH: `${cwd}:${cwd}/lib`,
    NODE_PATH: `${dirname(cwd)}/node_modules:${cwd}`,
    PATH: `${dirname(node)}:/usr/local/bin:/usr/bin/:/bin:/opt/bin`,
    PWD: cwd,
    SHLVL: "0",
    TZ: ":UTC",
  });
});

test("with JSON logs, there are variables for the format and the level", async () => {
  const { variables } = await variablesOf("json-variables", jsonLogs("json-variables"));
  expect(variables).toMatchObject({ AWS_LAMBDA_LOG_FORMAT: "JSON", AWS_LAMBDA_LOG_LEVEL: "INFO" });
});

test("a function can override variables that Lambda does not reserve", async () => {
  const own = { TZ: "Asia/Tokyo", LANG: "de_DE.UTF-8", NODE_PATH: "/nowhere" };
  const Environment = { Variables: { ...own, AWS_REGION: "eu-west-1" } };
  const { variables } = await variablesOf("own-variables", { Environment });
  expect(variables).toMatchObject({ ...own, AWS_REGION: "us-east-1" });
});

test("a module is found by its path in the task root", async () => {
  lambda().define(
    "node-path",
    {
      "shared/text.js": "module.exports = 'from the root';",
      "src/index.js": "exports.handler = async () => require('shared/text');",
    },
    { Handler: "src/index.handler" },
  );
  expect((await lambda().invoke("node-path")).payload).toBe("from the root");
});
