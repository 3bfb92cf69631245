import type { LogEventAuthor } from "../../logs/log-event-author.ts";
import { readApplicationLine, readPlatformLine, textOf } from "../../terminal/log-line.ts";

/**
 * Returns the level and the text of a line of a function's log. A JSON line is shown without the members
 * that every line has.
 */
export function readLogLine(line: string, author: LogEventAuthor): { level: string; text: string } {
  const platform = author === "platform" ? readPlatformLine(line) : undefined;
  if (platform !== undefined)
    return { level: "platform", text: platformText(platform.type, platform.record) };
  const { level, text } = readApplicationLine(line) ?? { level: "", text: line };
  return { level: level.toLowerCase(), text };
}

function platformText(type: string, { metrics, status, errorType }: Record<string, unknown>) {
  const measured = Object.entries(metrics ?? {}).map(([name, value]) => `${name} ${textOf(value)}`);
  const ending = [status, errorType].filter((each) => each !== undefined && each !== "success");
  return [type, ...ending.map(textOf), ...measured].join("  ");
}
