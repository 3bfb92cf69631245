import { firstProgressOf, progressCount, countText } from "../../trace/progress.ts";
import { type Span, spansOf } from "../../trace/spans.ts";
import type { Point, TracedMessage } from "../../trace/types.ts";
import { mainFrame } from "../../terminal/stack-text.ts";
import {
  durationOf,
  failureOf,
  gatewayErrorOf,
  isRetried,
  statusText,
  statusOf,
} from "../../trace/message-status.ts";
import type { FrameReader } from "./content.ts";
import { element } from "./dom.ts";
import { duration, timeOfDay } from "./format.ts";

/** The content of a row, and the text that the filter searches. */
export interface RowContent {
  status: string;
  /** The name of the message or of the connection event. */
  name: string;
  id: string;
  text: string;
  problem: Problem | undefined;
  /** Such as `cold`. */
  badges: string;
  /** The number of progress frames. */
  progress: number;
  spans: Span[];
  duration: number | undefined;
  /** Milliseconds until the first progress frame. */
  firstProgress: number | undefined;
  /** The text that the filter searches, in lower case. */
  searched: string;
}

/** The reason why a message did not succeed. */
interface Problem {
  text: string;
  /** The position of an error in the sources. */
  frame?: string | undefined;
}

export function contentOf(message: TracedMessage, read: FrameReader): RowContent {
  const { points, connectionId, traceId } = message;
  const status = statusOf(message);
  const isCold = points.some((point) => point.type === "environment" && point.start === "cold");
  const badges = [...(isCold ? ["cold"] : []), ...(isRetried(message) ? ["retry"] : [])].join(" ");
  const frames = points.flatMap(textsOf);
  const title = titleOf(message, read);
  const id = frames.map((text) => read(text).id).find((found) => found !== "") ?? "";
  const problem = problemOf(message, read);
  const parts = [statusText(message), badges, title.name, title.text, connectionId, traceId];
  return {
    status,
    ...title,
    id,
    problem,
    badges,
    progress: progressCount(points),
    spans: spansOf(message),
    duration: durationOf(message),
    firstProgress: firstProgressOf(points),
    searched: [...parts, problem?.text, problem?.frame, ...frames].join("\n").toLowerCase(),
  };
}

/** Returns the texts of the frames at a point of a message. */
function textsOf(point: Point): string[] {
  switch (point.type) {
    case "frame-in":
    case "frame-out":
      return [point.text];
    case "progress":
      return point.frames.map(({ text }) => text);
    default:
      return [];
  }
}

function titleOf({ points: [first] }: TracedMessage, read: FrameReader) {
  switch (first?.type) {
    case "frame-in": {
      const { name, text } = read(first.text);
      return { name, text };
    }
    case "closed":
      return { name: "disconnect", text: `${first.code} ${first.reason}`.trim() };
    default:
      return { name: "connect", text: "" };
  }
}

function problemOf(message: TracedMessage, read: FrameReader): Problem | undefined {
  const failure = failureOf(message);
  if (failure !== undefined) return { text: failure.title, frame: positionIn(failure.frames) };
  const error = message.points.find((point) => point.type === "frame-out" && point.isError);
  if (error?.type === "frame-out") return { text: read(error.text).text };
  const text = gatewayErrorOf(message);
  return text === undefined ? undefined : { text };
}

/** Returns the position of the first frame of the application, without the name of the function. */
function positionIn(frames: readonly string[]): string | undefined {
  const frame = mainFrame(frames);
  return frame === undefined ? undefined : (/\((.*)\)$/.exec(frame)?.[1] ?? frame.slice(3));
}

/**
 * Fills a row of the list. A row is created once, and filled again each time its message has changed.
 */
export function fillRow(row: HTMLElement, message: TracedMessage, content: RowContent): void {
  const { status, name, id, text, problem, badges, progress, spans, firstProgress } = content;
  const end = Math.max(1, ...spans.map(({ from, to }) => to ?? from));
  const bars = spans
    .filter(({ kind }) => kind === "function" || kind === "cold" || kind === "wait")
    .map((span) => miniature(span, end, laneOf(span, spans)));
  const isEvent = message.eventType !== "MESSAGE";
  row.replaceChildren(
    element("span", { class: "time", text: timeOfDay(message.startedAt) }),
    element("span", { class: "status", text: status, data: { status } }),
    element("span", { class: isEvent ? "name event" : "name", text: name, title: name }),
    element("span", { class: "id", text: id, title: id }),
    element("span", { class: "text", text, title: text }),
    badge(badges, progress),
    element("span", { class: "bars", attributes: { "aria-hidden": "true" } }, ...bars),
    element("span", {
      class: "duration",
      text: content.duration === undefined ? "…" : duration(content.duration),
      ...(firstProgress !== undefined && {
        title: `first progress frame after ${duration(firstProgress)}`,
      }),
    }),
    ...(problem === undefined ? [] : [problemLine(problem, status)]),
  );
}

const problemLine = ({ text, frame }: Problem, status: string) =>
  element(
    "span",
    { class: "problem", data: { status } },
    element("span", { class: "reason", text, title: text }),
    ...(frame === undefined
      ? []
      : [element("span", { class: "position", text: frame, title: frame })]),
  );

/**
 * Creates the badge, with an arrow and the number of progress frames. The list of frames has the same
 * arrow for received frames.
 */
function badge(badges: string, progress: number): HTMLElement {
  if (progress === 0) return element("span", { class: "badge", text: badges });
  const text = `${badges} ↓${progress}`.trim();
  return element("span", { class: "badge", text, title: countText(progress) });
}

/**
 * Returns the lane of a bar: one lane for the first function of the message, another one for the others.
 */
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
