import type { InvocationReport } from "../../hooks.ts";
import type { Report } from "../log/log-lines.ts";
import { readFunctionError } from "./failures.ts";

/** Joins Lambda's report of an invocation with the response of the function, for observers. */
export function invocationReport(
  { status, errorType, duration, initDuration, memoryUsed }: Report,
  { functionError, payload }: { functionError?: string; payload: Buffer },
): Omit<InvocationReport, "environment"> {
  const times = { duration, memoryUsed, ...(initDuration !== undefined && { initDuration }) };
  if (status === "success" && functionError === undefined) return { outcome: "success", ...times };
  const error = readFunctionError(payload);
  if (status === "timeout") return { outcome: "timeout", ...times, ...error };
  if (status === "error")
    return { outcome: "crash", ...times, ...error, ...(errorType && { errorType }) };
  return { outcome: "error", ...times, ...error };
}
