import { isAssumableBy } from "../../iam/trust-policy.ts";
import { invalid } from "./function-name.ts";
import type { FunctionsApi } from "./function-route.ts";

/** @throws {AwsError} 400, where there is no such role, or Lambda may not assume it. */
export function checkRole({ state }: FunctionsApi, roleArn: string): void {
  if (!isAssumableBy(state.iam, roleArn, "lambda.amazonaws.com"))
    throw invalid("The role defined for the function cannot be assumed by Lambda.");
}
