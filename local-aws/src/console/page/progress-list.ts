import { firstUnits } from "../../cut-text.ts";
import { element } from "./dom.ts";

/** The maximum length of a progress frame that the page keeps, in characters. */
const TEXT_LIMIT = 1024;

/** A progress frame as a list shows it. */
export interface ShownFrame {
  time: string;
  text: string;
}

export const shorten = (text: string): string =>
  text.length <= TEXT_LIMIT ? text : `${firstUnits(text, TEXT_LIMIT)}…`;

/**
 * Creates a list with one line for each progress frame.
 * @param count the number of all frames. A line in the middle of the list shows how many were not kept.
 */
export function progressList(frames: readonly ShownFrame[], count: number): HTMLElement {
  const lines = frames.map(({ time, text }) =>
    element("li", {}, element("span", { class: "time", text: time }), element("code", { text })),
  );
  const leftOut = count - frames.length;
  if (leftOut > 0)
    lines.splice(
      frames.length / 2,
      0,
      element("li", { class: "gap", text: `… ${leftOut} more, not kept …` }),
    );
  return element("ol", { class: "progress-list" }, ...lines);
}
