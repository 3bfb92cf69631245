import * as v from "valibot";
import type { Route } from "../../http/rest-json-protocol.ts";
import { invalid } from "./function-name.ts";
import { type FunctionsApi, functionRoute, functionsOf } from "./function-route.ts";

/** The quota of an account, of which AWS keeps a part for the functions that reserve nothing. */
const ACCOUNT = 1000;
const UNRESERVED = 100;

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
        const reserved = Object.values(functionsOf(api.state, region))
          .filter((one) => one !== target)
          .reduce((sum, one) => sum + (one.reservedConcurrentExecutions ?? 0), 0);
        if (reserved + ReservedConcurrentExecutions > ACCOUNT - UNRESERVED)
          throw invalid(
            `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${UNRESERVED}].`,
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
