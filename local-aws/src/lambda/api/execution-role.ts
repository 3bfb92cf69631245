import { parseArn } from "../../arn.ts";
import { AwsError } from "../../protocols/aws-error.ts";
import { isAssumableBy } from "../../iam/trust-policy.ts";
import { invalid } from "./function-name.ts";
import type { FunctionsApi } from "./function-route.ts";

/** @throws {AwsError} 403 for a role of another account, 400 if Lambda cannot assume the role. */
export function checkRole({ state }: FunctionsApi, roleArn: string): void {
  if (parseArn(roleArn)?.accountId !== state.accountId)
    throw new AwsError(403, "AccessDeniedException", "Cross-account pass role is not allowed.");
  if (!isAssumableBy(state.iam, roleArn, "lambda.amazonaws.com"))
    throw invalid("The role defined for the function cannot be assumed by Lambda.");
}
