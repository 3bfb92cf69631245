import type middy from "@middy/core";
import type { MessageEvent } from "./events.ts";
import { parseJson, RejectedMessage } from "./rejected-message.ts";

/** Bytes of UTF-8: as much as API Gateway takes. */
const SIZE_LIMIT = 128 * 1024;
/** The maximum nesting depth of JSON. The steps after this one recurse, on a finite stack. */
const DEPTH_LIMIT = 1000;

/** Rejects, before anything parses it, a message that is too large or nested too deep. */
export const enforceLimits = (): middy.MiddlewareObj<MessageEvent> => ({
  before: ({ event: { body } }) => {
    if (typeof body !== "string") return;
    if (Buffer.byteLength(body) > SIZE_LIMIT)
      throw new RejectedMessage("INVALID_REQUEST", "The message is over 128 KB.", undefined);
    if (isTooDeep(body)) {
      const reason = "The message is nested more than 1,000 levels deep.";
      // Safe at any depth: without a reviver, the parser of V8 doesn't recurse.
      throw new RejectedMessage("INVALID_REQUEST", reason, parseJson(body));
    }
  },
});

const QUOTE = 0x22;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** One pass over the text, for which strings are no more than a jump to their end. */
function isTooDeep(text: string): boolean {
  // Every level needs a bracket, and few messages have that many.
  if (count(text, "[") + count(text, "{") <= DEPTH_LIMIT) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === OPENING_BRACKET || code === OPENING_BRACE) depth += 1;
    else if (code === CLOSING_BRACKET || code === CLOSING_BRACE) depth -= 1;
    if (depth > DEPTH_LIMIT) return true;
  }
  return false;
}

/** How often a bracket is there, counted no further than matters. */
function count(text: string, bracket: string): number {
  let found = 0;
  for (
    let index = text.indexOf(bracket);
    index !== -1 && found <= DEPTH_LIMIT;
    index = text.indexOf(bracket, index + 1)
  )
    found += 1;
  return found;
}

/** The index of the quote that ends a string: one behind an even number of backslashes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
