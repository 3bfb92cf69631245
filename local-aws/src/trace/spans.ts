import type { Invocation, InvocationReport } from "../hooks.ts";
import { countText } from "./progress.ts";
import type { Point, ProgressSummary, TracedMessage } from "./types.ts";

/** A part of the time of a message, which a timeline shows as a bar. Times in milliseconds, as in points. */
export interface Span {
  kind: SpanKind;
  /** Such as the name of a function, or the status of a call. */
  label: string;
  from: number;
  /** Undefined: it is in progress. */
  to?: number;
  failed: boolean;
  /** The invocation that it is a part of. */
  invocation?: Invocation;
  /** The run, of which an invocation may have several. */
  run?: string;
  /** Only of the kind `progress`. */
  progress?: ProgressSummary;
}

/**
 * `gateway`: API Gateway has the event. `wait`: it is in Lambda's queue. `cold`: a new environment
 * starts for it. `function`: the handler runs. `invoke`, `post`: a call of a function to AWS.
 * `retry`: an event waits for its next attempt. `progress`: from the first progress frame of a run to the
 * latest.
 */
export type SpanKind =
  | "gateway"
  | "authorizer"
  | "wait"
  | "cold"
  | "function"
  | "invoke"
  | "retry"
  | "post"
  | "progress";

/** Returns the spans of a message, in the order in which they begin. */
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
    // The ID of an event that waits. It can have several runs.
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
        return end("gateway", at, { failed: point.error !== undefined });
      case "authorizer-start":
        return begin("authorizer", { kind: "authorizer", label: "authorizer" }, at);
      case "authorizer-end":
        return end("authorizer", at, { failed: point.error !== undefined });
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
      case "progress": {
        const { count, frames } = point;
        return void spans.push({
          kind: "progress",
          label: countText(count),
          ...{ from: at, to: timeOf(point), failed: false, run },
          progress: { count, frames },
        });
      }
      case "post-start":
        return begin(`post ${run}`, { kind: "post", label: "PostToConnection" }, at);
      case "post-end": {
        const changes = callEnd("PostToConnection", point.status, point.status !== 200);
        return end(`post ${run}`, at, changes);
      }
    }
  };
  for (const point of points) take(point);
  return spans;
}

/** Returns the time of the latest point or progress frame, in milliseconds. */
export const lastTimeOf = (points: readonly Point[]): number => Math.max(0, ...points.map(timeOf));

const timeOf = (point: Point): number =>
  point.type === "progress" ? (point.frames.at(-1)?.at ?? point.at) : point.at;

const gatewayLabels = { CONNECT: "$connect", MESSAGE: "message", DISCONNECT: "$disconnect" };

const callEnd = (name: string, status: number, failed: boolean) => ({
  label: `${name} ${status}`,
  failed,
});

const endOf = ({ outcome }: InvocationReport) => ({ failed: outcome !== "success" });
