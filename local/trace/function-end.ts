import type { FunctionEnd } from "./types.ts";

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
  const error: unknown = JSON.parse(payload.toString());
  const named = typeof error === "object" && error !== null && "errorType" in error;
  return { outcome: "error", ...(named && { errorType: String(error.errorType) }), ...times };
}
