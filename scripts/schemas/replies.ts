import * as v from "valibot";
import {
  type ErrorCode,
  PING,
  type Progress as ProgressFrame,
  type Reply,
} from "../../shared/protocol.ts";

/** The cause of each error code. The compiler checks that none is missing. */
export const ERROR_CODES: Readonly<Record<ErrorCode, string>> = {
  INVALID_JSON: "the message is not valid JSON",
  INVALID_REQUEST:
    "the message is not an object, `action` is missing or not valid, `requestId` is not valid, a key is forbidden, the message is nested more than 1,000 levels deep, or it is larger than 256,000 bytes after the server has encoded it as JSON again",
  UNKNOWN_ACTION: "the action does not exist",
  INVALID_DATA: "the action does not accept this `data`",
  RESULT_TOO_LARGE: "the reply, or a progress frame, is larger than 128 KB",
  TIMED_OUT:
    "the action was stopped shortly before the processor's timeout; the job is in the dead-letter queue",
  PROCESSING_FAILED:
    "the job failed, or its reply could not be posted; the job is in the dead-letter queue",
  UNAVAILABLE: "the processor could not be invoked",
  TOKEN_EXPIRED:
    "the token of the connection has expired; the request did not run, and the server closes the connection",
};

/** Schemas of the frames that clients receive. The functions use only their types. */
export const Success = v.object({
  action: v.string(),
  status: v.literal("success"),
  result: v.optional(v.unknown()),
  requestId: v.string(),
});

export const Failure = v.object({
  action: v.nullable(v.string()),
  status: v.literal("error"),
  error: v.object({ code: v.enum(codes()), message: v.string() }),
  requestId: v.string(),
});

export const Progress = v.object({
  action: v.string(),
  status: v.literal("progress"),
  progress: v.optional(v.unknown()),
  sequence: v.pipe(v.number(), v.integer(), v.minValue(0)),
  requestId: v.string(),
}) satisfies v.GenericSchema<ProgressFrame>;

/** The reply to a ping, which has no result. */
export const PingSuccess = v.object({
  action: v.literal(PING),
  status: v.literal("success"),
  requestId: v.string(),
});

/** Fails to compile if one of these is not a reply of the protocol. */
export const AnyReply = v.union([Success, Failure, PingSuccess]) satisfies v.GenericSchema<Reply>;

/** The error frame that API Gateway itself sends. */
export const GatewayError = v.object({
  message: v.string(),
  connectionId: v.string(),
  requestId: v.string(),
});

function codes(): { [Code in ErrorCode]: Code } {
  const names = Object.keys(ERROR_CODES).map((code) => [code, code]);
  return Object.fromEntries(names) as { [Code in ErrorCode]: Code };
}
