/**
 * Creates a check for frames over the limit. The WebSocket library limits messages. API Gateway limits
 * frames too.
 * @returns a function that gets each chunk, and returns whether a frame in it is over the limit.
 */
export function createFrameLimit(maximumPayload: number): (chunk: Buffer) => boolean {
  /** The bytes of the current frame that have not arrived yet, and the received part of its header. */
  let remaining = 0;
  let header: number[] = [];
  return (chunk) => {
    let offset = 0;
    while (offset < chunk.length) {
      if (remaining > 0) {
        const skipped = Math.min(remaining, chunk.length - offset);
        remaining -= skipped;
        offset += skipped;
        continue;
      }
      header.push(chunk[offset] ?? 0);
      offset += 1;
      const frame = parseHeader(header);
      if (frame === undefined) continue;
      if (frame.payload > maximumPayload) return true;
      header = [];
      remaining = frame.rest;
    }
    return false;
  };
}

const MASK_BYTES = 4;

/** Parses a header (RFC 6455, section 5.2). Returns undefined while the length is incomplete. */
function parseHeader(header: readonly number[]): { payload: number; rest: number } | undefined {
  const [, second] = header;
  if (second === undefined) return undefined;
  const mask = second & 0x80 ? MASK_BYTES : 0;
  const short = second & 0x7f;
  if (short < 126) return { payload: short, rest: short + mask };
  const lengthBytes = short === 126 ? 2 : 8;
  if (header.length < 2 + lengthBytes) return undefined;
  const payload = header.slice(2).reduce((length, byte) => length * 256 + byte, 0);
  return { payload, rest: payload + mask };
}
