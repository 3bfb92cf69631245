/**
 * The errors of the runtime, and the forms in which it reports the errors of a function.
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
import { types } from "node:util";
import type { FunctionError } from "./frames.ts";

// The names are on the prototypes, because own members of an error are in the logs.

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

/** The event loop is empty, but the promise of an async handler is not settled. */
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

/** The forms of a thrown value, which differ between the versions of Lambda's runtime. */
export interface ThrownForms {
  /** Returns what the invoker gets. */
  describe(thrown: unknown): FunctionError;
  /** Returns the error to log. It throws if the value cannot be converted to a string. */
  asError(thrown: unknown): Error;
}

/** Errors of another realm, and other values with all members of an error, count as errors. */
export const UP_TO_NODE_22: ThrownForms = {
  describe: (thrown) =>
    described(() => {
      if (types.isNativeError(thrown) || isErrorLike(thrown))
        return describeError(thrown, linesOf(thrown.stack));
      if (thrown === null || thrown === undefined) throw new TypeError("No value was thrown.");
      return describeValue(thrown);
    }),
  asError: (thrown) => (thrown instanceof Error ? thrown : new Error(thrown as string)),
};

/** Only instances of `Error` count as errors, and they do not need a stack. */
export const SINCE_NODE_24: ThrownForms = {
  describe: (thrown) =>
    described(() => {
      if (thrown instanceof Error)
        return describeError(thrown, thrown.stack === undefined ? [] : linesOf(thrown.stack));
      return describeValue(thrown);
    }, []),
  asError: (thrown) => (thrown instanceof Error ? thrown : new Error(String(thrown))),
};

/** @param trace of a value that cannot be described. */
function described(describe: () => FunctionError, trace?: string[]): FunctionError {
  try {
    return describe();
  } catch {
    // There is no value, a getter or a conversion throws, or a member of the error is not a string.
    return {
      errorType: "handled",
      errorMessage:
        "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
      ...(trace && { trace }),
    };
  }
}

const describeValue = (thrown: unknown): FunctionError => ({
  errorType: typeof thrown,
  errorMessage: String(thrown),
  trace: [],
});

/** Throws if a member of the error is neither a string nor undefined. */
const describeError = ({ name, message }: Partial<Error>, trace: string[]): FunctionError => ({
  errorType: name?.replaceAll("\x7F", "%7F"),
  errorMessage: message?.replaceAll("\x7F", "%7F"),
  trace,
});

function linesOf(stack: unknown): string[] {
  if (typeof stack !== "string") throw new TypeError("The stack is not a string.");
  return stack.replaceAll("\x7F", "%7F").split("\n");
}

function isErrorLike(thrown: unknown): thrown is Error {
  const { name, message, stack } = (thrown ?? {}) as Partial<Error>;
  return [name, message, stack].every((value) => typeof value === "string" && value !== "");
}

/**
 * Returns the JSON behind the title of an error in a log of text format.
 * @param describe the form of an error that has no JSON.
 */
export function textOf(error: Error, describe: ThrownForms["describe"]): string {
  try {
    return JSON.stringify(error, (_key, value: unknown) =>
      value instanceof Error ? describeInText(value) : value,
    );
  } catch {
    return JSON.stringify(describe(error));
  }
}

function describeInText(error: Error) {
  const code = "code" in error ? error.code : undefined;
  // A function can replace it by any value.
  const stack: unknown = error.stack;
  return {
    errorType: error.name,
    errorMessage: error.message,
    code,
    ...membersOf(error),
    ...(typeof stack === "string" && { stack: stack.split("\n") }),
  };
}

/**
 * Returns an error as it is in a log of JSON format. Any of its members may have been replaced by a value
 * of another type, or by none.
 * @param otherStack the stack trace of an error whose stack is not a string.
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

/** Returns the same members, and the own enumerable members of the error. */
export const describeInJson = (error: Error) => ({
  ...summarizeInJson(error, error.stack),
  ...membersOf(error),
});

/** Returns the own enumerable members of an error. */
const membersOf = (error: Error): object => Object.fromEntries(Object.entries(error));
