import { byId, element, oncePerFrame } from "./dom.ts";
import { duration, timeOfDay } from "./format.ts";

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
  const sentAt = new Map<string, number>();
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
      const id = requestIdOf(text);
      if (id !== undefined) sentAt.set(id, performance.now());
      add({ direction: "out", text, at: Date.now() });
    },
    received(text: string) {
      const id = requestIdOf(text) ?? "";
      const begin = sentAt.get(id);
      sentAt.delete(id);
      const took = begin === undefined ? undefined : performance.now() - begin;
      add({ direction: "in", text, at: Date.now(), took });
    },
  };
}

function requestIdOf(text: string): string | undefined {
  return /"requestId" ?: ?"([^"\\]+)"/.exec(text)?.[1];
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
