import type { ErrorCode } from "../shared/protocol.ts";

/** A request, as errors name it. */
export interface Asked {
  readonly action: string;
  readonly requestId: string;
}

/** The server answered with an error frame. */
export class RequestError extends Error implements Asked {
  override readonly name = "RequestError";
  readonly code: ErrorCode;
  readonly action: string;
  readonly requestId: string;

  constructor(error: { code: ErrorCode; message: string }, { action, requestId }: Asked) {
    super(error.message);
    this.code = error.code;
    this.action = action;
    this.requestId = requestId;
  }
}

/** Every way a request can end without a reply. */
const messages = {
  TIMED_OUT: "There was no reply in time.",
  CONNECTION_LOST: "The connection was lost before the reply came.",
  CONNECTION_FAILED: "No connection could be opened or kept.",
  TOKEN_FAILED: "There was no token to connect with.",
  QUEUE_FULL: "Too many requests wait for a connection.",
  MESSAGE_TOO_LARGE: "The message is over 32 KB, the most that API Gateway takes in a frame.",
  CLOSED: "The client was closed.",
};
export type NoReplyCode = keyof typeof messages;

/** There is no reply, and none will be taken any more. */
export class NoReplyError extends Error implements Asked {
  override readonly name = "NoReplyError";
  readonly code: NoReplyCode;
  readonly action: string;
  readonly requestId: string;
  /** Whether the request was sent at all: if so, the server may have acted on it, or still may. */
  readonly sent: boolean;

  constructor(code: NoReplyCode, request: Asked & { sent: boolean }, cause?: unknown) {
    super(messages[code], cause === undefined ? {} : { cause });
    this.code = code;
    this.action = request.action;
    this.requestId = request.requestId;
    this.sent = request.sent;
  }
}

/** There is no connection. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: "CONNECTION_FAILED" | "TOKEN_FAILED" | "CLOSED";

  /** @param cause what `token` or the platform threw. */
  constructor(code: ConnectionError["code"], cause?: unknown) {
    super(messages[code], cause === undefined ? {} : { cause });
    this.code = code;
  }
}
