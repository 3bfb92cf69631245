import * as v from "valibot";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import { unreservedOf } from "./concurrency.ts";
import { describeFunction } from "./description.ts";
import type { FunctionsApi } from "./function-route.ts";

/**
 * Limits in bytes: the code of all functions of a region, of one unzipped function, and of a zip file in
 * a request.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const CODE_LIMITS = {
  TotalCodeSize: 80_530_636_800,
  CodeSizeUnzipped: 262_144_000,
  CodeSizeZipped: 52_428_800,
};

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export function accountSettingsRoutes(api: FunctionsApi): Route[] {
  return [
    {
      name: "GetAccountSettings",
      method: "GET",
      path: "/2016-08-19/account-settings",
      operation: {
        input: v.strictObject({}),
        handle(_, { region }) {
          const functions = api.functions.list(region);
          return {
            AccountLimit: {
              ...CODE_LIMITS,
              ConcurrentExecutions: api.accountConcurrency,
              UnreservedConcurrentExecutions: unreservedOf(api.accountConcurrency, functions),
            },
            AccountUsage: {
              TotalCodeSize: functions
                .map((one) => describeFunction(one).CodeSize)
                .reduce((sum, size) => sum + size, 0),
              FunctionCount: functions.length,
            },
          };
        },
      },
    },
  ];
}
