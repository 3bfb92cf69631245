import type { FunctionEnd, Invocation, Point, TracedMessage } from "./types.ts";

/** A stretch of a message's way: what a timeline draws as a bar. Times in milliseconds, as in points. */
export interface Span {
  kind: SpanKind;
  /** Such as the name of a function, or the status of a call. */
  label: string;
  from: number;
  /** Undefined: it goes on. */
  to?: number;
  failed: boolean;
  /** The invocation that it is a part of. */
  invocation?: Invocation;
  /** The run, of which an invocation may have several. */
  run?: string;
}

/**
 * `gateway`: API Gateway has the event. `wait`: an invocation waits for an environment, `cold`: for
 * a new one to start. `function`: the handler runs. `invoke`, `post`: a call of a function to AWS.
 * `retry`: an event waits for its next attempt.
 */
export type SpanKind =
  "gateway" | "authorizer" | "wait" | "cold" | "function" | "invoke" | "retry" | "post";

/** Milliseconds of waiting for an environment that aren't worth a bar. */
const NO_WAIT = 1;

/** The bars of a message, in the order in which they begin. */
export function spansOf({
  points,
  eventType,
}: Pick<TracedMessage, "points" | "eventType">): Span[] {
  const spans: Span[] = [];
  const open = new Map<string, Span>();

  const begin = (key: string, span: Omit<Span, "from" | "failed">, from: number) => {
    const begun = { ...span, from, failed: false };
    spans.push(begun);
    open.set(key, begun);
  };
  const end = (key: string, to: number, changes: Partial<Span> = {}) => {
    const span = open.get(key);
    open.delete(key);
    if (span !== undefined) Object.assign(span, { to, ...changes });
  };

  const take = (point: Point) => {
    const { at, run = "" } = point;
    // Of what waits: an event of which several runs may come.
    const id = "invocation" in point ? point.invocation.requestId : "";
    switch (point.type) {
      case "handshake":
      case "frame-in":
      case "closed":
        return begin("gateway", { kind: "gateway", label: gatewayLabels[eventType] }, at);
      case "route":
        return void Object.assign(open.get("gateway") ?? {}, {
          label: point.routeKey ?? "no route",
        });
      case "handled":
        return end("gateway", at, { failed: point.fault !== undefined });
      case "authorizer-start":
        return begin("authorizer", { kind: "authorizer", label: "authorizer" }, at);
      case "authorizer-end":
        return end("authorizer", at, { failed: point.fault !== undefined });
      case "queued":
        return begin(id, { kind: "wait", label: "queue", invocation: point.invocation }, at);
      case "environment": {
        end(id, at);
        const { invocation } = point;
        if (point.start === "cold")
          begin(run, { kind: "cold", label: "cold start", invocation, run }, at);
        return;
      }
      case "function-start": {
        end(run, at);
        const { invocation } = point;
        const label = invocation.functionName;
        return begin(run, { kind: "function", label, invocation, run }, at);
      }
      case "function-end":
        return end(run, at, endOf(point));
      case "retry":
        end(id, at);
        return begin(id, { kind: "retry", label: "retry", invocation: point.invocation }, at);
      case "invoke-start":
        return begin(`invoke ${run}`, { kind: "invoke", label: "Invoke" }, at);
      case "invoke-end":
        return end(`invoke ${run}`, at, callEnd("Invoke", point.status, point.status !== 202));
      case "post-start":
        return begin(`post ${run}`, { kind: "post", label: "PostToConnection" }, at);
      case "post-end": {
        const changes = callEnd("PostToConnection", point.status, point.status !== 200);
        return end(`post ${run}`, at, changes);
      }
    }
  };
  for (const point of points) take(point);
  return spans.filter((span) => span.kind !== "wait" || !isOver(span));
}

const gatewayLabels = { CONNECT: "$connect", MESSAGE: "message", DISCONNECT: "$disconnect" };

const isOver = ({ from, to }: Span) => to !== undefined && to - from < NO_WAIT;

const callEnd = (name: string, status: number, failed: boolean) => ({
  label: `${name} ${status}`,
  failed,
});

const endOf = ({ outcome }: FunctionEnd) => ({ failed: outcome !== "success" });

/** How a message ended, in a word. */
export type Verdict = "succeeded" | "rejected" | "refused" | "failed" | "under way";

/**
 * `rejected`: answered with an error frame. `refused`: API Gateway took it to no function, or the
 * client wasn't let in. `failed`: a function failed for good, or API Gateway's call of it did.
 */
export function verdictOf(
  message: Pick<TracedMessage, "points" | "settled" | "eventType">,
): Verdict {
  const { points, settled } = message;
  if (isRefused(message)) return "refused";
  if (points.some((point) => point.type === "handled" && point.status >= 400)) return "failed";
  if (hasFailedFunction(points)) return "failed";
  if (points.some((point) => point.type === "frame-out" && isErrorFrame(point.text)))
    return "rejected";
  return settled ? "succeeded" : "under way";
}

const isRefused = ({ points, eventType }: Pick<TracedMessage, "points" | "eventType">) =>
  points.some((point) => {
    switch (point.type) {
      case "throttled":
      case "forbidden":
        return true;
      case "authorizer-end":
        return point.fault !== undefined;
      case "handled": {
        const { status, fault } = point;
        return eventType === "CONNECT" && fault === undefined && status >= 400 && status < 500;
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

/** The verdict as a person is told it. */
export function tellVerdict(message: Parameters<typeof verdictOf>[0]): string {
  const verdict = verdictOf(message);
  return isRetried(message) && verdict !== "under way" ? `${verdict} after a retry` : verdict;
}

/** By its beginning, for the rest may be cut off. */
const isErrorFrame = (text: string) => /^\{"action":(?:null|"[^"]*"),"status":"error"/.test(text);

/** Milliseconds to the frame that went out first, or to the end; undefined while there is neither. */
export function durationOf({ points, settled }: Pick<TracedMessage, "points" | "settled">) {
  const answer = points.find(({ type }) => type === "frame-out");
  return (answer ?? (settled ? points.findLast(({ type }) => type !== "log") : undefined))?.at;
}
