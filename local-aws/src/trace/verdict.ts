import { titleOf } from "../terminal/stack-text.ts";
import type { Point, TracedMessage } from "./types.ts";

/** How a message ended, in a word. */
export type Verdict =
  "succeeded" | "rejected" | "refused" | "failed" | "client gone" | "in progress";

/**
 * `rejected`: answered with an error frame. `refused`: API Gateway took it to no function, or the
 * client wasn't let in. `failed`: a function failed for good, or API Gateway's call of it did. `client
 * gone`: the client had disconnected before a frame for it was sent.
 */
export function verdictOf(
  message: Pick<TracedMessage, "points" | "settled" | "eventType">,
): Verdict {
  const { points, settled } = message;
  if (isRefused(message)) return "refused";
  if (points.some((point) => point.type === "handled" && point.status >= 400)) return "failed";
  if (hasFailedFunction(points)) return "failed";
  if (points.some((point) => point.type === "frame-out" && point.isError)) return "rejected";
  if (!settled) return "in progress";
  return points.some((point) => point.type === "post-end" && point.status === 410)
    ? "client gone"
    : "succeeded";
}

const isRefused = ({ points, eventType }: Pick<TracedMessage, "points" | "eventType">) =>
  points.some((point) => {
    switch (point.type) {
      case "throttled":
      case "forbidden":
        return true;
      case "authorizer-end":
        return point.error !== undefined;
      case "handled": {
        const { status, error } = point;
        return eventType === "CONNECT" && error === undefined && status >= 400 && status < 500;
      }
      default:
        return false;
    }
  });

/** What became of an invocation last decides: it may have failed before, and been attempted again. */
function hasFailedFunction(points: readonly Point[]): boolean {
  const fates = new Map<string, boolean>();
  for (const point of points) {
    if (point.type === "given-up") return true;
    if (point.type === "retry") fates.set(point.invocation.requestId, false);
    if (point.type === "function-end")
      fates.set(point.invocation.requestId, point.outcome !== "success");
  }
  return [...fates.values()].includes(true);
}

/** Whether an event was, or will be, attempted again. */
export const isRetried = ({ points }: Pick<TracedMessage, "points">): boolean =>
  points.some(({ type }) => type === "retry");

/** Returns the verdict as a text for people. */
export function tellVerdict(message: Parameters<typeof verdictOf>[0]): string {
  const verdict = verdictOf(message);
  return isRetried(message) && verdict !== "in progress" ? `${verdict} after a retry` : verdict;
}

/** The error of a function that failed, as a trace shows it. */
export interface Failure {
  functionName: string;
  /** `errorType: errorMessage`; the outcome if the function has neither. */
  title: string;
  /** With positions in the sources. */
  frames: readonly string[];
}

/** Returns the error of the last run that failed; undefined if no run failed for good. */
export function failureOf(
  message: Pick<TracedMessage, "points" | "settled" | "eventType">,
): Failure | undefined {
  if (verdictOf(message) !== "failed") return undefined;
  const end = message.points.findLast(
    (point) => point.type === "function-end" && point.outcome !== "success",
  );
  if (end?.type !== "function-end") return undefined;
  return {
    functionName: end.invocation.functionName,
    // Lambda's own messages start with the request ID.
    title: titleOf(end).replace(/RequestId: \S+ (?:Error: )?/, "") || end.outcome,
    frames: end.stackTrace ?? [],
  };
}

/** Returns the status and the message of API Gateway's own error; undefined if there is none. */
export function gatewayErrorOf({ points }: Pick<TracedMessage, "points">): string | undefined {
  const handled = points.findLast(({ type }) => type === "handled");
  return handled?.type === "handled" && handled.status >= 400
    ? [handled.status, handled.error].filter((part) => part !== undefined).join(" ")
    : undefined;
}

/** Milliseconds to the frame that went out first, or to the end; undefined while there is neither. */
export function durationOf({ points, settled }: Pick<TracedMessage, "points" | "settled">) {
  const answer = points.find(({ type }) => type === "frame-out");
  return (answer ?? (settled ? points.findLast(({ type }) => type !== "log") : undefined))?.at;
}
