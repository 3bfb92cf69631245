/**
 * The runtime of `nodejs16.x` to `nodejs22.x`: handlers can answer by a promise, a callback or their context.
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/tree/v3.3.0
 */
import { createAnswers } from "./answers.ts";
import { NodeJsExit, UP_TO_NODE_22, UnhandledPromiseRejection } from "./function-errors.ts";
import { type Handler, loadHandler, requireOrImport } from "./load-handler.ts";
import type { InvocationContext, Runtime, RuntimeApi } from "./runtime-api.ts";

export function createNodejs22(api: RuntimeApi): Runtime {
  /** None until the function is loaded. */
  let handler: Handler | undefined;
  /** The invocation that has no answer yet. */
  let unanswered: InvocationContext | undefined;
  let whenLoopIsEmpty: (() => void) | undefined;

  /** A crash ends the process with the status that Lambda's runtime uses for it. */
  function crash(title: string, error: unknown, exitCode: number): never {
    api.logError(title, error);
    if (handler === undefined) api.failInit(error);
    else if (unanswered !== undefined) api.fail(error);
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
      unanswered = context;
      const answer = (send: () => void) => {
        // It was answered when its event loop ran empty, and the handler does so only now.
        if (unanswered !== context) return;
        send();
        unanswered = undefined;
        // Callbacks of the handler in this turn of the event loop still belong to its invocation.
        setImmediate(api.next);
      };
      const succeed = (result: unknown) => {
        const response = serialise(result);
        answer(() => api.respond(response));
      };
      const fail = (error: unknown) => {
        api.logError("Invoke Error", error);
        answer(() => api.fail(error));
      };
      // A handler that doesn't answer has returned nothing once its event loop is empty; only from
      // one that is async a promise is owed.
      whenLoopIsEmpty = () => (isAsync(called) ? fail(new NodeJsExit()) : succeed(undefined));
      const answers = createAnswers({ succeed, fail }, (action) => (whenLoopIsEmpty = action));
      try {
        // The answering part is shared and not copied, as the handler may set a member of it.
        const result = called(event, Object.assign(answers, context), answers.callback);
        // A plain return value counts for nothing: only a callback or a promise answers.
        if (isPromise(result)) result.then(answers.succeed, answers.fail).catch(answers.fail);
      } catch (error) {
        answers.callback(error);
      }
    },
  };
}

/** The variable switches the warning off, as on Lambda. */
function warnOfCallback(handler: Handler): void {
  if (handler.length !== 3 || isAsync(handler)) return;
  if (process.env["AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING"] !== undefined) return;
  console.warn(
    "AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. You will need to update this function to use an async handler to use Node.js 24 or later. For more information and to provide feedback on this change, see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/137. To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.",
  );
}

function serialise(result: unknown): string {
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
