import type { ErrorCode } from "./errors.ts";

interface Success {
  status: "success";
  /** Absent if the action returned nothing. */
  result?: unknown;
  requestId: string;
}

interface Failure {
  status: "error";
  error: { code: ErrorCode; message: string };
  requestId: string;
}

/** The reply to a request. */
export type Reply = Success | Failure;

/** The keys that a message can have. Anybody can have sent it. */
interface Unchecked {
  requestId?: unknown;
  status?: unknown;
  error?: { code?: unknown } | null;
}

/** Whether a message is a reply of the protocol, and not a message of API Gateway or of another sender. */
export function isReply(message: unknown): message is Reply {
  if (typeof message !== "object" || message === null) return false;
  const { requestId, status, error }: Unchecked = message;
  return (
    typeof requestId === "string" &&
    (status === "success" || (status === "error" && typeof error?.code === "string"))
  );
}
