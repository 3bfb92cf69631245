/**
 * The protocol between the process of a function and its execution environment, over two pipes. The
 * process reads frames from file descriptor 3 and writes frames to 4. It writes logs and responses to the
 * same pipe, so each log line arrives before the response that follows it, and is not lost in a crash.
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
  /** The process exits by itself; the payload is the memory used. */
  Exit: 8,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** An error in the form that Lambda returns it to the invoker. Undefined: the error has no such member. */
export interface FunctionError {
  errorType: string | undefined;
  errorMessage: string | undefined;
  trace?: string[];
}

/** The values for the `context` of the handler. */
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

/** Encodes a frame: one byte of type, four of length (big-endian), the payload. */
export function encodeFrame(type: FrameType, payload: string | Buffer): Buffer {
  const length = Buffer.byteLength(payload);
  const frame = Buffer.allocUnsafe(HEADER_LENGTH + length);
  frame.writeUInt8(type, 0);
  frame.writeUInt32BE(length, 1);
  if (typeof payload === "string") frame.write(payload, HEADER_LENGTH);
  else payload.copy(frame, HEADER_LENGTH);
  return frame;
}

/** Encodes a frame whose payload is the length of the header, the header as JSON, and the event. */
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

/** Returns a function that gets the chunks of a stream and calls `onFrame` for each complete frame. */
export function frameDecoder(
  onFrame: (type: FrameType, payload: Buffer) => void,
): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let length = 0;
  let needed = HEADER_LENGTH;
  return (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    // Joined only when a frame is complete, so that a large payload is not copied for each chunk.
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
