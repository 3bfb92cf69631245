import { firstUnits } from "../cut-text.ts";
import { type FramePattern, matchesPattern } from "../frame-pattern.ts";
import type { EventContext, InvocationReport } from "../hooks.ts";
import { framesIn, type MapStack } from "../terminal/stack-text.ts";
import { createPending } from "./pending.ts";
import { keepFrame } from "./progress.ts";
import type { Detail, Point, TracedMessage } from "./types.ts";

/** The longest text, in characters. A longer one is cut. */
export const TEXT_LIMIT = 1024;
/**
 * The maximum number of points of a message, without its log lines. Log lines have a separate limit, so that
 * they cannot displace other points.
 */
export const POINT_LIMIT = 128;
/** The longest log line, in characters, which has room for a stack. */
export const LOG_TEXT_LIMIT = 2048;
/** Frames of a stack, as many as V8 writes by default. */
const FRAME_LIMIT = 10;
export const LOG_LIMIT = 32;

/** A message, to which events are added. */
export interface MessageRecord {
  readonly message: TracedMessage;
  /** Adds an event or a log line. */
  add(detail: Detail, run?: string): void;
}

/** The members by which frames to clients are recognized. Default: no frame is. */
export interface FramePatterns {
  /** An error. */
  errorFrame?: FramePattern | undefined;
  /** A frame before the reply. */
  progressFrame?: FramePattern | undefined;
}

export interface RecordOptions extends FramePatterns {
  /** Replaces positions in stacks. Default: they stay as they are. */
  mapStack?: MapStack | undefined;
}

/** A call of PostToConnection in progress. */
interface Post {
  /** Undefined: the message had no room for it. */
  start: Point | undefined;
  isProgress: boolean;
}

/** @param options.now a monotonic clock, in milliseconds. */
export function createMessageRecord(
  ids: EventContext & { traceId: string; startedAt: number },
  options: RecordOptions & { now(): number },
): MessageRecord {
  const { now, errorFrame, progressFrame, mapStack = (text) => text } = options;
  const points: Point[] = [];
  const { traceId, eventType, connectionId, requestId, startedAt } = ids;
  const message: TracedMessage = {
    ...{ traceId, eventType, connectionId, requestId, startedAt },
    ...{ points, droppedPoints: 0, settled: false, revision: 0 },
  };
  const begin = now();
  const pending = createPending();
  /** By run, as the posts. */
  const progress = new Map<string, Extract<Point, { type: "progress" }>>();
  const posts = new Map<string, Post>();
  let logs = 0;

  /** Returns the new point; undefined if there is no room for it. */
  const push = <Added extends Detail>(detail: Added, run: string) => {
    const isLog = detail.type === "log";
    const isFull = isLog ? logs >= LOG_LIMIT : points.length - logs >= POINT_LIMIT;
    if (isFull) {
      message.droppedPoints += 1;
      return undefined;
    }
    const point = { at: now() - begin, ...(run !== "" && { run }), ...detail };
    points.push(point);
    if (isLog) logs += 1;
    return point;
  };

  const addProgress = (text: string, run: string) => {
    const post = posts.get(run);
    if (post !== undefined) post.isProgress = true;
    const frame = { at: now() - begin, ...cut(text) };
    const point = progress.get(run);
    if (point === undefined) {
      const first = push({ type: "progress", count: 1, frames: [frame] }, run);
      if (first !== undefined) progress.set(run, first);
      return;
    }
    point.count += 1;
    keepFrame(point.frames, frame);
  };

  /** Removes the points of a successful post of a progress frame, because they add nothing to it. */
  const endPost = (detail: Extract<Detail, { type: "post-end" }>, run: string) => {
    const post = posts.get(run);
    posts.delete(run);
    if (!post?.isProgress || detail.status !== 200) push(detail, run);
    else if (post.start !== undefined) points.splice(points.indexOf(post.start), 1);
  };

  const take = (detail: Detail, run: string) => {
    switch (detail.type) {
      case "post-start":
        return posts.set(run, { start: push(detail, run), isProgress: false });
      case "post-end":
        return endPost(detail, run);
      case "frame-out": {
        const { text } = detail;
        if (matches(text, progressFrame)) return addProgress(text, run);
        const error = matches(text, errorFrame) ? { isError: true as const } : {};
        return push({ ...detail, ...cut(text), ...error }, run);
      }
      case "frame-in":
        return push({ ...detail, ...cut(detail.text) }, run);
      case "log":
        return push(
          { ...detail, message: cut(mapStack(detail.message), LOG_TEXT_LIMIT).text },
          run,
        );
      case "function-end":
        return push({ ...detail, ...shortError(detail, mapStack) }, run);
      default:
        return push(detail, run);
    }
  };

  return {
    message,
    add(detail, run = "") {
      take(detail, run);
      message.settled = pending.after(detail, run);
    },
  };
}

/** Returns the message and the frames of an error, without the lines of the message in the stack. */
function shortError(
  { errorMessage, stackTrace }: Pick<InvocationReport, "errorMessage" | "stackTrace">,
  mapStack: MapStack,
): Pick<InvocationReport, "errorMessage" | "stackTrace"> {
  return {
    ...(errorMessage !== undefined && { errorMessage: cut(errorMessage).text }),
    ...(stackTrace !== undefined && {
      stackTrace: framesIn(stackTrace)
        .slice(0, FRAME_LIMIT)
        .map((frame) => cut(mapStack(frame)).text),
    }),
  };
}

const matches = (text: string, pattern: FramePattern | undefined) =>
  pattern !== undefined && matchesPattern(text, pattern);

/** Copies the start of a long text, because a slice would keep the whole text in memory. */
const cut = (text: string, limit = TEXT_LIMIT): { text: string; bytes?: number } =>
  text.length <= limit
    ? { text }
    : {
        text: Buffer.from(firstUnits(text, limit)).toString(),
        bytes: Buffer.byteLength(text),
      };
