/**
 * Cuts texts between their characters: within one, half a surrogate pair or of its bytes would stay,
 * which is no character.
 */

const encoder = new TextEncoder();

/** Returns the whole characters at the start of a text that fit into a number of bytes of UTF-8. */
export const firstBytes = (text: string, limit: number): string =>
  text.slice(0, encoder.encodeInto(text, new Uint8Array(limit)).read);

/** Returns the whole characters at the end of a text that fit into a number of bytes of UTF-8. */
export function lastBytes(text: string, limit: number): Uint8Array {
  const bytes = encoder.encode(text);
  let start = Math.max(0, bytes.length - limit);
  // Of a character's bytes, all but the first begin with the bits 10.
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
}

/**
 * Returns the start of a text, of at most that many UTF-16 units, as `length` counts them: one less where
 * the last would be half a surrogate pair.
 */
export function firstUnits(text: string, limit: number): string {
  const start = text.slice(0, limit);
  return /[\ud800-\udbff]$/.test(start) && /^[\udc00-\udfff]/.test(text.slice(limit, limit + 1))
    ? start.slice(0, -1)
    : start;
}
