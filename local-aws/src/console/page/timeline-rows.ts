import { type Span, spansOf } from "../../trace/spans.ts";
import type { Point, ProgressSummary, TracedMessage } from "../../trace/types.ts";
import { element } from "./dom.ts";
import { duration } from "./format.ts";
import { shortName } from "./function-names.ts";
import { readLogLine } from "./log-line.ts";
import { type Moment, momentOf, withLength } from "./moments.ts";
import { progressList } from "./progress-list.ts";

/** The number of characters that fit in a row, also on a phone. */
const MAX_LENGTH = 16;

/**
 * Creates the rows of a timeline: bars and marks, sorted by time. A bar is sorted by its start. Each row
 * has a key, which stays the same when the message changes.
 * @param end the end of the message so far, in milliseconds.
 */
export function rowsOf(message: TracedMessage, end: number): HTMLElement[] {
  const { points, droppedPoints } = message;
  const bars = spansOf(message).map((span, index) => ({
    at: span.from,
    rows: barRows(span, message, end, index),
  }));
  const marks = points.flatMap((point, index) => {
    const moment = momentOf(point);
    if (moment === undefined) return [];
    return [{ at: point.at, rows: [markRow(moment, point, end, keyOf(message, "point", index))] }];
  });
  const rows = [...marks, ...bars].toSorted((a, b) => a.at - b.at).flatMap((each) => each.rows);
  if (droppedPoints > 0)
    rows.push(
      element("p", {
        class: "hint",
        text: `The message has too many points. Not recorded: ${droppedPoints}.`,
      }),
    );
  return rows;
}

const keyOf = ({ traceId }: TracedMessage, kind: "point" | "bar" | "logs", index: number) =>
  `${traceId} ${kind} ${index}`;

function barRows(span: Span, message: TracedMessage, end: number, index: number): HTMLElement[] {
  const bar = element("i", { class: "bar", data: { kind: span.kind } });
  const to = span.to ?? end;
  bar.style.left = `${(100 * span.from) / end}%`;
  bar.style.width = `${(100 * (to - span.from)) / end}%`;
  if (span.failed) bar.dataset["failed"] = "";
  if (span.to === undefined) bar.dataset["open"] = "";
  const data = { key: keyOf(message, "bar", index) };
  const { progress } = span;
  const ticks = (progress?.frames ?? []).map(({ at }) => tick(at / end));
  const content = cells(labelOf(span), [bar, ...ticks], duration(to - span.from));
  if (progress !== undefined)
    return [foldRow(lineClass(span.failed), data, content, framesOf(progress))];
  const row = element("div", { class: lineClass(span.failed), data }, ...content);
  if (span.kind !== "function") return [row];
  return [row, ...logRows(span, message.points, keyOf(message, "logs", index))];
}

const framesOf = ({ count, frames }: ProgressSummary) =>
  progressList(
    frames.map(({ at, text, bytes }) => ({
      time: duration(at),
      text: withLength({ text, bytes }),
    })),
    count,
  );

function tick(share: number): HTMLElement {
  const made = element("i", { class: "tick" });
  made.style.left = `${100 * share}%`;
  return made;
}

function labelOf({ kind, label, invocation }: Span): HTMLElement {
  // A mark shows the route, which is the label of API Gateway's span.
  const text = kind === "gateway" ? "API Gateway" : shortName(label);
  const owner = kind === "wait" || kind === "cold" || kind === "retry" ? invocation : undefined;
  const of = owner === undefined ? [] : [element("small", { text: shortName(owner.functionName) })];
  return element("span", { class: `label ${kind}`, title: text }, element("span", { text }), ...of);
}

/** Creates the row of a mark. A row whose text may not fit unfolds to the whole text. */
function markRow(moment: Moment, { at }: Point, end: number, key: string): HTMLElement {
  const { label, text = "", isBad } = moment;
  const share = at / end;
  const mark = element("i", { class: "mark" });
  mark.style.left = `${100 * share}%`;
  const parts = text === "" ? [mark] : [mark, noteAt(share, text)];
  const name = element("span", { class: "label moment", text: label });
  const content = cells(name, parts, duration(at));
  if (text.length <= MAX_LENGTH)
    return element("div", { class: lineClass(isBad), data: { key } }, ...content);
  const whole = element("code", { class: "whole", text });
  return foldRow(lineClass(isBad), { key }, content, whole);
}

/** Creates a row that unfolds. */
const foldRow = (
  lineClass: string,
  data: Record<string, string>,
  content: readonly HTMLElement[],
  folded: HTMLElement,
) =>
  element(
    "details",
    { class: "fold", data },
    element("summary", { class: lineClass }, ...content),
    folded,
  );

/** Places a note where there is more space: after the mark or before it. */
function noteAt(share: number, text: string): HTMLElement {
  const note = element("code", { class: "note", text });
  if (share <= 0.5) note.style.left = `calc(${100 * share}% + 12px)`;
  else note.style.right = `calc(${100 * (1 - share)}% + 12px)`;
  note.style.maxWidth = `calc(${100 * Math.max(share, 1 - share)}% - 16px)`;
  return note;
}

const lineClass = (isBad: boolean) => (isBad ? "line bad" : "line");

const cells = (label: HTMLElement, track: HTMLElement[], time: string) => [
  label,
  element("div", { class: "track" }, ...track),
  element("span", { class: "time", text: time }),
];

function logRows(span: Span, points: readonly Point[], key: string): HTMLElement[] {
  const lines = points.flatMap((point) =>
    point.type === "log" && point.run === span.run
      ? [{ at: point.at, ...readLogLine(point.message, point.author) }]
      : [],
  );
  if (lines.length === 0) return [];
  const details = element(
    "details",
    { class: "logs", data: { key } },
    element("summary", { text: lines.length === 1 ? "1 log line" : `${lines.length} log lines` }),
    ...lines.map(({ at, level, text }) =>
      element(
        "div",
        { class: "log", data: { level } },
        element("span", { class: "time", text: duration(at) }),
        element("span", { class: "level", text: level }),
        element("code", { text }),
      ),
    ),
  );
  return [details];
}
