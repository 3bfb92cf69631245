/**
 * The runtime of `nodejs24.x`: a handler returns its result, or a promise of it. It does not
 * handle crashes. So a crash prints the error of Node.js, and a process whose event loop is empty exits
 * with status 0, although the promise of its handler is not settled.
 * @see https://www.npmjs.com/package/aws-lambda-ric/v/4.0.2
 */
import { setImmediate } from "node:timers/promises";
import {
  CallbackHandlerDeprecatedError,
  JSONStringifyError,
  SINCE_NODE_24,
} from "./function-errors.ts";
import { type Handler, importModule, loadHandler } from "./load-handler.ts";
import type { Runtime, RuntimeApi } from "./runtime-api.ts";

export function createNodejs24(api: RuntimeApi): Runtime {
  let handler: Handler | undefined;
  return {
    thrown: SINCE_NODE_24,
    noRequestId: "-",
    async load() {
      try {
        handler = await loadHandler(importModule);
        // With three parameters, the last one is a callback.
        if (handler.length >= 3) throw new CallbackHandlerDeprecatedError();
      } catch (error) {
        api.logError("Init Error", error);
        api.failInit(error);
        // Nothing catches it, so the process exits with status 1.
        throw error;
      }
      api.finishInit();
    },
    async invoke(event, context) {
      try {
        const xRayTraceId = process.env["_X_AMZN_TRACE_ID"];
        const response = serialize(await handler?.(event, { ...context, xRayTraceId }));
        // An unhandled rejection ends the process before it sends the response.
        await setImmediate();
        api.respond(response);
      } catch (error) {
        await setImmediate();
        api.logError("Invoke Error", error);
        api.fail(error);
      }
      api.next();
    },
  };
}

function serialize(result: unknown): string {
  try {
    return JSON.stringify(result === undefined ? null : result);
  } catch {
    throw new JSONStringifyError();
  }
}
