/**
 * The runtime of `nodejs16.x` to `nodejs22.x`: handlers can respond with a promise, a callback or their context.
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/tree/v3.3.0
 */
import { createResponders } from "./responses.ts";
import { NodeJsExit, UP_TO_NODE_22, UnhandledPromiseRejection } from "./function-errors.ts";
import { type Handler, loadHandler, requireOrImport } from "./load-handler.ts";
import type { InvocationContext, Runtime, RuntimeApi } from "./runtime-api.ts";

export function createNodejs22(api: RuntimeApi): Runtime {
  /** Undefined until the function is loaded. */
  let handler: Handler | undefined;
  /** The invocation that has no response yet. */
  let pending: InvocationContext | undefined;
  let whenLoopIsEmpty: (() => void) | undefined;

  /** Ends the process with the exit code that Lambda's runtime has for the error. */
  function crash(title: string, error: unknown, exitCode: number): never {
    api.logError(title, error);
    if (handler === undefined) api.failInit(error);
    else if (pending !== undefined) api.fail(error);
    process.exit(exitCode);
  }
  process.on("beforeExit", () => whenLoopIsEmpty?.());
  process.on("uncaughtException", (error) => crash("Uncaught Exception", error, 129));
  process.on("unhandledRejection", (reason, promise) =>
    crash("Unhandled Promise Rejection", new UnhandledPromiseRejection(reason, promise), 128),
  );

  return {
    thrown: UP_TO_NODE_22,
    noRequestId: undefined,
    async load() {
      // The exit code of Node.js for a top-level await that never settles.
      whenLoopIsEmpty = () => process.exit(13);
      try {
        handler = await loadHandler(requireOrImport);
        warnOfCallback(handler);
      } catch (error) {
        crash("Uncaught Exception", error, 129);
      }
      whenLoopIsEmpty = undefined;
      api.finishInit();
    },
    invoke(event, context) {
      if (handler === undefined) return;
      const called = handler;
      pending = context;
      const respond = (send: () => void) => {
        // The invocation got its response when the event loop was empty. The handler responds too late.
        if (pending !== context) return;
        send();
        pending = undefined;
        // Callbacks of the handler in this turn of the event loop still belong to its invocation.
        setImmediate(api.next);
      };
      const succeed = (result: unknown) => {
        const response = serialize(result);
        respond(() => api.respond(response));
      };
      const fail = (error: unknown) => {
        api.logError("Invoke Error", error);
        respond(() => api.fail(error));
      };
      // Without a response, a handler has returned nothing when the event loop is empty. For an async
      // handler, whose promise is not settled, this is an error.
      whenLoopIsEmpty = () => (isAsync(called) ? fail(new NodeJsExit()) : succeed(undefined));
      const responders = createResponders(
        { succeed, fail },
        (action) => (whenLoopIsEmpty = action),
      );
      try {
        // `responders` is shared, not copied, because the handler can set one of its members.
        const result = called(event, Object.assign(responders, context), responders.callback);
        // A return value that is not a promise is ignored.
        if (isPromise(result))
          result.then(responders.succeed, responders.fail).catch(responders.fail);
      } catch (error) {
        responders.callback(error);
      }
    },
  };
}

/** Warns about a handler with a callback. An environment variable turns the warning off, as on Lambda. */
function warnOfCallback(handler: Handler): void {
  if (handler.length !== 3 || isAsync(handler)) return;
  if (process.env["AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING"] !== undefined) return;
  console.warn(
    "AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. You will need to update this function to use an async handler to use Node.js 24 or later. For more information and to provide feedback on this change, see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/137. To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.",
  );
}

function serialize(result: unknown): string {
  try {
    return JSON.stringify(result) ?? "null";
  } catch (cause) {
    throw new Error("Unable to stringify response body", { cause });
  }
}

const isAsync = (handler: Handler) => handler.constructor.name === "AsyncFunction";

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === "object" &&
  value !== null &&
  "then" in value &&
  typeof value.then === "function";
