import { type Span, spansOf } from "../../trace/spans.ts";
import type { Point, TracedMessage } from "../../trace/types.ts";
import { durationOf, tellVerdict, verdictOf } from "../../trace/verdict.ts";
import { byId, element } from "./dom.ts";
import { duration, shortName, timeOfDay } from "./format.ts";
import { readLogLine } from "./log-line.ts";
import { type Moment, momentOf } from "./moments.ts";

/** The way of one message: a ruler, a bar for each stretch, a mark for each moment, and the logs. */
export function createTimeline() {
  const article = byId("timeline", HTMLElement);
  /** The runs whose log is open; so it stays while the message goes on. */
  const opened = new Set<string>();

  return {
    show(message: TracedMessage | undefined) {
      if (message === undefined) return article.replaceChildren();
      const end = endOf(message);
      article.replaceChildren(
        head(message),
        ruler(end),
        element("div", { class: "rows" }, ...rowsOf(message, end, opened)),
      );
    },
  };
}

const endOf = ({ points }: TracedMessage) => Math.max(1, ...points.map(({ at }) => at));

function head(message: TracedMessage): HTMLElement {
  const facts: [string, string][] = [
    ["at", timeOfDay(message.startedAt)],
    ["trace", message.traceId],
    ["connection", message.connectionId],
    ["request", message.requestId],
  ];
  const total = durationOf(message);
  return element(
    "header",
    {},
    element("span", {
      class: "verdict",
      text: tellVerdict(message),
      data: { verdict: verdictOf(message) },
    }),
    element("strong", { text: total === undefined ? "…" : duration(total) }),
    ...facts.map(([name, value]) =>
      element(
        "span",
        { class: "fact" },
        element("small", { text: name }),
        element("code", { text: value }),
      ),
    ),
  );
}

function ruler(end: number): HTMLElement {
  const step = stepFor(end);
  const ticks: HTMLElement[] = [];
  for (let at = 0; at <= end; at += step) {
    const tick = element("span", { text: at === 0 ? "0" : duration(at).replace(".0 ", " ") });
    tick.style.left = `${(100 * at) / end}%`;
    // The last one must not stand out to the right.
    if (at / end > 0.93) tick.classList.add("last");
    ticks.push(tick);
  }
  return element(
    "div",
    { class: "line ruler", attributes: { "aria-hidden": "true" } },
    element("span"),
    element("div", { class: "track" }, ...ticks),
    element("span"),
  );
}

/** 1, 2 or 5 times a power of ten, so that there are 4 to 9 ticks. */
function stepFor(end: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(end));
  return ([0.1, 0.2, 0.5].find((part) => end / (part * magnitude) <= 9) ?? 1) * magnitude;
}

/** In order of time: bars by their beginning, and moments between them. */
function rowsOf(message: TracedMessage, end: number, opened: Set<string>): HTMLElement[] {
  const bars = spansOf(message).map((span) => ({
    at: span.from,
    rows: barRows(span, message, end, opened),
  }));
  const marks = message.points.flatMap((point) => {
    const moment = momentOf(point);
    return moment === undefined ? [] : [{ at: point.at, rows: [markRow(moment, point, end)] }];
  });
  const rows = [...marks, ...bars].toSorted((a, b) => a.at - b.at).flatMap((each) => each.rows);
  if (message.droppedPoints > 0)
    rows.push(
      element("p", { class: "hint", text: `${message.droppedPoints} more points were not kept.` }),
    );
  return rows;
}

function barRows(
  span: Span,
  message: TracedMessage,
  end: number,
  opened: Set<string>,
): HTMLElement[] {
  const bar = element("i", { class: "bar", data: { kind: span.kind } });
  const to = span.to ?? end;
  bar.style.left = `${(100 * span.from) / end}%`;
  bar.style.width = `${(100 * (to - span.from)) / end}%`;
  if (span.failed) bar.dataset["failed"] = "";
  if (span.to === undefined) bar.dataset["open"] = "";
  const row = line(labelOf(span), bar, duration(to - span.from), span.failed);
  return span.kind === "function" ? [row, ...logRows(span, message.points, opened)] : [row];
}

function labelOf({ kind, label, invocation }: Span): HTMLElement {
  // The route, by which the bar of API Gateway goes, is told by a mark.
  const text = kind === "gateway" ? "API Gateway" : shortName(label);
  const owner = kind === "wait" || kind === "cold" || kind === "retry" ? invocation : undefined;
  const of = owner === undefined ? [] : [element("small", { text: shortName(owner.functionName) })];
  return element("span", { class: `label ${kind}`, title: text }, element("span", { text }), ...of);
}

function markRow({ label, text, isBad }: Moment, { at }: Point, end: number): HTMLElement {
  const mark = element("i", { class: "mark" });
  const share = at / end;
  mark.style.left = `${100 * share}%`;
  const parts: HTMLElement[] = [mark];
  if (text !== undefined) {
    const note = element("code", { class: "note", text, title: text });
    // Where there is more room: behind the mark, or before it.
    if (share <= 0.5) note.style.left = `calc(${100 * share}% + 12px)`;
    else note.style.right = `calc(${100 * (1 - share)}% + 12px)`;
    note.style.maxWidth = `calc(${100 * Math.max(share, 1 - share)}% - 16px)`;
    parts.push(note);
  }
  const name = element("span", { class: "label moment", text: label });
  return line(name, parts, duration(at), isBad);
}

function line(
  label: HTMLElement,
  content: HTMLElement | HTMLElement[],
  time: string,
  isBad: boolean,
) {
  return element(
    "div",
    { class: isBad ? "line bad" : "line" },
    label,
    element("div", { class: "track" }, ...[content].flat()),
    element("span", { class: "time", text: time }),
  );
}

function logRows({ run = "" }: Span, points: readonly Point[], opened: Set<string>): HTMLElement[] {
  const lines = points.flatMap((point) =>
    point.type === "log" && point.run === run
      ? [{ at: point.at, ...readLogLine(point.message) }]
      : [],
  );
  if (lines.length === 0) return [];
  const text = lines.length === 1 ? "1 log line" : `${lines.length} log lines`;
  const summary = element("summary", { text });
  const details = element(
    "details",
    { class: "logs" },
    summary,
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
  details.open = opened.has(run);
  // Before it is toggled: the event that follows may find another one in its place.
  summary.addEventListener("click", () => {
    if (details.open) opened.delete(run);
    else opened.add(run);
  });
  return [details];
}
