import { firstProgressOf } from "../../trace/progress.ts";
import { lastTimeOf } from "../../trace/spans.ts";
import { foldFrames } from "../../terminal/stack-text.ts";
import type { TracedMessage } from "../../trace/types.ts";
import { durationOf, failureOf, statusText, statusOf } from "../../trace/message-status.ts";
import { byId, element } from "./dom.ts";
import { duration, timeOfDay } from "./format.ts";
import { shortName } from "./function-names.ts";
import { patch } from "./patch.ts";
import { rowsOf } from "./timeline-rows.ts";

/**
 * Creates the timeline of the selected message: a ruler, a bar for each span, a mark for each point in
 * time, and the logs.
 */
export function createTimeline() {
  const article = byId("timeline", HTMLElement);
  /** The keys of unfolded rows. They are unfolded again when their message is selected again. */
  const unfolded = new Set<string>();
  article.addEventListener(
    "toggle",
    ({ target }) => {
      if (!(target instanceof HTMLDetailsElement)) return;
      const { key = "" } = target.dataset;
      if (target.open) unfolded.add(key);
      else unfolded.delete(key);
    },
    { capture: true },
  );

  return {
    show(message: TracedMessage | undefined) {
      if (message === undefined) return article.replaceChildren();
      const end = Math.max(1, lastTimeOf(message.points));
      const rows = element("div", { class: "rows" }, ...rowsOf(message, end));
      for (const details of rows.querySelectorAll("details"))
        details.open = unfolded.has(details.dataset["key"] ?? "");
      patch(article, [head(message), ...failure(message), ruler(end), rows]);
    },
  };
}

function head(message: TracedMessage): HTMLElement {
  const first = firstProgressOf(message.points);
  const facts: [string, string][] = [
    ...(first === undefined ? [] : [["first progress", duration(first)] as [string, string]]),
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
      class: "status",
      text: statusText(message),
      data: { status: statusOf(message) },
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

/** Creates the error of the function that failed, with its stack frames. */
function failure(message: TracedMessage): HTMLElement[] {
  const found = failureOf(message);
  if (found === undefined) return [];
  const { functionName, title, frames } = found;
  const text = [`${shortName(functionName)}: ${title}`, ...foldFrames(frames)].join("\n");
  const key = `${message.traceId} failure`;
  return [element("pre", { class: "failure", text, data: { key } })];
}

/** Creates the ruler. The last time can extend to the right, because nothing else is there. */
function ruler(end: number): HTMLElement {
  const step = stepFor(end);
  const ticks: HTMLElement[] = [];
  for (let at = 0; at <= end; at += step) {
    const tick = element("span", { text: at === 0 ? "0" : withoutZeros(duration(at)) });
    tick.style.left = `${(100 * at) / end}%`;
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

/** Returns `1.2 s` for `1.20 s`, and `1 ms` for `1.0 ms`. */
const withoutZeros = (text: string) => text.replace(/(\.\d*?)0+ /, "$1 ").replace(". ", " ");

/**
 * Returns the step of the ruler: 1, 2 or 5 times a power of ten, so that there are 4 to 9 ticks.
 */
function stepFor(end: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(end));
  return ([0.1, 0.2, 0.5].find((part) => end / (part * magnitude) <= 9) ?? 1) * magnitude;
}
