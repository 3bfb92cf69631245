import * as v from "valibot";
import type { ErrorCode, Reply } from "../../shared/protocol.ts";

/** Each error code, and what happened. The compiler sees that none is missing. */
export const ERROR_CODES: Readonly<Record<ErrorCode, string>> = {
  INVALID_JSON: "the message is not JSON",
  INVALID_REQUEST:
    "it is, but it is no object, `action` is missing or wrong, `requestId` is wrong, a key is forbidden, it is nested more than 1,000 levels deep, or it is too large with its numbers written out",
  UNKNOWN_ACTION: "there is no such action",
  INVALID_DATA: "the action can't take this `data`",
  RESULT_TOO_LARGE: "the result is over API Gateway's 128 KB",
  PROCESSING_FAILED: "a fault; the job lies in the dead-letter queue",
  UNAVAILABLE: "the job could not be handed over; try again later",
};

/** What clients receive. The functions make replies by their types alone, and need none of this. */
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

/** Fails to compile where one of the two is no reply of the protocol. */
export const AnyReply = v.union([Success, Failure]) satisfies v.GenericSchema<Reply>;

/** What API Gateway itself sends, where no function could. */
export const GatewayError = v.object({
  message: v.string(),
  connectionId: v.string(),
  requestId: v.string(),
});

function codes(): { [Code in ErrorCode]: Code } {
  const names = Object.keys(ERROR_CODES).map((code) => [code, code]);
  return Object.fromEntries(names) as { [Code in ErrorCode]: Code };
}
