import { readFunctionError } from "./failures.ts";
import type { FunctionEnd } from "../../hooks.ts";

/** How an invocation ended, from Lambda's report and what the invoker gets. */
export function functionEnd(
  report: {
    status: "success" | "timeout" | "error";
    errorType?: string;
    duration: number;
    initDuration?: number | undefined;
    memoryUsed: number;
  },
  { functionError, payload }: { functionError?: string; payload: Buffer },
): Omit<FunctionEnd, "environment"> {
  const { status, errorType, duration, initDuration, memoryUsed } = report;
  const times = { duration, memoryUsed, ...(initDuration !== undefined && { initDuration }) };
  if (status === "timeout") return { outcome: "timeout", ...times };
  if (status === "error") return { outcome: "crash", ...(errorType && { errorType }), ...times };
  if (functionError === undefined) return { outcome: "success", ...times };
  const { errorType: named } = readFunctionError(payload);
  return { outcome: "error", ...(named !== undefined && { errorType: named }), ...times };
}
