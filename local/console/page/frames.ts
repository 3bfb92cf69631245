import { byId, element, oncePerFrame } from "./dom.ts";
import { duration, timeOfDay } from "./format.ts";
import { createRoundTrips } from "./round-trips.ts";

/** Frames in the list. */
const FRAMES = 100;

interface Frame {
  direction: "out" | "in";
  text: string;
  at: number;
  /** Milliseconds since the request that it answers. */
  took?: number | undefined;
}

/** The frames of this page's own connection, the newest first. */
export function createFrames() {
  const list = byId("frames", HTMLOListElement);
  const roundTrips = createRoundTrips();
  let waiting: Frame[] = [];

  const draw = oncePerFrame(() => {
    list.prepend(...waiting.slice(-FRAMES).toReversed().map(rowOf));
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

function rowOf({ direction, text, at, took }: Frame): HTMLElement {
  const isError = direction === "in" && !text.includes('"status":"success"');
  return element(
    "li",
    { class: isError ? "frame error" : "frame", data: { direction } },
    element("span", { class: "arrow", text: direction === "out" ? "↑" : "↓" }),
    element("code", { text, title: text }),
    element("span", { class: "time", text: took === undefined ? timeOfDay(at) : duration(took) }),
  );
}
