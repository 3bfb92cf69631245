import { expect } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { modelled } from "./sources.ts";

const OWN_FUNCTION = "local: the function is created for the row";

/** The execution environment and the runtime. */
export const runtime: Behaviour[] = [
  {
    behaviour: "a handler that is not exported fails as Runtime.HandlerNotFound",
    basis: "model",
    source: modelled.handlerLoading,
    only: OWN_FUNCTION,
    check: async ({ account: { createFunction, lambda } }) => {
      const { FunctionName } = await createFunction({ Handler: "index.missing" });
      const { FunctionError, Payload } = await lambda.invoke({ FunctionName });
      expect(FunctionError).toBe("Unhandled");
      expect(JSON.parse(Payload?.transformToString() ?? "")).toMatchObject({
        errorType: "Runtime.HandlerNotFound",
        errorMessage: "index.missing is undefined or not exported",
      });
    },
  },
];
