/**
 * The runtime's own errors, and the forms in which it hands on those of a function.
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
import { types } from "node:util";
import type { FunctionError } from "./frames.ts";

// The names lie on the prototypes: as members of the errors they would show up in the logs.

export class ImportModuleError extends Error {
  static {
    this.prototype.name = "Runtime.ImportModuleError";
  }
}

export class UserCodeSyntaxError extends Error {
  static {
    this.prototype.name = "Runtime.UserCodeSyntaxError";
  }
}

export class HandlerNotFound extends Error {
  static {
    this.prototype.name = "Runtime.HandlerNotFound";
  }
}

export class MalformedHandlerName extends Error {
  static {
    this.prototype.name = "Runtime.MalformedHandlerName";
  }
}

/** An async handler whose promise can't settle any more, as nothing is left that could settle it. */
export class NodeJsExit extends Error {
  static {
    this.prototype.name = "Runtime.NodeJsExit";
  }

  constructor() {
    super(
      "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes",
    );
  }
}

/** A handler with a callback, since Node.js 24. */
export class CallbackHandlerDeprecatedError extends Error {
  // As on Lambda, the name of this error and of the next is in the logs.
  override readonly name = "Runtime.CallbackHandlerDeprecated";

  constructor() {
    super(
      "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.",
    );
  }
}

/** A result that has no JSON, since Node.js 24. */
export class JSONStringifyError extends Error {
  override readonly name = "Runtime.JSONStringifyError";

  constructor() {
    super("Unable to stringify response body");
  }
}

export class UnhandledPromiseRejection extends Error {
  static {
    this.prototype.name = "Runtime.UnhandledPromiseRejection";
  }

  readonly reason: unknown;
  readonly promise: unknown;

  constructor(reason: unknown, promise: unknown) {
    super(String(reason));
    this.reason = reason;
    this.promise = promise;
  }
}

/** What the invoker gets. */
export function asFunctionError(error: unknown): FunctionError {
  try {
    if (isErrorLike(error))
      return {
        errorType: error.name,
        errorMessage: error.message,
        trace: error.stack?.split("\n") ?? [],
      };
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    // Its getters throw, or its conversion to a string does.
    return {
      errorType: "handled",
      errorMessage:
        "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
    };
  }
}

/** Errors of another realm, and other values with all members of an error, count as errors. */
function isErrorLike(error: unknown): error is Error {
  if (types.isNativeError(error)) return true;
  const { name, message, stack } = { ...(error as Partial<Error> | null | undefined) };
  return [name, message, stack].every((value) => typeof value === "string" && value !== "");
}

/** Returns the error to log for a thrown value. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

/** The JSON behind the title of an error in a log of text format. */
export function textOf(error: Error): string {
  try {
    return JSON.stringify(error, (_key, value: unknown) =>
      value instanceof Error ? describeInText(value) : value,
    );
  } catch {
    return JSON.stringify(asFunctionError(error));
  }
}

function describeInText(error: Error) {
  const code = "code" in error ? error.code : undefined;
  return {
    errorType: error.name,
    errorMessage: error.message,
    code,
    ...membersOf(error),
    stack: error.stack?.split("\n"),
  };
}

/**
 * An error in a log of JSON format. Any of its members may have been replaced by a value of another
 * type, or by none.
 * @param otherStack the stack trace of an error whose stack is no text.
 */
export function summarizeInJson(error: Error, otherStack: unknown = []) {
  const { constructor, message, stack }: Partial<Record<keyof Error | "constructor", unknown>> =
    error;
  return {
    errorType: typeof constructor === "function" ? constructor.name : "UnknownError",
    errorMessage: message,
    stackTrace: typeof stack === "string" ? stack.split("\n") : otherStack,
  };
}

/** The same, with all members that it has of its own. */
export const describeInJson = (error: Error) => ({
  ...summarizeInJson(error, error.stack),
  ...membersOf(error),
});

/** Returns the own enumerable members of an error. */
const membersOf = (error: Error): object => Object.fromEntries(Object.entries(error));
