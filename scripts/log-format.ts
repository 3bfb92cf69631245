import { styleText } from "node:util";
import * as v from "valibot";
import { printable } from "./printable.ts";

type Style = Parameters<typeof styleText>[0];

const levelStyles: Record<string, Style> = {
  TRACE: "dim",
  DEBUG: "dim",
  INFO: "green",
  WARN: "yellow",
  ERROR: "red",
  FATAL: "red",
};

/** Functions are told apart by colour, each keeping its own. */
const nameStyles: Style[] = ["cyan", "magenta", "blue", "yellow"];

/** A log event of a function. */
export interface FunctionLogEvent {
  logGroupName: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  message: string;
}

/** A log event as a line for a terminal: time, level, function and what was logged. */
export function formatLogEvent(
  { timestamp, message, logGroupName }: FunctionLogEvent,
  stream: NodeJS.WriteStream,
): string {
  const style = (format: Style, text: string) => styleText(format, text, { stream });
  const time = new Date(timestamp).toISOString().slice(11, 23);
  const name = logGroupName.split("/").at(-1) ?? logGroupName;
  const nameStyle = nameStyles[checksum(name) % nameStyles.length] ?? "cyan";
  const content = contentOf(message.trimEnd());
  const level = printableLines(content.level ?? "");
  const text = printableLines(content.text);
  return [
    style("dim", time),
    style(levelStyles[level] ?? "dim", level.padEnd(5)),
    style(nameStyle, name),
    content.level === undefined ? style("dim", text) : text,
  ].join("  ");
}

/** Line by line: a stack trace keeps its ends of lines, and its tabs. */
const printableLines = (text: string) => text.replace(/[^\n\t]+/g, (part) => printable(part));

const checksum = (text: string) => Array.from(text).reduce((sum, c) => sum + c.charCodeAt(0), 0);

/** A JSON line of a function, one of Lambda's own, or any other text as it is. */
function contentOf(message: string): { level?: string; text: string } {
  const line = parse(message);
  if (typeof line?.["level"] === "string") {
    const content = line["message"];
    const text = typeof content === "string" ? content : JSON.stringify(content);
    return { level: line["level"], text };
  }
  switch (line?.["type"]) {
    case "platform.initStart":
      return { text: "INIT_START" };
    case "platform.start":
      return { text: "START" };
    case "platform.report":
      return { text: `REPORT ${describeReport(v.parse(PlatformReport, line["record"]))}` };
    default:
      return { text: message };
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

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
