/**
 * Formats errors as text. The logs of functions contain errors as JSON, and clients of CloudWatch Logs
 * can write any JSON there, so every member can have any type.
 */

/** Replaces positions in the code of functions in a text with positions in their sources. */
export type MapStack = (text: string) => string;

/** An error as Lambda's console logs it. */
export interface LoggedError {
  errorType: string;
  errorMessage: string;
  /** The lines of the stack, as V8 writes them. */
  stackTrace: string[];
  /** Any other members. */
  details: Record<string, unknown>;
}

/** Reads an error. Returns undefined if the value does not have the members of a logged error. */
export function readLoggedError(value: unknown): LoggedError | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { errorType, errorMessage, stackTrace, stack, trace, ...details }: Record<string, unknown> =
    {
      ...value,
    };
  const lines = [stackTrace, stack, trace].find(isTexts);
  if (typeof errorType !== "string" || lines === undefined) return undefined;
  return {
    errorType,
    errorMessage: typeof errorMessage === "string" ? errorMessage : "",
    stackTrace: lines,
    details,
  };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((line) => typeof line === "string");

/** Returns `errorType: errorMessage`, and a line for each frame. */
export const describeError = ({ errorType, errorMessage, stackTrace }: LoggedError): string =>
  [titleOf({ errorType, errorMessage }), ...foldFrames(framesIn(stackTrace))].join("\n");

export const titleOf = (error: { errorType?: string; errorMessage?: string }): string =>
  [error.errorType, error.errorMessage]
    .filter((part) => part !== undefined && part !== "")
    .join(": ");

/** Returns the frames of a stack, without the lines of the message before them. */
export const framesIn = (stackTrace: readonly string[]): string[] =>
  stackTrace.map((line) => line.trim()).filter((line) => line.startsWith("at "));

/** Returns a line for each frame. Successive frames of libraries are folded into one line. */
export function foldFrames(frames: readonly string[]): string[] {
  const lines: string[] = [];
  let folded = 0;
  const endFold = () => {
    if (folded > 0) lines.push(`    … ${folded} library ${folded === 1 ? "frame" : "frames"}`);
    folded = 0;
  };
  for (const frame of frames) {
    if (isLibraryFrame(frame)) {
      folded += 1;
      continue;
    }
    endFold();
    lines.push(`    ${frame}`);
  }
  endFold();
  return lines;
}

/** Returns the first frame that is not in a library, or else the first frame. */
export const mainFrame = (frames: readonly string[]): string | undefined =>
  frames.find((frame) => !isLibraryFrame(frame)) ?? frames[0];

/**
 * Returns whether a frame is in an installed package, in Node.js, or in the runtime of Lambda or the
 * local AWS.
 */
export const isLibraryFrame = (frame: string): boolean =>
  /[\\/]?node_modules[\\/]|\bnode:|\/var\/runtime\/|[\\/]runtime\.cjs:|\(?<anonymous>\)?$/.test(
    frame,
  );
