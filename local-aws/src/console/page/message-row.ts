import { firstProgressOf, progressCount, tellCount } from "../../trace/progress.ts";
import { type Span, spansOf } from "../../trace/spans.ts";
import type { Point, TracedMessage } from "../../trace/types.ts";
import { durationOf, isRetried, tellVerdict, verdictOf } from "../../trace/verdict.ts";
import { element } from "./dom.ts";
import { duration, timeOfDay } from "./format.ts";

/** What of a message a row shows, and what the filter looks at. */
export interface RowContent {
  verdict: string;
  text: string;
  /** Such as `cold`. */
  badges: string;
  /** The number of progress frames. */
  progress: number;
  spans: Span[];
  duration: number | undefined;
  /** Milliseconds to the first progress frame. */
  firstProgress: number | undefined;
  /** In lower case. */
  searched: string;
}

export function contentOf(message: TracedMessage): RowContent {
  const { points, connectionId, traceId } = message;
  const verdict = verdictOf(message);
  const text = titleOf(message);
  const isCold = points.some((point) => point.type === "environment" && point.start === "cold");
  const badges = [...(isCold ? ["cold"] : []), ...(isRetried(message) ? ["retry"] : [])].join(" ");
  const answers = points.flatMap(textsToClient);
  const parts = [tellVerdict(message), badges, text, connectionId, traceId, ...answers];
  return {
    verdict,
    text,
    badges,
    progress: progressCount(points),
    spans: spansOf(message),
    duration: durationOf(message),
    firstProgress: firstProgressOf(points),
    searched: parts.join("\n").toLowerCase(),
  };
}

function textsToClient(point: Point): string[] {
  switch (point.type) {
    case "frame-out":
      return [point.text];
    case "progress":
      return point.frames.map(({ text }) => text);
    default:
      return [];
  }
}

function titleOf({ points: [first] }: TracedMessage): string {
  switch (first?.type) {
    case "frame-in":
      return first.text;
    case "closed":
      return `disconnect ${first.code}`;
    default:
      return "connect";
  }
}

/** Fills a row of the list, which is made once and filled again whenever its message has changed. */
export function fillRow(row: HTMLElement, message: TracedMessage, content: RowContent): void {
  const { verdict, text, badges, progress, spans, firstProgress } = content;
  const end = Math.max(1, ...spans.map(({ from, to }) => to ?? from));
  const bars = spans
    .filter(({ kind }) => kind === "function" || kind === "cold" || kind === "wait")
    .map((span) => miniature(span, end, laneOf(span, spans)));
  const isText = message.eventType === "MESSAGE";
  row.replaceChildren(
    element("span", { class: "time", text: timeOfDay(message.startedAt) }),
    element("span", { class: "verdict", text: verdict, data: { verdict } }),
    element("span", { class: isText ? "text" : "text event", text, title: text }),
    badge(badges, progress),
    element("span", { class: "bars", attributes: { "aria-hidden": "true" } }, ...bars),
    element("span", {
      class: "duration",
      text: content.duration === undefined ? "…" : duration(content.duration),
      ...(firstProgress !== undefined && {
        title: `first progress frame after ${duration(firstProgress)}`,
      }),
    }),
  );
}

/** With the number of progress frames behind an arrow, as the list of frames shows what comes in. */
function badge(badges: string, progress: number): HTMLElement {
  if (progress === 0) return element("span", { class: "badge", text: badges });
  const text = `${badges} ↓${progress}`.trim();
  return element("span", { class: "badge", text, title: tellCount(progress) });
}

/** The function that has the event first in one lane, those after it in another. */
function laneOf({ invocation }: Span, spans: readonly Span[]): string {
  const first = spans.find(({ kind }) => kind === "function" || kind === "cold");
  return invocation?.functionName === first?.invocation?.functionName ? "0" : "1";
}

function miniature({ kind, from, to, failed }: Span, end: number, lane: string): HTMLElement {
  const bar = element("i", { class: "bar", data: { kind, lane } });
  bar.style.left = `${(100 * from) / end}%`;
  bar.style.width = `${(100 * ((to ?? end) - from)) / end}%`;
  if (failed) bar.dataset["failed"] = "";
  return bar;
}
