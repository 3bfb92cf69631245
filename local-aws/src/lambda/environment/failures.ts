/**
 * The payloads that Lambda itself returns if the function returns none.
 */
import type { InvocationReport } from "../../hooks.ts";
import type { ProcessExit } from "./function-process.ts";
import type { FunctionError } from "../runtime/frames.ts";

/** Bytes of a response. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const RESPONSE_LIMIT = 6_291_556;

export const timedOut = (requestId: string, seconds: number): Buffer =>
  payload({
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  });

export const exited = (requestId: string, exit: ProcessExit): Buffer =>
  payload({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: Runtime exited ${reasonOf(exit)}`,
  });

export const INVALID_ENTRYPOINT = "Runtime.InvalidEntrypoint";

/** Returns Lambda's error for a runtime that it cannot start. */
export const notStarted = (requestId: string, error: unknown): Buffer =>
  payload({
    errorType: INVALID_ENTRYPOINT,
    errorMessage: `RequestId: ${requestId} Error: ${error instanceof Error ? error.message : String(error)}`,
  });

export const responseTooLarge = (): Buffer =>
  payload({
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT} bytes).`,
  });

/**
 * Returns the name in the log of an error during the start: that of an error of Lambda's runtime, and
 * `Runtime.Unknown` for any other error.
 */
export function loggedErrorType(initError: Buffer): string {
  const { errorType = "" } = readFunctionError(initError);
  return /(Runtime|Function)\.[A-Z][a-zA-Z]+/.test(errorType) ? errorType : "Runtime.Unknown";
}

/**
 * Returns the type, the message and the stack of an error of a function as texts. The function wrote
 * the payload, so each of them can be missing or of any type.
 */
export function readFunctionError(
  payload: Buffer,
): Pick<InvocationReport, "errorType" | "errorMessage" | "stackTrace"> {
  const error = parse(payload.toString());
  if (typeof error !== "object" || error === null) return {};
  const text = (name: "errorType" | "errorMessage") =>
    Object.hasOwn(error, name) ? { [name]: textOf(Reflect.get(error, name)) } : {};
  const trace: unknown = Object.hasOwn(error, "trace") ? Reflect.get(error, "trace") : undefined;
  return {
    ...text("errorType"),
    ...text("errorMessage"),
    ...(Array.isArray(trace) && trace.length > 0 && { stackTrace: trace.map(textOf) }),
  };
}

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const payload = (error: FunctionError) => Buffer.from(JSON.stringify(error));

function reasonOf({ code, signal }: ProcessExit): string {
  if (signal !== null) return `with error: signal: ${signalNames[signal] ?? signal}`;
  return code === 0 ? "without providing a reason" : `with error: exit status ${code}`;
}

/** Signals as Go prints them, because Lambda's messages contain these texts. */
const signalNames: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGILL: "illegal instruction",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGTRAP: "trace/breakpoint trap",
};
