import type { Hooks } from "./hooks.ts";
import { type Middleware, textParameter } from "./protocols/operation.ts";
import { traceHeaderOf } from "./trace-header.ts";

/**
 * Reports the calls of functions to Invoke and PostToConnection. A call without a trace header does not
 * belong to a message, so it is not reported.
 */
export function reportCalls(hooks: Hooks): Middleware {
  return async (call, next) => {
    const traceHeader = traceHeaderOf(call.context.headers);
    if (traceHeader === undefined) return await next();
    switch (`${call.service}:${call.name}`) {
      case "lambda:Invoke": {
        const functionName = nameOf(textParameter(call, "FunctionName"));
        hooks.emit(traceHeader, { type: "invoke-start", functionName });
        const response = await next();
        hooks.emit(traceHeader, { type: "invoke-end", functionName, status: response.status });
        return response;
      }
      case "execute-api:PostToConnection": {
        hooks.emit(traceHeader, { type: "post-start" });
        const response = await next();
        hooks.emit(traceHeader, { type: "post-end", status: response.status });
        return response;
      }
      default:
        return await next();
    }
  };
}

/** Returns the name of a function from its name or ARN, with or without the qualifier `$LATEST`. */
const nameOf = (reference: string) => /([^:]+)(?::\$LATEST)?$/.exec(reference)?.[1] ?? reference;
