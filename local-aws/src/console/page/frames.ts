import { firstUnits } from "../../cut-text.ts";
import { type FramePattern, matchesPattern } from "../../frame-pattern.ts";
import type { Settings } from "../settings.ts";
import { byId, element, oncePerFrame } from "./dom.ts";
import { duration, timeOfDay } from "./format.ts";
import { createRoundTrips } from "./round-trips.ts";

/** Frames in the list. */
const FRAMES = 100;
/** Characters that a row has room for. */
const ROOM = 140;

interface Frame {
  direction: "out" | "in";
  text: string;
  at: number;
  /** Milliseconds since the request that it answers. */
  took?: number | undefined;
}

/** The frames of this page's own connection, the newest first. */
export function createFrames({ errorFrame, requestId }: Settings) {
  const list = byId("frames", HTMLOListElement);
  const roundTrips = createRoundTrips(requestId);
  let waiting: Frame[] = [];

  const draw = oncePerFrame(() => {
    list.prepend(
      ...waiting
        .slice(-FRAMES)
        .toReversed()
        .map((frame) => rowOf(frame, errorFrame)),
    );
    waiting = [];
    while (list.children.length > FRAMES) list.lastElementChild?.remove();
  });
  const add = (frame: Frame) => {
    waiting.push(frame);
    draw();
  };
  return {
    sent(text: string) {
      roundTrips.sent(text);
      add({ direction: "out", text, at: Date.now() });
    },
    received(text: string) {
      add({ direction: "in", text, at: Date.now(), took: roundTrips.received(text) });
    },
  };
}

/** A long one unfolds to the whole of it. */
function textOf(text: string): HTMLElement {
  if (text.length <= ROOM) return element("code", { text });
  return element(
    "details",
    {},
    element(
      "summary",
      {},
      element("code", { text: `${firstUnits(text, ROOM)}…` }),
      element("small", { text: `all ${text.length.toLocaleString("en")} characters` }),
    ),
    element("code", { text }),
  );
}

/** The error frame of API Gateway itself. */
const isGatewayError = (text: string) =>
  /^\{"message": ?"[^"]*", ?"connectionId": ?"[^"]*", ?"requestId": ?"[^"]*"\}$/.test(text);

function rowOf(frame: Frame, errorFrame: FramePattern | null): HTMLElement {
  const { direction, text, at, took } = frame;
  const isError =
    direction === "in" &&
    (isGatewayError(text) || (errorFrame !== null && matchesPattern(text, errorFrame)));
  return element(
    "li",
    { class: isError ? "frame error" : "frame", data: { direction } },
    element("span", { class: "arrow", text: direction === "out" ? "↑" : "↓" }),
    textOf(text),
    element("span", { class: "time", text: took === undefined ? timeOfDay(at) : duration(took) }),
  );
}
