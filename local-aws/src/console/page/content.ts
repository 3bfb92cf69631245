import { firstUnits } from "../../cut-text.ts";
import { objectIn } from "../../frame-pattern.ts";
import type { Settings } from "../settings.ts";

/** The parts of a frame that a row shows. */
export interface FrameContent {
  /** The name of the message. Empty if the frame has none. */
  name: string;
  /** The ID that a request and its reply have in common. Empty if the frame has none. */
  id: string;
  /** The first of the content members as JSON, or else the frame without its name and its ID. */
  text: string;
}

export type FrameReader = (text: string) => FrameContent;

/** The maximum length of a row, in characters. */
const MAX_LENGTH = 300;

/** Creates a function that reads the members of frames that the application names. */
export function createFrameReader({
  messageName,
  requestId,
  content,
}: Pick<Settings, "messageName" | "requestId" | "content">): FrameReader {
  /** Returns a frame without the name and the ID, which have their own columns. */
  const restOf = (text: string, frame: Record<string, unknown> | undefined): string => {
    if (frame === undefined || messageName === null || !Object.hasOwn(frame, messageName))
      return text;
    const rest = Object.entries(frame).filter(
      ([member]) => member !== messageName && member !== requestId,
    );
    return rest.length === 0 ? "" : JSON.stringify(Object.fromEntries(rest));
  };
  return (text) => {
    const frame = objectIn(text);
    const shown = content.find((member) => frame !== undefined && Object.hasOwn(frame, member));
    return {
      name: stringOf(text, frame, messageName),
      id: stringOf(text, frame, requestId),
      text: shorten(shown === undefined ? restOf(text, frame) : JSON.stringify(frame?.[shown])),
    };
  };
}

function stringOf(
  text: string,
  frame: Record<string, unknown> | undefined,
  member: string | null,
): string {
  if (member === null) return "";
  if (frame === undefined) return startsWithMember(text, member);
  const value = Object.hasOwn(frame, member) ? frame[member] : undefined;
  return typeof value === "string" ? value : "";
}

/**
 * Reads the first member of a frame. The trace has only the beginning of a long frame, which is not JSON.
 */
function startsWithMember(text: string, member: string): string {
  const [, name, value = ""] = /^\s*\{\s*"([^"\\]*)"\s*:\s*"([^"\\]*)"/.exec(text) ?? [];
  return name === member ? value : "";
}

const shorten = (text: string): string =>
  text.length <= MAX_LENGTH ? text : `${firstUnits(text, MAX_LENGTH)}…`;

/** Formats JSON in several lines. Returns any other text unchanged. */
export function formatFrame(text: string): string {
  const frame = objectIn(text);
  return frame === undefined ? text : JSON.stringify(JSON.parse(text), null, 2);
}
