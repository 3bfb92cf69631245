import { styleText } from "node:util";
import { printable } from "../printable.ts";
import { parseArn } from "../arn.ts";
import { firstUnits } from "../cut-text.ts";
import { mainFrame, titleOf } from "./stack-text.ts";
import { countText } from "../trace/progress.ts";
import { lastTimeOf, type Span, spansOf } from "../trace/spans.ts";
import type { Point, TracedMessage } from "../trace/types.ts";
import { durationOf, statusText, type MessageStatus, statusOf } from "../trace/message-status.ts";

type Style = Parameters<typeof styleText>[0];

const BAR = 24;
const TEXT = 72;

const statusStyles: Record<MessageStatus, Style> = {
  succeeded: "green",
  rejected: "yellow",
  refused: "yellow",
  failed: "red",
  "client gone": "yellow",
  "in progress": "dim",
};

/**
 * Returns a message as lines for a terminal: a header, a bar for each span, and notes such as the reply.
 */
export function formatMessage(message: TracedMessage, stream: NodeJS.WriteStream): string {
  const style = (format: Style, text: string) => styleText(format, text, { stream });
  const { points, startedAt } = message;
  const time = new Date(startedAt).toISOString().slice(11, 23);
  const end = Math.max(lastTimeOf(points), 0.001);
  const head = [
    style("dim", time),
    style(statusStyles[statusOf(message)], statusText(message)),
    style("bold", milliseconds(durationOf(message) ?? end)),
    textOf(points[0]),
    style("dim", message.traceId),
  ];
  const rows = spansOf(message).map((span) => {
    const name = `${span.kind === "function" ? "" : "  "}${span.label}`.padEnd(36).slice(0, 36);
    const bar = style(
      span.failed ? "red" : span.kind === "cold" ? "cyan" : "blue",
      barOf(span, end),
    );
    const length = milliseconds((span.to ?? end) - span.from);
    return `    ${name}  ${bar}  ${length}${span.failed ? style("red", "  failed") : ""}`;
  });
  const notes = points
    .flatMap((point) => noteOf(point) ?? [])
    .map((note) => `    ${printable(note)}`);
  return [head.join("  "), ...rows, ...notes].join("\n");
}

const milliseconds = (value: number) => `${value.toFixed(value < 1 ? 2 : 1)} ms`.padStart(9);

function barOf({ from, to }: Span, end: number): string {
  const start = Math.min(BAR - 1, Math.floor((BAR * from) / end));
  const length = Math.max(1, Math.round((BAR * ((to ?? end) - from)) / end));
  return "·"
    .repeat(start)
    .concat("█".repeat(Math.min(length, BAR - start)))
    .padEnd(BAR, "·");
}

function textOf(point: Point | undefined): string {
  switch (point?.type) {
    case "frame-in":
      return shorten(point.text);
    case "closed":
      return `disconnect ${point.code}`;
    default:
      return "connect";
  }
}

/** Returns a line for a point that no bar shows. */
function noteOf(point: Point): string | undefined {
  switch (point.type) {
    case "progress":
      return `→ ${countText(point.count)}, the first after ${milliseconds(point.at).trim()}`;
    case "frame-out":
      return `→ ${shorten(point.text)}`;
    case "handled":
      return point.error === undefined ? undefined : `${point.status} ${point.error}`;
    case "function-end":
      return point.outcome === "success" ? undefined : describeFailure(point);
    case "retry":
      return `retry in ${point.inMilliseconds / 1000} s: ${point.reason}`;
    case "dead-letter":
      return `dead letter in ${parseArn(point.queue)?.resource}${point.delivered ? "" : ": not delivered"}`;
    default:
      return undefined;
  }
}

function describeFailure(point: Extract<Point, { type: "function-end" }>): string {
  const parts = [point.outcome, titleOf(point), mainFrame(point.stackTrace ?? [])];
  return `${point.invocation.functionName}: ${parts.filter(Boolean).join(", ")}`;
}

/** Shortens a text to one line. */
function shorten(text: string): string {
  const line = printable(text.replace(/\s+/g, " "));
  return line.length > TEXT ? `${firstUnits(line, TEXT - 1)}…` : line;
}
