import { firstUnits } from "../../cut-text.ts";
import { type FramePattern, matchesPattern } from "../../frame-pattern.ts";
import { keepFrame, tellCount } from "../../trace/progress.ts";
import type { Settings } from "../settings.ts";
import { byId, element, oncePerFrame } from "./dom.ts";
import { duration, timeOfDay } from "./format.ts";
import { patch } from "./patch.ts";
import { progressList, type ShownFrame, shorten } from "./progress-list.ts";
import { createRoundTrips } from "./round-trips.ts";

/** Rows in the list. */
const ROWS = 100;
/** Characters that a row has room for. */
const ROOM = 140;

interface Frame {
  direction: "out" | "in";
  text: string;
  /** Of a request: the ID that it has in common with its progress frames. */
  id?: string | undefined;
  time: string;
}

/** The progress frames of a request, which share a row. */
interface Progress {
  /** Undefined: of frames without one. */
  id: string | undefined;
  row: HTMLElement;
  count: number;
  frames: ShownFrame[];
}

/**
 * The frames of this page's own connection, the newest first. The progress frames of a request are one
 * row, above that of the request, which shows the latest of them.
 */
export function createFrames({ errorFrame, progressFrame, requestId }: Settings) {
  const list = byId("frames", HTMLOListElement);
  const roundTrips = createRoundTrips(requestId);
  /** By the ID of their request, those that can go on. */
  const streams = new Map<string | undefined, Progress>();
  const changed = new Set<Progress>();
  let waiting: Frame[] = [];

  const draw = oncePerFrame(() => {
    list.prepend(
      ...waiting
        .slice(-ROWS)
        .toReversed()
        .map((frame) => rowOf(frame, errorFrame)),
    );
    waiting = [];
    for (const progress of changed) drawProgress(progress, list);
    changed.clear();
    while (list.children.length > ROWS) list.lastElementChild?.remove();
  });
  const add = (frame: Frame) => {
    waiting.push(frame);
    draw();
  };
  const addProgress = (text: string) => {
    const id = roundTrips.idOf(text);
    const row = element("li", { class: "frame", data: { direction: "in" } });
    const progress = streams.get(id) ?? { id, row, count: 0, frames: [] };
    progress.count += 1;
    keepFrame(progress.frames, {
      time: timeOf(roundTrips.progressed(text)),
      text: shorten(text),
    });
    streams.set(id, progress);
    const [oldest] = streams.keys();
    if (streams.size > ROWS) streams.delete(oldest);
    changed.add(progress);
    draw();
  };

  return {
    sent(text: string) {
      roundTrips.sent(text);
      add({ direction: "out", text, id: roundTrips.idOf(text), time: timeOf() });
    },
    received(text: string) {
      if (progressFrame !== null && matchesPattern(text, progressFrame)) return addProgress(text);
      streams.delete(roundTrips.idOf(text));
      add({ direction: "in", text, time: timeOf(roundTrips.received(text)) });
    },
  };
}

/** @param took milliseconds since the request; undefined shows the time of day. */
const timeOf = (took?: number) => (took === undefined ? timeOfDay(Date.now()) : duration(took));

/** A long one unfolds to the whole of it. */
function textOf(text: string): HTMLElement {
  if (text.length <= ROOM) return element("code", { text });
  return foldOf(
    text,
    `all ${text.length.toLocaleString("en")} characters`,
    element("code", { text }),
  );
}

const foldOf = (text: string, hint: string, whole: HTMLElement) =>
  element(
    "details",
    {},
    element(
      "summary",
      {},
      element("code", { text: text.length <= ROOM ? text : `${firstUnits(text, ROOM)}…` }),
      element("small", { text: hint }),
    ),
    whole,
  );

/** The error frame of API Gateway itself. */
const isGatewayError = (text: string) =>
  /^\{"message": ?"[^"]*", ?"connectionId": ?"[^"]*", ?"requestId": ?"[^"]*"\}$/.test(text);

function rowOf({ direction, text, id, time }: Frame, errorFrame: FramePattern | null): HTMLElement {
  const isError =
    direction === "in" &&
    (isGatewayError(text) || (errorFrame !== null && matchesPattern(text, errorFrame)));
  return element(
    "li",
    {
      class: isError ? "frame error" : "frame",
      data: { direction, ...(id !== undefined && { request: id }) },
    },
    ...cells(direction === "out" ? "↑" : "↓", textOf(text), time),
  );
}

const cells = (arrow: string, text: HTMLElement, time: string) => [
  element("span", { class: "arrow", text: arrow }),
  text,
  element("span", { class: "time", text: time }),
];

function drawProgress({ id, row, count, frames }: Progress, list: HTMLElement): void {
  const { text = "", time = "" } = frames.at(-1) ?? {};
  const isNew = row.childElementCount === 0;
  patch(row, cells("↓", foldOf(text, tellCount(count), progressList(frames, count)), time));
  if (!isNew) return;
  const rows = [...list.children].filter((each) => each instanceof HTMLElement);
  const request = rows.find(({ dataset }) => id !== undefined && dataset["request"] === id);
  if (request === undefined) list.prepend(row);
  else request.before(row);
}
