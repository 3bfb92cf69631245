import type { Iam } from "../../iam/index.ts";
import type { FunctionConfiguration } from "../state.ts";
import { invalid } from "./function-name.ts";

/**
 * Checks that the role of a function with active tracing is allowed to send traces. X-Ray is not
 * implemented, so the trace header of every invocation has `Sampled=0`.
 * @throws {AwsError} 400 InvalidParameterValueException.
 * @see https://github.com/serverless/serverless/issues/6931
 */
export function checkTracing(iam: Iam, configuration: FunctionConfiguration): void {
  const { TracingConfig, Role, FunctionName } = configuration;
  if (TracingConfig.Mode !== "Active") return;
  if (!iam.allows(iam.sessionOf(Role, FunctionName), "xray:PutTraceSegments", "*"))
    throw invalid(
      "The provided execution role does not have permissions to call PutTraceSegments on XRAY",
    );
}
