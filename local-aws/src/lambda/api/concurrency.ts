import * as v from "valibot";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { LambdaFunction } from "../state.ts";
import { invalid } from "./function-name.ts";
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
  const input = v.strictObject({ FunctionName: v.string() });
  return [
    functionRoute(api, {
      name: "PutFunctionConcurrency",
      method: "PUT",
      path,
      input: v.strictObject({
        FunctionName: v.string(),
        ReservedConcurrentExecutions: v.pipe(v.number(), v.integer(), v.minValue(0)),
      }),
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
      handle(target) {
        delete target.reservedConcurrentExecutions;
      },
    }),
  ];
}
