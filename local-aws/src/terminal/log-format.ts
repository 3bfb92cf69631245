import { styleText } from "node:util";
import * as v from "valibot";
import { type Level, readApplicationLine, readPlatformLine } from "./log-line.ts";
import { printable } from "../printable.ts";
import type { MapStack } from "./stack-text.ts";

type Style = Parameters<typeof styleText>[0];

const levelStyles: Record<Level, Style> = {
  TRACE: "dim",
  DEBUG: "dim",
  INFO: "green",
  WARN: "yellow",
  ERROR: "red",
  FATAL: "red",
};

/** The colors of function names. */
const nameStyles: Style[] = ["cyan", "magenta", "blue", "yellow"];

/** A log event of a function. */
export interface FunctionLogEvent {
  logGroupName: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  message: string;
  /**
   * The author of the event. Undefined if it is not known, as in CloudWatch Logs; the format of the line
   * then decides.
   */
  author?: "platform" | "function" | "access-log" | "client";
}

interface Content {
  level?: Level;
  text: string;
}

/**
 * Returns a log event as a line for a terminal, with the time, level, function and message. The stack of
 * an error follows in separate lines.
 * @param options.mapStack replaces the positions in stacks. Default: positions are not changed.
 */
export function formatLogEvent(
  { timestamp, message, logGroupName, author }: FunctionLogEvent,
  stream: NodeJS.WriteStream,
  { mapStack = (text: string) => text }: { mapStack?: MapStack | undefined } = {},
): string {
  const style = (format: Style, text: string) => styleText(format, text, { stream });
  const time = new Date(timestamp).toISOString().slice(11, 23);
  const name = logGroupName.split("/").at(-1) ?? logGroupName;
  const nameStyle = nameStyles[checksum(name) % nameStyles.length] ?? "cyan";
  const { level, text: content } = contentOf(mapStack(message.trimEnd()), author);
  const text = printableLines(content);
  return [
    style("dim", time),
    style(level === undefined ? "dim" : levelStyles[level], (level ?? "").padEnd(5)),
    style(nameStyle, name),
    level === undefined ? style("dim", text) : text,
  ].join("  ");
}

/** Replaces control characters, but keeps the line ends and tabs of a stack trace. */
const printableLines = (text: string) => text.replace(/[^\n\t]+/g, (part) => printable(part));

const checksum = (text: string) => Array.from(text).reduce((sum, c) => sum + c.charCodeAt(0), 0);

/**
 * Returns the level and the text of a line of Lambda itself, of a JSON line of a function, or of any
 * other text.
 */
function contentOf(message: string, author: FunctionLogEvent["author"]): Content {
  const platform =
    author === undefined || author === "platform" ? platformText(message) : undefined;
  if (platform !== undefined) return { text: platform };
  return readApplicationLine(message) ?? { text: message };
}

/** Returns a line of Lambda itself in a readable form, or undefined for any other line. */
function platformText(message: string): string | undefined {
  const line = readPlatformLine(message);
  switch (line?.type) {
    case "platform.initStart":
      return "INIT_START";
    case "platform.start":
      return "START";
    case "platform.report": {
      const report = v.safeParse(PlatformReport, line.record);
      return report.success ? `REPORT ${describeReport(report.output)}` : undefined;
    }
    case undefined:
      return undefined;
    default: {
      const { status, errorType } = line?.record ?? {};
      return [line?.type, status, errorType].filter((part) => typeof part === "string").join(" ");
    }
  }
}

const PlatformReport = v.object({
  metrics: v.object({
    durationMs: v.number(),
    billedDurationMs: v.number(),
    initDurationMs: v.optional(v.number()),
    memorySizeMB: v.number(),
    maxMemoryUsedMB: v.number(),
  }),
  status: v.string(),
});

function describeReport({ metrics, status }: v.InferOutput<typeof PlatformReport>): string {
  const { durationMs, billedDurationMs, initDurationMs, memorySizeMB, maxMemoryUsedMB } = metrics;
  return [
    `${durationMs.toFixed(1)} ms`,
    ...(initDurationMs === undefined ? [] : [`cold start ${initDurationMs.toFixed(1)} ms`]),
    `billed ${billedDurationMs} ms`,
    `${maxMemoryUsedMB} of ${memorySizeMB} MB`,
    ...(status === "success" ? [] : [`status ${status}`]),
  ].join(", ");
}
