/** The application's stack on a separate local AWS. This file works without a test runner. */
import { createTestLocalAws, type TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { DIST } from "../scripts/build/index.ts";
import { FRAME_PATTERNS } from "../scripts/start/console.ts";
import { readFunctions, readStack, type StackName } from "../scripts/start/stack.ts";

export type StackOptions = Omit<
  NonNullable<Parameters<typeof createTestLocalAws>[0]>,
  "snapshot" | "functions" | "state"
> & {
  /** Default: the stack without authentication. */
  stack?: StackName;
  /** The runtime of all functions. Default: the variable FUNCTIONS_RUNTIME, or the stack's runtime. */
  runtime?: string | undefined;
  /** Default: a free port. */
  port?: number;
  /** The folder of the zip files. Default: `dist/`. */
  bundles?: string;
};

/** Starts the stack of `npm start`, by default without a trace. */
export async function startLocalStack(options: StackOptions = {}): Promise<TestLocalAws> {
  const {
    stack = "open",
    runtime = process.env["FUNCTIONS_RUNTIME"],
    port = 0,
    bundles = DIST,
    ...localAwsOptions
  } = options;
  const aws = createTestLocalAws({
    ...FRAME_PATTERNS,
    ...localAwsOptions,
    snapshot: await readStack(stack, runtime),
    functions: await readFunctions(bundles),
  });
  try {
    await aws.listen(port);
    return aws;
  } catch (error) {
    await aws.close();
    throw error;
  }
}
