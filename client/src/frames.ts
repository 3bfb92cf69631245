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

/** A progress frame: a value that the action yields before the reply. */
export interface Piece {
  status: "progress";
  /** Absent if the action yielded `undefined`. */
  progress?: unknown;
  /** Counts the pieces of one attempt from 0. */
  sequence: number;
  requestId: string;
}

/** A frame that belongs to a request: any number of pieces, and then the reply. */
export type Frame = Piece | Success | Failure;

/** The keys that a message can have, before any check of their types. */
interface Unchecked {
  requestId?: unknown;
  status?: unknown;
  sequence?: unknown;
  error?: { code?: unknown } | null;
}

/** Returns whether a message is a frame of the protocol, and not a message of API Gateway, for example. */
export function isFrame(message: unknown): message is Frame {
  const { requestId, status, sequence, error }: Unchecked = Object(message);
  return (
    typeof requestId === "string" &&
    (status === "success" ||
      (status === "progress" && typeof sequence === "number") ||
      (status === "error" && typeof error?.code === "string"))
  );
}
