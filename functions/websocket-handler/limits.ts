import type middy from "@middy/core";
import type { MessageEvent } from "./events.ts";
import { parseJson, RejectedMessage } from "./rejected-message.ts";

/** The maximum size of a message in bytes of UTF-8, as in API Gateway. */
const SIZE_LIMIT = 128 * 1024;
/** The maximum nesting depth of JSON. The next steps are recursive, and the stack is limited. */
const DEPTH_LIMIT = 1000;

/** Rejects a message that is too large or nested too deep, before it is parsed. */
export const enforceLimits = (): middy.MiddlewareObj<MessageEvent> => ({
  before: ({ event: { body } }) => {
    if (typeof body !== "string") return;
    if (Buffer.byteLength(body) > SIZE_LIMIT)
      throw new RejectedMessage("INVALID_REQUEST", "The message is over 128 KB.", undefined);
    if (isTooDeep(body)) {
      const reason = "The message is nested more than 1,000 levels deep.";
      // Safe at any depth: without a reviver, V8's parser is not recursive.
      throw new RejectedMessage("INVALID_REQUEST", reason, parseJson(body));
    }
  },
});

const QUOTE = 0x22;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Scans the text once, and skips strings. */
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

/** Counts the occurrences of a bracket, up to one more than the limit. */
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

/** Returns the index of the quote that ends a string: the first after an even number of backslashes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
