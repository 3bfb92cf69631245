import { strToU8, zipSync } from "fflate";
import { expect } from "vitest";
import type { Account, FunctionOptions } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { documented, modelled, snapshots } from "./sources.ts";

const OWN_FUNCTION = "local: the function is created for the row";

/** Creates a function and invokes it. Returns its result or its error, parsed. */
async function run(account: Account, options: FunctionOptions, Qualifier?: string) {
  const { FunctionName, FunctionArn } = await account.createFunction(options);
  const { Payload, ...response } = await account.lambda.invoke({ FunctionName, Qualifier });
  const payload: unknown = JSON.parse(Payload?.transformToString() ?? "");
  return { FunctionName, FunctionArn, payload, ...response };
}

const zipOf = (files: Record<string, string>): FunctionOptions => ({
  Code: {
    ZipFile: zipSync(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])),
    ),
  },
});

const loading = (row: { behavior: string; files: Record<string, string> }): Behavior => ({
  behavior: row.behavior,
  basis: "model",
  source: modelled.handlerLoading,
  only: OWN_FUNCTION,
  check: async ({ account }) => {
    expect((await run(account, zipOf(row.files))).payload).toBe("right");
  },
});

const RIGHT = "exports.handler = async () => 'right';";
const WRONG = "exports.handler = async () => 'wrong';";

/** The execution environment and the runtime. */
export const runtime: Behavior[] = [
  {
    behavior: "a handler that is not exported fails as Runtime.HandlerNotFound",
    basis: "model",
    source: modelled.handlerLoading,
    only: OWN_FUNCTION,
    check: async ({ account: { createFunction, lambda } }) => {
      const { FunctionName } = await createFunction({ Handler: "index.missing" });
      const { FunctionError, Payload } = await lambda.invoke({ FunctionName });
      expect(FunctionError).toBe("Unhandled");
      expect(JSON.parse(Payload?.transformToString() ?? "")).toMatchObject({
        errorType: "Runtime.HandlerNotFound",
        errorMessage: "index.missing is undefined or not exported",
      });
    },
  },
  loading({
    behavior: "a handler is loaded from a file without an extension before one with .js",
    files: { index: RIGHT, "index.js": WRONG },
  }),
  loading({
    behavior: "a handler is loaded from .js before .mjs and .cjs",
    files: { "index.js": RIGHT, "index.mjs": "export const handler = 1;", "index.cjs": WRONG },
  }),
  loading({
    behavior: "a handler is loaded from .mjs before .cjs",
    files: { "index.mjs": "export const handler = async () => 'right';", "index.cjs": WRONG },
  }),
  loading({
    behavior: "a handler is loaded from a package if there is no file of its name",
    files: { "node_modules/index/index.js": RIGHT },
  }),
  {
    behavior: "an error whose stack is not a string is returned as handled",
    basis: "model",
    source: modelled.runtimeErrors,
    only: OWN_FUNCTION,
    check: async ({ account }) => {
      const source = `exports.handler = async () => {
        throw Object.assign(new TypeError("broken"), { stack: 1 });
      };`;
      expect((await run(account, { source })).payload).toEqual({
        errorType: "handled",
        errorMessage:
          "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
      });
    },
  },
  {
    behavior: "a value that has the members of an error is returned as an error",
    basis: "model",
    source: modelled.runtimeErrors,
    only: OWN_FUNCTION,
    check: async ({ account }) => {
      const source = `class Failure { get name() { return "Failure"; } message = "m"; stack = "a\\nb"; }
        exports.handler = async () => { throw new Failure(); };`;
      const error = { errorType: "Failure", errorMessage: "m", trace: ["a", "b"] };
      expect((await run(account, { source })).payload).toEqual(error);
    },
  },
  {
    behavior: "a wrapper script that does not exist ends the runtime with status 127",
    basis: "snapshot",
    source: snapshots.lambda,
    only: OWN_FUNCTION,
    check: async ({ account }) => {
      const Variables = { AWS_LAMBDA_EXEC_WRAPPER: "/idontexist.sh" };
      const { FunctionError, payload, $metadata } = await run(account, {
        Environment: { Variables },
      });
      expect(FunctionError).toBe("Unhandled");
      expect(payload).toEqual({
        errorType: "Runtime.ExitError",
        errorMessage: `RequestId: ${$metadata.requestId} Error: Runtime exited with error: exit status 127`,
      });
    },
  },
  {
    behavior: "the first invocation creates the log group, if the role allows it",
    basis: "snapshot",
    source: snapshots.lambda,
    only: OWN_FUNCTION,
    check: async ({ account }) => {
      const { FunctionName } = await account.createFunction();
      const groups = async () => {
        const logGroupNamePrefix = `/aws/lambda/${FunctionName}`;
        const { logGroups = [] } = await account.logs.describeLogGroups({ logGroupNamePrefix });
        return logGroups.map(({ logGroupName }) => logGroupName);
      };
      expect(await groups()).toEqual([]);
      await account.lambda.invoke({ FunctionName });
      expect(await groups()).toEqual([`/aws/lambda/${FunctionName}`]);
    },
  },
  {
    behavior: "context.invokedFunctionArn has the qualifier of the invocation, and none by default",
    basis: "snapshot",
    source: snapshots.lambdaCommon,
    only: OWN_FUNCTION,
    check: async ({ account }) => {
      const source = "exports.handler = async (_, { invokedFunctionArn }) => invokedFunctionArn;";
      const unqualified = await run(account, { source });
      expect(unqualified.payload).toBe(unqualified.FunctionArn);
      const qualified = await run(account, { source }, "$LATEST");
      expect(qualified.payload).toBe(`${qualified.FunctionArn}:$LATEST`);
    },
  },
  {
    behavior: "a function has the environment variables of Lambda, and its own",
    basis: "snapshot",
    source: snapshots.lambdaCommon,
    only: OWN_FUNCTION,
    check: async ({ account }) => {
      const source = "exports.handler = async () => process.env;";
      const Environment = { Variables: { TEST_KEY: "TEST_VAL" } };
      const { payload, FunctionName } = await run(account, { source, Environment });
      expect(payload).toMatchObject({
        _AWS_XRAY_DAEMON_PORT: "2000",
        _HANDLER: "index.handler",
        AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
        AWS_LAMBDA_FUNCTION_NAME: FunctionName,
        AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
        AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
        LANG: "en_US.UTF-8",
        LD_LIBRARY_PATH: expect.any(String),
        NODE_PATH: expect.any(String),
        PWD: expect.any(String),
        SHLVL: "0",
        TEST_KEY: "TEST_VAL",
        TZ: ":UTC",
      });
      // The recorded function logs text.
      expect(payload).not.toHaveProperty("AWS_LAMBDA_LOG_FORMAT");
    },
  },
  {
    behavior: "the runtime contains the AWS SDK, for require and for import",
    basis: "documentation",
    source: documented.nodejs,
    only: OWN_FUNCTION,
    check: async ({ account }) => {
      const source = `exports.handler = async () => [
        typeof require("@aws-sdk/client-lambda").LambdaClient,
        typeof (await import("@aws-sdk/client-lambda")).LambdaClient,
      ];`;
      expect((await run(account, { source })).payload).toEqual(["function", "function"]);
    },
  },
];
