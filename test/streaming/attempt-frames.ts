import type { Frame } from "../e2e/frames.ts";

/** Returns the attempt of a frame of the action `attempt`, or undefined for an error frame. */
export function attemptOf(frame: Frame): string | undefined {
  if (frame.status === "error") return undefined;
  return ((frame.status === "progress" ? frame.progress : frame.result) as { attempt: string })
    .attempt;
}

/**
 * Returns the numbers of the frames of an attempt, and the status of its reply. The SDK retries a post
 * without a response, so a frame can arrive twice. Duplicates are removed.
 */
export const positionsIn = (frames: readonly Frame[]): (number | string)[] =>
  frames
    .map((frame) => (frame.status === "progress" ? frame.sequence : frame.status))
    .filter((position, index, all) => position !== all[index - 1]);

/** Returns the positions of an attempt that posts this number of values and its result. */
export const positionsOf = (values: number): (number | string)[] => [
  ...Array.from({ length: values }, (_, number) => number),
  "success",
];
