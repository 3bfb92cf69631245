import * as v from "valibot";
import { invalid } from "./function-name.ts";
import { pattern } from "./pattern.ts";

export const variableName = v.pipe(v.string(), pattern("[a-zA-Z]([a-zA-Z0-9_])+"));

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED: ReadonlySet<string> = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

/** The maximum size of all variables as JSON, in bytes. */
const LIMIT = 4096;

const REFUSED =
  "Lambda was unable to configure your environment variables because the environment variables you have provided";

/**
 * Checks the environment variables of a function.
 * @throws {AwsError} 400 for reserved names, or if they have more than 4 KB.
 */
export function checkEnvironment(variables: Record<string, string>): void {
  const names = Object.keys(variables);
  const reserved = names.filter((name) => RESERVED.has(name));
  if (reserved.length > 0)
    throw invalid(
      `${REFUSED} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > LIMIT)
    throw invalid(`${REFUSED} exceeded the 4KB limit. String measured: ${measured}`);
}
