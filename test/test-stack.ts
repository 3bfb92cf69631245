import type { LambdaFunction, TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { strToU8, zipSync } from "fflate";
import type { FunctionName } from "../scripts/build/index.ts";
import { functionNameOf, STAGE } from "../scripts/start/stack.ts";
import { type Client, connect } from "./e2e/client.ts";
import { type LogWatch, watchLogs } from "./e2e/log-watch.ts";
import { type StackOptions, startLocalStack } from "./local-stack.ts";

/** The application's stack on a separate local AWS, with methods for tests. */
export interface TestStack extends TestLocalAws {
  readonly url: string;
  /** Connects a client. Its connection is closed after the test. */
  connect(query?: string): Promise<Client>;
  /** The log lines of the functions since the start. */
  readonly logs: LogWatch;
  /** Returns a function of the local AWS. A test can change it. */
  functionNamed(name: FunctionName): LambdaFunction;
  /** Replaces the code of a function by a file `index.js`. */
  replaceCode(name: FunctionName, source: string): void;
}

/**
 * Starts the stack of `npm start`. `await using` or `close` stops it.
 * @param options.stack the stack `authenticated` needs the pages of an issuer.
 */
export async function startTestStack(options: StackOptions = {}): Promise<TestStack> {
  const aws = await startLocalStack(options);
  const url = aws.webSocketUrl(STAGE);
  return Object.assign(aws, {
    url,
    connect: (query = "") => connect(url + query),
    logs: watchLogs(aws),
    functionNamed(name: FunctionName) {
      const found = aws.state.regions["us-east-1"]?.lambda.functions[functionNameOf(name)];
      if (found === undefined)
        throw new Error(`The stack has no function ${functionNameOf(name)}.`);
      return found;
    },
    replaceCode: (name: FunctionName, source: string) =>
      aws.updateFunctionCode(functionNameOf(name), zipSync({ "index.js": strToU8(source) })),
  });
}
