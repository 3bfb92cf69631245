import type { InvocationHeader } from "./frames.ts";
import type { ThrownForms } from "./function-errors.ts";

/** The functions that a runtime can call. The first four are operations of Lambda's Runtime API. */
export interface RuntimeApi {
  /** Waits for the next invocation. */
  next(): void;
  /** @param result JSON. */
  respond(result: string): void;
  fail(error: unknown): void;
  /** The function did not load. */
  failInit(error: unknown): void;
  /** The function is loaded, and waits for its first invocation. */
  finishInit(): void;
  /** Logs an error: in JSON format as an object, in text format behind a title. */
  logError(title: string, error: unknown): void;
}

/** The runtime of one version of Node.js. It runs one invocation at a time. */
export interface Runtime {
  /** The text in the log in place of a request ID before the first invocation. */
  readonly noRequestId: string | undefined;
  readonly thrown: ThrownForms;
  /** Loads the function. */
  load(): unknown;
  /** @param context without the members that differ between the versions. */
  invoke(event: unknown, context: InvocationContext): unknown;
}

export type InvocationContext = ReturnType<typeof contextOf>;

/** Returns the members of the handler's `context` that all versions have. */
export const contextOf = (header: InvocationHeader) => ({
  functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"],
  functionVersion: process.env["AWS_LAMBDA_FUNCTION_VERSION"],
  memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
  logGroupName: process.env["AWS_LAMBDA_LOG_GROUP_NAME"],
  logStreamName: process.env["AWS_LAMBDA_LOG_STREAM_NAME"],
  invokedFunctionArn: header.functionArn,
  awsRequestId: header.requestId,
  clientContext: header.clientContext === undefined ? undefined : JSON.parse(header.clientContext),
  getRemainingTimeInMillis: () => header.deadline - Date.now(),
});
