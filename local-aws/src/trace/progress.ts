import type { Point } from "./types.ts";

/** The maximum number of progress frames that are kept for a run. An even number. */
export const PROGRESS_LIMIT = 100;

/**
 * Adds a frame to the kept ones. Over the limit, the first half and the latest half of the limit stay, so
 * that a long stream shows how it began and where it is. The frames that are left out follow the first half.
 */
export function keepFrame<Frame>(frames: Frame[], frame: Frame, limit = PROGRESS_LIMIT): void {
  frames.push(frame);
  if (frames.length > limit) frames.splice(limit / 2, 1);
}

/** Returns the number of progress frames of a message, in all its runs. */
export const progressCount = (points: readonly Point[]): number =>
  points.reduce((sum, point) => sum + (point.type === "progress" ? point.count : 0), 0);

/** Returns the milliseconds to the first progress frame; undefined if there is none. */
export const firstProgressOf = (points: readonly Point[]): number | undefined =>
  points.find(({ type }) => type === "progress")?.at;

/** Returns `1 progress frame`, `2 progress frames` and so on. */
export const countText = (count: number): string =>
  count === 1 ? "1 progress frame" : `${count} progress frames`;
