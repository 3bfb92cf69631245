import * as v from "valibot";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { LambdaFunction } from "../state.ts";
import { functionName, type FunctionReference, invalid, missingVersion } from "./function-name.ts";
import { type FunctionsApi, functionRoute } from "./function-route.ts";

/**
 * How much of its concurrency an account must keep for the functions that reserve nothing. Of a new
 * account's 10 or 50 none can be reserved: AWS then names that as the minimum.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 * @see https://github.com/aws-samples/s3-to-lambda-patterns/issues/36
 */
const leastUnreserved = (accountConcurrency: number) => Math.min(100, accountConcurrency);

/** Returns how much of an account's concurrency no function reserves. */
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
        const least = leastUnreserved(api.accountConcurrency);
        if (unreserved - ReservedConcurrentExecutions < least)
          throw invalid(
            `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${least}].`,
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

/** @throws {AwsError} 400, because versions and aliases have no reserved concurrency. */
function refuseQualifier({ qualifier }: FunctionReference): void {
  if (qualifier === undefined) return;
  throw invalid(
    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.",
  );
}
