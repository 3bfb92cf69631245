import { titleOf } from "../terminal/stack-text.ts";
import type { Point, TracedMessage } from "./types.ts";

/**
 * `rejected`: the reply is an error frame. `refused`: API Gateway invoked no function for the message, or
 * refused the handshake. `failed`: a function failed after all attempts, or API Gateway's call of it
 * failed. `client gone`: the client had disconnected before API Gateway could send it the reply.
 */
export type MessageStatus =
  | "succeeded"
  | "rejected"
  | "refused"
  | "failed"
  | "client gone"
  | "in progress";

/** Returns the status of a message, or of a connect or disconnect event. */
export function statusOf(
  message: Pick<TracedMessage, "points" | "settled" | "eventType">,
): MessageStatus {
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

/** Returns whether the last attempt of an invocation failed. A retry replaces the failure before it. */
function hasFailedFunction(points: readonly Point[]): boolean {
  const failed = new Map<string, boolean>();
  for (const point of points) {
    if (point.type === "given-up") return true;
    if (point.type === "retry") failed.set(point.invocation.requestId, false);
    if (point.type === "function-end")
      failed.set(point.invocation.requestId, point.outcome !== "success");
  }
  return [...failed.values()].includes(true);
}

/** Returns whether an event was retried or will be retried. */
export const isRetried = ({ points }: Pick<TracedMessage, "points">): boolean =>
  points.some(({ type }) => type === "retry");

/** Returns the status as a text, such as `succeeded after a retry`. */
export function statusText(message: Parameters<typeof statusOf>[0]): string {
  const status = statusOf(message);
  return isRetried(message) && status !== "in progress" ? `${status} after a retry` : status;
}

/** The error of a function that failed, as a trace shows it. */
export interface Failure {
  functionName: string;
  /** `errorType: errorMessage`; the outcome if the function has neither. */
  title: string;
  /** With positions in the sources. */
  frames: readonly string[];
}

/** Returns the error of the last failed run; undefined if the message has not failed. */
export function failureOf(
  message: Pick<TracedMessage, "points" | "settled" | "eventType">,
): Failure | undefined {
  if (statusOf(message) !== "failed") return undefined;
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

/** Returns the milliseconds to the reply or, without one, to the end; undefined while in progress. */
export function durationOf({ points, settled }: Pick<TracedMessage, "points" | "settled">) {
  const reply = points.find(({ type }) => type === "frame-out");
  return (reply ?? (settled ? points.findLast(({ type }) => type !== "log") : undefined))?.at;
}
