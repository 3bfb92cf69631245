import { expect } from "vitest";
import { refusalOf } from "./account.ts";
import type { Behaviour } from "./behaviour.ts";
import { captured } from "./sources.ts";

/** Functions and their settings. */
export const lambdaApi: Behaviour[] = [
  {
    behaviour:
      "the concurrency of a function that does not exist is refused with the function's ARN",
    basis: "capture",
    source: captured.concurrencyAdmission,
    check: async ({ account: { id, lambda } }) => {
      const call = lambda.getFunctionConcurrency({ FunctionName: "nope" });
      expect(await refusalOf(call)).toEqual({
        name: "ResourceNotFoundException",
        message: `Function not found: arn:aws:lambda:us-east-1:${id}:function:nope`,
        status: 404,
      });
    },
  },
];
