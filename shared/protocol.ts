/**
 * The message protocol. Each request and each reply is one JSON text message, and so is each progress
 * frame before the reply. The keys of the types below are in the order in which they are sent.
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

/** The action that the websocket-handler replies to itself. The processor has no action of this name. */
export const PING = "ping";

const ActionName = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
const RequestId = v.pipe(v.string(), v.minLength(1), v.maxLength(128));

/** The message of a client. The reply has the same `requestId`, so that the client can match the two. */
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
 * A request as the websocket-handler sends it to the processor. A deployment updates the two functions
 * one after the other, and dead letters can be older. So new keys must be optional, and no key may
 * change its meaning.
 */
export const Job = v.object({
  connectionId: v.string(),
  requestId: v.string(),
  /** The client's `sub` claim. Absent without authentication. */
  subject: v.optional(v.string()),
  /** The claims of the client's token that `jwt_claims` names. Absent if the token has none of them. */
  claims: v.optional(v.record(v.string(), v.unknown())),
  action: v.string(),
  data: v.optional(v.unknown()),
});
export type Job = v.InferOutput<typeof Job>;

export interface Success {
  action: string;
  status: "success";
  /** Absent only if the action returned `undefined`, as `echo` does without `data`. */
  result?: unknown;
  requestId: string;
}

export interface Failure {
  /** `null` if the message had no valid action name. */
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
  /** Absent only if the action yielded `undefined`. */
  progress?: unknown;
  /** Counts the frames of an attempt, from 0 and without gaps. A later attempt starts at 0 again. */
  sequence: number;
  requestId: string;
}

/** The keys of a reply that identify its request. */
export interface RequestIdentity<Action extends string | null = string> {
  action: Action;
  requestId: string;
}

export function success({ action, requestId }: RequestIdentity, result: unknown): Success {
  return { action, status: "success", result, requestId };
}

export function progress(
  { action, requestId }: RequestIdentity,
  value: unknown,
  sequence: number,
): Progress {
  return { action, status: "progress", progress: value, sequence, requestId };
}

export function failure(
  { action, requestId }: RequestIdentity<string | null>,
  code: ErrorCode,
  message: string,
): Failure {
  return { action, status: "error", error: { code, message }, requestId };
}

/**
 * Returns the action and the request id of any JSON value, or `null` for each that is missing or not
 * valid. An error frame needs them even if the rest of the message is not valid.
 */
export function identify(message: unknown): { action: string | null; requestId: string | null } {
  const fields: Record<string, unknown> = Object(message);
  return {
    action: v.is(ActionName, fields["action"]) ? fields["action"] : null,
    requestId: v.is(RequestId, fields["requestId"]) ? fields["requestId"] : null,
  };
}

/** Matches type names. valibot's `expected` can also be a value such as `null` or `1`. */
const TYPE_NAME = /^(string|number|boolean|bigint|[A-Z]\w+)$/;

/** Returns a validation issue as a sentence about a field, such as `data.text must be a string`. */
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
