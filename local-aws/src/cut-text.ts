/**
 * Cuts texts between characters. A cut within a character would leave half a surrogate pair or part of
 * its bytes, which is not a character.
 */

const encoder = new TextEncoder();

/**
 * Returns the longest start of a text in whole characters that fits into a number of bytes of UTF-8.
 */
export const firstBytes = (text: string, limit: number): string =>
  text.slice(0, encoder.encodeInto(text, new Uint8Array(limit)).read);

/**
 * Returns the longest end of a text in whole characters that fits into a number of bytes of UTF-8.
 */
export function lastBytes(text: string, limit: number): Uint8Array {
  const bytes = encoder.encode(text);
  let start = Math.max(0, bytes.length - limit);
  // All bytes of a character except the first start with the bits 10.
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
}

/**
 * Returns the start of a text, up to a number of UTF-16 units, as `length` counts them. It is one unit
 * shorter if the last unit would be half a surrogate pair.
 */
export function firstUnits(text: string, limit: number): string {
  const start = text.slice(0, limit);
  return /[\ud800-\udbff]$/.test(start) && /^[\udc00-\udfff]/.test(text.slice(limit, limit + 1))
    ? start.slice(0, -1)
    : start;
}
