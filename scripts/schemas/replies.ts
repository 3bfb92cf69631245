import * as v from "valibot";
import type { ErrorCode, Reply } from "../../shared/protocol.ts";

/** The cause of each error code. The compiler checks that none is missing. */
export const ERROR_CODES: Readonly<Record<ErrorCode, string>> = {
  INVALID_JSON: "the message is not valid JSON",
  INVALID_REQUEST:
    "the message is not an object, `action` is missing or not valid, `requestId` is not valid, a key is forbidden, the message is nested more than 1,000 levels deep, or it is larger than 256,000 bytes after the server has encoded it as JSON again",
  UNKNOWN_ACTION: "the action does not exist",
  INVALID_DATA: "the action does not accept this `data`",
  RESULT_TOO_LARGE: "the reply, or a progress frame, is larger than 128 KB",
  TIMED_OUT: "the action stopped itself shortly before the processor's timeout; the job is in the dead-letter queue",
  PROCESSING_FAILED:
    "the job failed, or its reply could not be posted; the job is in the dead-letter queue",
  UNAVAILABLE: "the processor could not be invoked",
  TOKEN_EXPIRED: "the token of the connection has expired; the server closes the connection",
};

/** Schemas of the frames that clients receive. The functions use only the types of replies. */
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

/** Fails to compile if one of the two is not a reply of the protocol. */
export const AnyReply = v.union([Success, Failure]) satisfies v.GenericSchema<Reply>;

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
