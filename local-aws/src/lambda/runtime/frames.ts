/**
 * What a function process and its execution environment say to each other, over two pipes: the word
 * to load and then invocations in on file descriptor 3, frames out on 4. One ordered channel out means
 * that every log line arrives before the response that follows it, and survives a crash.
 */

export const INVOCATIONS_FD = 3;
export const FRAMES_FD = 4;

export const FrameType = {
  /** To the function: an invocation. */
  Invocation: 0,
  /** To the function, before the first invocation: load the handler. */
  Load: 9,
  /** A formatted line of the patched console, without a line end. */
  Log: 1,
  /** Output that was written to stdout or stderr directly. */
  Output: 2,
  /** The module is loaded, and the handler found; the payload is the memory used. */
  InitDone: 3,
  /** JSON of a `FunctionError`: the module failed to load. */
  InitError: 4,
  /** The handler's result as JSON. */
  Response: 5,
  /** JSON of a `FunctionError`: the handler threw. */
  Error: 6,
  /** Ready for the next invocation; the payload is the memory used. */
  Next: 7,
  /** The process ends of its own accord; the payload is the memory used. */
  Exit: 8,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** An error in the form that Lambda returns it to the invoker. Undefined: the error has no such member. */
export interface FunctionError {
  errorType: string | undefined;
  errorMessage: string | undefined;
  trace?: string[];
}

/** What the handler's `context` is made of. */
export interface InvocationHeader {
  requestId: string;
  functionArn: string;
  traceId: string;
  /** Milliseconds since the epoch. */
  deadline: number;
  /** JSON. */
  clientContext?: string;
}

const HEADER_LENGTH = 5;
const LENGTH = 4;

/** A frame: one byte of type, four of length (big-endian), the payload. */
export function encodeFrame(type: FrameType, payload: string | Buffer): Buffer {
  const length = Buffer.byteLength(payload);
  const frame = Buffer.allocUnsafe(HEADER_LENGTH + length);
  frame.writeUInt8(type, 0);
  frame.writeUInt32BE(length, 1);
  if (typeof payload === "string") frame.write(payload, HEADER_LENGTH);
  else payload.copy(frame, HEADER_LENGTH);
  return frame;
}

/** A frame whose payload is the length of the header, the header as JSON, and the event. */
export function encodeInvocation(header: InvocationHeader, event: Buffer): Buffer {
  const json = JSON.stringify(header);
  const length = Buffer.byteLength(json);
  const frame = Buffer.allocUnsafe(HEADER_LENGTH + LENGTH + length + event.length);
  frame.writeUInt8(FrameType.Invocation, 0);
  frame.writeUInt32BE(LENGTH + length + event.length, 1);
  frame.writeUInt32BE(length, HEADER_LENGTH);
  frame.write(json, HEADER_LENGTH + LENGTH);
  event.copy(frame, HEADER_LENGTH + LENGTH + length);
  return frame;
}

export function decodeInvocation(payload: Buffer): { header: InvocationHeader; event: string } {
  const end = LENGTH + payload.readUInt32BE(0);
  return {
    header: JSON.parse(payload.toString("utf8", LENGTH, end)),
    event: payload.toString("utf8", end),
  };
}

/** Returns a function that takes chunks of a stream and calls back for each whole frame in it. */
export function frameDecoder(
  onFrame: (type: FrameType, payload: Buffer) => void,
): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let length = 0;
  let needed = HEADER_LENGTH;
  return (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    // Joining only once enough has come keeps a large payload from being copied per chunk.
    while (length >= needed) {
      const buffer = chunks.length === 1 ? chunk : Buffer.concat(chunks, length);
      needed = HEADER_LENGTH + buffer.readUInt32BE(1);
      if (length >= needed) {
        onFrame(buffer.readUInt8(0) as FrameType, buffer.subarray(HEADER_LENGTH, needed));
        chunk = buffer.subarray(needed);
        needed = HEADER_LENGTH;
        length = chunk.length;
        chunks = [chunk];
      } else {
        chunks = [buffer];
      }
    }
  };
}
