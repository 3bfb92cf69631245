/** The `error.code` of an error frame. A server can define further codes. */
export type ErrorCode =
  | "INVALID_JSON"
  | "INVALID_REQUEST"
  | "UNKNOWN_ACTION"
  | "INVALID_DATA"
  | "RESULT_TOO_LARGE"
  | "TIMED_OUT"
  | "PROCESSING_FAILED"
  | "UNAVAILABLE"
  | "TOKEN_EXPIRED"
  | (string & {});

/** The keys that identify a request. */
export interface RequestIdentity {
  readonly action: string;
  readonly requestId: string;
}

/** The server replied with an error frame. */
export class RequestError extends Error implements RequestIdentity {
  override readonly name = "RequestError";
  readonly code: ErrorCode;
  readonly action: string;
  readonly requestId: string;

  constructor(error: { code: ErrorCode; message: string }, { action, requestId }: RequestIdentity) {
    super(error.message);
    this.code = error.code;
    this.action = action;
    this.requestId = requestId;
  }
}

/** The message for each reason why a request gets no reply. */
const messages = {
  TIMED_OUT: "No reply arrived before the timeout.",
  CONNECTION_LOST: "The connection closed before the reply arrived.",
  CONNECTION_FAILED: "Could not connect, or the connection was lost.",
  TOKEN_FAILED: "Could not get a token.",
  TOKEN_EXPIRED: "The token has expired.",
  QUEUE_FULL: "Too many requests are waiting for a connection.",
  MESSAGE_TOO_LARGE: "The message is larger than 32 KB, the maximum frame size of API Gateway.",
  CANCELED: "The caller stopped reading the stream.",
  CLOSED: "The client is closed.",
};
export type NoReplyCode = keyof typeof messages;

/** The request got no reply. A later reply is ignored. */
export class NoReplyError extends Error implements RequestIdentity {
  override readonly name = "NoReplyError";
  readonly code: NoReplyCode;
  readonly action: string;
  readonly requestId: string;
  /** Whether the request was sent. If so, the server may have run it, or may still run it. */
  readonly sent: boolean;

  constructor(code: NoReplyCode, request: RequestIdentity & { sent: boolean }, cause?: unknown) {
    super(messages[code], cause === undefined ? {} : { cause });
    this.code = code;
    this.action = request.action;
    this.requestId = request.requestId;
    this.sent = request.sent;
  }
}

/** The client has no connection. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: "CONNECTION_FAILED" | "TOKEN_FAILED" | "TOKEN_EXPIRED" | "CLOSED";

  /** @param cause the error that `token` or the platform threw. */
  constructor(code: ConnectionError["code"], cause?: unknown) {
    super(messages[code], cause === undefined ? {} : { cause });
    this.code = code;
  }
}
