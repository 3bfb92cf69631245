import type { Failure, Success } from "../shared/protocol.ts";

/** Whether a message is a reply of the protocol, and not one of API Gateway or of somebody else. */
export function isReply(message: unknown): message is Success | Failure {
  if (typeof message !== "object" || message === null) return false;
  const { requestId, status, error } = message as Partial<Success & Failure>;
  return (
    typeof requestId === "string" &&
    (status === "success" || (status === "error" && typeof error === "object"))
  );
}
