import * as v from "valibot";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { LambdaFunction } from "../state.ts";
import { functionName, type FunctionReference, invalid, missingVersion } from "./function-name.ts";
import { type FunctionsApi, functionRoute } from "./function-route.ts";

/**
 * Returns the concurrency that an account must keep unreserved. A new account, with a concurrency of 10
 * or 50, cannot reserve any: AWS then names this number as the minimum.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 * @see https://github.com/aws-samples/s3-to-lambda-patterns/issues/36
 */
const minUnreserved = (accountConcurrency: number) => Math.min(100, accountConcurrency);

/** Returns the unreserved concurrency of an account. */
export const unreservedOf = (accountConcurrency: number, functions: readonly LambdaFunction[]) =>
  functions.reduce(
    (left, { reservedConcurrentExecutions = 0 }) => left - reservedConcurrentExecutions,
    accountConcurrency,
  );

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html */
export function concurrencyRoutes(api: FunctionsApi): Route[] {
  const path = "/2017-10-31/functions/{FunctionName}/concurrency";
  const input = v.strictObject({ FunctionName: functionName });
  const ofFunction = { check: refuseQualifier, missing: missingVersion };
  return [
    functionRoute(api, {
      name: "PutFunctionConcurrency",
      method: "PUT",
      path,
      input: v.strictObject({
        FunctionName: functionName,
        // Lambda ignores a fraction: https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/lambda/concurrency_numeric.json
        ReservedConcurrentExecutions: v.pipe(
          v.number(),
          v.transform((value) => Math.trunc(value) + 0),
          v.minValue(0),
        ),
      }),
      ...ofFunction,
      handle(target, { ReservedConcurrentExecutions }, { region }) {
        const others = api.functions.list(region).filter((one) => one !== target);
        const unreserved = unreservedOf(api.accountConcurrency, others);
        const minimum = minUnreserved(api.accountConcurrency);
        if (unreserved - ReservedConcurrentExecutions < minimum)
          throw invalid(
            `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${minimum}].`,
          );
        target.reservedConcurrentExecutions = ReservedConcurrentExecutions;
        return { ReservedConcurrentExecutions };
      },
    }),
    functionRoute(api, {
      name: "GetFunctionConcurrency",
      method: "GET",
      path: "/2019-09-30/functions/{FunctionName}/concurrency",
      input,
      handle: ({ reservedConcurrentExecutions }) => ({
        ReservedConcurrentExecutions: reservedConcurrentExecutions,
      }),
    }),
    functionRoute(api, {
      name: "DeleteFunctionConcurrency",
      method: "DELETE",
      path,
      status: 204,
      input,
      ...ofFunction,
      handle(target) {
        delete target.reservedConcurrentExecutions;
      },
    }),
  ];
}

/**
 * Checks that a request does not name a version or alias, which have no reserved concurrency.
 * @throws {AwsError} 400 InvalidParameterValueException.
 */
function refuseQualifier({ qualifier }: FunctionReference): void {
  if (qualifier === undefined) return;
  throw invalid(
    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.",
  );
}
