import type { Failure, Success } from "../../shared/protocol.ts";

/** What may be in a message, which anybody may have sent. */
interface Unchecked {
  requestId?: unknown;
  status?: unknown;
  error?: { code?: unknown } | null;
}

/** Whether a message is a reply of the protocol, and not one of API Gateway or of somebody else. */
export function isReply(message: unknown): message is Success | Failure {
  if (typeof message !== "object" || message === null) return false;
  const { requestId, status, error }: Unchecked = message;
  return (
    typeof requestId === "string" &&
    (status === "success" || (status === "error" && typeof error?.code === "string"))
  );
}
