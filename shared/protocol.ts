/**
 * The message protocol: one JSON text frame per request, one per reply, and before the reply one for
 * each value that a streaming action yields. The key order of the types below is the key order on the
 * wire.
 */
import * as v from "valibot";

/** Every reason a request can fail: the value of `error.code`. */
export type ErrorCode =
  | "INVALID_JSON"
  | "INVALID_REQUEST"
  | "UNKNOWN_ACTION"
  | "INVALID_DATA"
  | "RESULT_TOO_LARGE"
  | "TIMED_OUT"
  | "PROCESSING_FAILED"
  | "UNAVAILABLE"
  | "TOKEN_EXPIRED";

/** The action that the websocket-handler answers itself. The processor has none of this name. */
export const PING = "ping";

const ActionName = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
const RequestId = v.pipe(v.string(), v.minLength(1), v.maxLength(128));

/** What a client sends; `requestId` comes back in the reply, so that a client can match the two. */
export const Request = v.pipe(
  v.unknown(),
  v.check((message) => !Array.isArray(message), "Expected an object, not an array"),
  v.object({
    action: ActionName,
    data: v.optional(v.unknown()),
    requestId: v.optional(RequestId),
  }),
);
export type Request = v.InferOutput<typeof Request>;

/**
 * A request on its way from the websocket-handler to the processor. A deployment changes the two one
 * after the other, and dead letters are older: a new key must be optional, and no key may change.
 */
export const Job = v.object({
  connectionId: v.string(),
  requestId: v.string(),
  /** Who sent it, as the authorizer knows them; absent where there is none. */
  subject: v.optional(v.string()),
  /** The claims of its token that `jwt_claims` names; absent where there are none. */
  claims: v.optional(v.record(v.string(), v.unknown())),
  action: v.string(),
  data: v.optional(v.unknown()),
});
export type Job = v.InferOutput<typeof Job>;

export interface Success {
  action: string;
  status: "success";
  /** Absent only where the action returned nothing, as `echo` without `data`. */
  result?: unknown;
  requestId: string;
}

export interface Failure {
  /** `null` where the message named no valid one. */
  action: string | null;
  status: "error";
  error: { code: ErrorCode; message: string };
  requestId: string;
}

/** The last frame of a request. */
export type Reply = Success | Failure;

/** A frame before the reply: a value that the action yielded. */
export interface Progress {
  action: string;
  status: "progress";
  /** Absent only where the action yielded `undefined`. */
  progress?: unknown;
  /** Counts the frames of an attempt, from 0 and without gaps. A later attempt starts at 0 again. */
  sequence: number;
  requestId: string;
}

/** What a reply says about the request that it answers. */
export interface Answered<Action extends string | null = string> {
  action: Action;
  requestId: string;
}

export function success({ action, requestId }: Answered, result: unknown): Success {
  return { action, status: "success", result, requestId };
}

export function progress(
  { action, requestId }: Answered,
  value: unknown,
  sequence: number,
): Progress {
  return { action, status: "progress", progress: value, sequence, requestId };
}

export function failure(
  { action, requestId }: Answered<string | null>,
  code: ErrorCode,
  message: string,
): Failure {
  return { action, status: "error", error: { code, message }, requestId };
}

/**
 * The action and the request id of any parsed JSON, as far as each is valid on its own: what an
 * error frame needs to find its way to the request, however broken the rest of that is.
 */
export function identify(message: unknown): { action: string | null; requestId: string | null } {
  const fields: Record<string, unknown> = Object(message);
  return {
    action: v.is(ActionName, fields["action"]) ? fields["action"] : null,
    requestId: v.is(RequestId, fields["requestId"]) ? fields["requestId"] : null,
  };
}

/** The types among the names in `expected`, where valibot also writes values such as `null` or `1`. */
const TYPE_NAME = /^(string|number|boolean|bigint|[A-Z]\w+)$/;

/** A validation issue as a sentence about a field: `data.text must be a string`. */
export function describeIssue(issue: v.BaseIssue<unknown>, root: "message" | "data"): string {
  const path = v.getDotPath(issue);
  const field = [...(root === "data" ? ["data"] : []), ...(path === null ? [] : [path])].join(".");
  const subject = field === "" ? "the message" : field;
  const { kind, expected, received } = issue;
  if (kind !== "schema" || expected === null) return `${subject}: ${issue.message}`;
  if (expected === "never") return `${subject} is not allowed`;
  if (path !== null && received === "undefined") return `${subject} is required`;
  if (!TYPE_NAME.test(expected)) return `${subject} must be ${expected}`;
  return `${subject} must be ${/^[aeio]/i.test(expected) ? "an" : "a"} ${expected.toLowerCase()}`;
}
