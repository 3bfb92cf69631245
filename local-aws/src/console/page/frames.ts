import { type FramePattern, matchesPattern } from "../../frame-pattern.ts";
import { keepFrame, countText } from "../../trace/progress.ts";
import type { Settings } from "../settings.ts";
import { createFrameReader, formatFrame, type FrameReader } from "./content.ts";
import { copyButton } from "./copy.ts";
import { byId, element, oncePerFrame } from "./dom.ts";
import { duration, timeOfDay } from "./format.ts";
import { patch } from "./patch.ts";
import { progressList, type ShownFrame, shorten } from "./progress-list.ts";
import { createRoundTrips } from "./round-trips.ts";

/** The maximum number of rows in the list. */
const ROWS = 100;

interface Frame {
  direction: "out" | "in";
  text: string;
  /** The ID that a request has in common with its progress frames. */
  id?: string | undefined;
  time: Time;
}

/** A time in a row, and the meaning of the time. */
interface Time {
  text: string;
  title: string;
}

/** The progress frames of a request, which share a row. */
interface Progress {
  /** Undefined for frames without an ID. */
  id: string | undefined;
  row: HTMLElement;
  count: number;
  /** The text and the time of the latest frame. */
  latest: { text: string; time: Time };
  frames: ShownFrame[];
}

/**
 * Creates the list of the frames of this page's own connection, the newest first. The progress frames of
 * a request share one row above the request, which shows the latest of them.
 */
export function createFrames(settings: Settings) {
  const { errorFrame, progressFrame, requestId } = settings;
  const list = byId("frames", HTMLOListElement);
  const read = createFrameReader(settings);
  const roundTrips = createRoundTrips(requestId);
  /** The progress of unfinished requests, by the ID of the request. */
  const streams = new Map<string | undefined, Progress>();
  const changed = new Set<Progress>();
  let waiting: Frame[] = [];

  const draw = oncePerFrame(() => {
    list.prepend(
      ...waiting
        .slice(-ROWS)
        .toReversed()
        .map((frame) => rowOf(frame, errorFrame, read)),
    );
    waiting = [];
    for (const progress of changed) drawProgress(progress, list, read);
    changed.clear();
    while (list.children.length > ROWS) list.lastElementChild?.remove();
    byId("no-frames", HTMLElement).hidden = list.childElementCount > 0;
  });
  const add = (frame: Frame) => {
    waiting.push(frame);
    draw();
  };
  const addProgress = (text: string) => {
    const id = roundTrips.idOf(text);
    const row = element("li", { class: "frame", data: { direction: "in" } });
    const latest = { text, time: timeOf(roundTrips.progressed(text)) };
    const progress = streams.get(id) ?? { id, row, count: 0, latest, frames: [] };
    progress.latest = latest;
    progress.count += 1;
    keepFrame(progress.frames, { time: latest.time.text, text: shorten(text) });
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

/**
 * Returns the time for a row.
 * @param took milliseconds since the request. Default: the row shows the time of day.
 */
const timeOf = (took?: number): Time =>
  took === undefined
    ? { text: timeOfDay(Date.now()), title: "time of day" }
    : { text: `+${duration(took)}`, title: "since the request was sent" };

/** Returns whether a text is an error frame of API Gateway itself. */
const isGatewayError = (text: string) =>
  /^\{"message": ?"[^"]*", ?"connectionId": ?"[^"]*", ?"requestId": ?"[^"]*"\}$/.test(text);

/** Creates a row: one line, which unfolds to the whole frame. */
function rowOf(frame: Frame, errorFrame: FramePattern | null, read: FrameReader): HTMLElement {
  const { direction, text, id, time } = frame;
  const isError =
    direction === "in" &&
    (isGatewayError(text) || (errorFrame !== null && matchesPattern(text, errorFrame)));
  const whole = element(
    "div",
    { class: "whole-frame" },
    element("pre", { text: formatFrame(text), attributes: { tabindex: "0" } }),
    copyButton("Copy the frame", () => text),
  );
  return element(
    "li",
    {
      class: isError ? "frame error" : "frame",
      data: { direction, ...(id !== undefined && { request: id }) },
    },
    element("details", {}, summaryOf(direction, text, time, read), whole),
  );
}

function summaryOf(
  direction: Frame["direction"],
  text: string,
  time: Time,
  read: FrameReader,
  note?: string,
): HTMLElement {
  const { name, text: content } = read(text);
  return element(
    "summary",
    {},
    element("span", {
      class: "arrow",
      text: direction === "out" ? "↑" : "↓",
      title: direction === "out" ? "sent" : "received",
    }),
    element("strong", { text: name }),
    element("code", { text: content, title: content }),
    element("span", { class: "time", text: time.text, title: time.title }),
    ...(note === undefined ? [] : [element("small", { text: note })]),
  );
}

function drawProgress(progress: Progress, list: HTMLElement, read: FrameReader): void {
  const { id, row, count, latest, frames } = progress;
  const isNew = row.childElementCount === 0;
  const summary = summaryOf("in", latest.text, latest.time, read, countText(count));
  patch(row, [element("details", {}, summary, progressList(frames, count))]);
  if (!isNew) return;
  const rows = [...list.children].filter((each) => each instanceof HTMLElement);
  const request = rows.find(({ dataset }) => id !== undefined && dataset["request"] === id);
  if (request === undefined) list.prepend(row);
  else request.before(row);
}
