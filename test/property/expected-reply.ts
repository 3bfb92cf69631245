/**
 * The expected reply to a message, derived from the documented protocol without the code of the
 * functions.
 */
import type { ErrorCode } from "../../shared/protocol.ts";

export type Expectation =
  | { status: "success"; action: string; result: unknown; requestId: string | undefined }
  | { status: "error"; action: string | null; code: ErrorCode; requestId: string | undefined };

const RESULT_LIMIT = 128 * 1024;

const isName = (value: unknown): value is string =>
  typeof value === "string" && value.length >= 1 && value.length <= 128;

/** Returns the expected reply. @param text the message, with lone surrogates replaced as in UTF-8. */
export function expectedReply(text: string): Expectation {
  const message = parse(text);
  const { action, data, requestId } = membersOf(message);
  const known = {
    action: isName(action) ? action : null,
    requestId: isName(requestId) ? requestId : undefined,
  };
  const error = (code: ErrorCode): Expectation => ({ status: "error", code, ...known });
  if (message === undefined) return error("INVALID_JSON");
  if (hasForbiddenKey(message)) return error("INVALID_REQUEST");
  if (known.action === null) return error("INVALID_REQUEST");
  if (requestId !== undefined && known.requestId === undefined) return error("INVALID_REQUEST");
  const outcome = run(known.action, data);
  if (typeof outcome === "string") return error(outcome);
  const success = { action: known.action, status: "success", ...outcome } as const;
  // API Gateway's own ids have 16 characters.
  const frame = JSON.stringify({ ...success, requestId: known.requestId ?? "x".repeat(16) });
  if (Buffer.byteLength(frame) > RESULT_LIMIT) return error("RESULT_TOO_LARGE");
  return { ...success, requestId: known.requestId };
}

/** Returns undefined if the text is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function membersOf(message: unknown): Record<string, unknown> {
  return typeof message === "object" && message !== null ? { ...message } : {};
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

function run(action: string, data: unknown): { result: unknown } | ErrorCode {
  const { text } = membersOf(data);
  switch (action) {
    case "echo":
      return { result: data };
    case "timestamp":
      return { result: TIMESTAMP };
    case "uppercase":
      return typeof text === "string" ? { result: text.toUpperCase() } : "INVALID_DATA";
    case "reverse": {
      if (typeof text !== "string") return "INVALID_DATA";
      let result = "";
      for (const { segment } of graphemes.segment(text)) result = segment + result;
      return { result };
    }
    default:
      return "UNKNOWN_ACTION";
  }
}

/** A placeholder for the current time. */
export const TIMESTAMP = "2026-01-01T00:00:00.000Z";

/** Whether a value contains a key that could change a prototype. */
function hasForbiddenKey(message: unknown): boolean {
  const open = [message];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    if (Object.hasOwn(value, "__proto__")) return true;
    const constructor: unknown = Object.hasOwn(value, "constructor") ? value.constructor : null;
    if (
      typeof constructor === "object" &&
      constructor !== null &&
      Object.hasOwn(constructor, "prototype")
    )
      return true;
    open.push(...Object.values(value));
  }
  return false;
}
