import { describe, expect, test } from "vitest";
import { createFrameLimit } from "./frame-limit.ts";

/** A masked text frame. */
function frame(length: number): Buffer {
  const header =
    length < 126
      ? Buffer.from([0x81, 0x80 | length])
      : length < 65_536
        ? Buffer.from([0x81, 0xfe, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([0x81, 0xff]), lengthOf(length)]);
  return Buffer.concat([header, Buffer.alloc(4), Buffer.alloc(length, "x")]);
}

function lengthOf(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

const LIMIT = 300;

/** Passes the bytes in chunks of a size. Returns whether one of them exceeds the limit. */
function exceeds(bytes: Buffer, chunkSize: number): boolean {
  const exceedsLimit = createFrameLimit(LIMIT);
  for (let start = 0; start < bytes.length; start += chunkSize)
    if (exceedsLimit(bytes.subarray(start, start + chunkSize))) return true;
  return false;
}

describe.for([1, 2, 3, 7, 64, 100_000])("in chunks of %i bytes", (chunkSize) => {
  test("frames of any length up to the limit pass", () => {
    const bytes = Buffer.concat([0, 1, 125, 126, 127, 300, 0, 300].map(frame));
    expect(exceeds(bytes, chunkSize)).toBe(false);
  });

  test.for([301, 65_535, 65_536, 2 ** 20])(
    "a frame of %i bytes after others does not pass",
    (length) => {
      expect(exceeds(Buffer.concat([frame(300), frame(0), frame(length)]), chunkSize)).toBe(true);
    },
  );
});

test("a length of 64 bits is refused as soon as its header is complete", () => {
  const header = Buffer.concat([Buffer.from([0x81, 0xff]), Buffer.alloc(8, 0xff)]);
  expect(createFrameLimit(LIMIT)(header)).toBe(true);
});
