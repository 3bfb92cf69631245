/**
 * Reads the lines of a function's log. Anybody can write any text into a log, so a line is data: these
 * readers take every text, never throw, and return undefined for a line that has another form.
 */

import { describeError, readLoggedError } from "./stack-text.ts";

/** Lambda's log levels. */
const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
export type Level = (typeof LEVELS)[number];

export interface ApplicationLine {
  level: Level;
  /**
   * The message, and the stack of each error in it on lines of its own. The whole line if it has no
   * message, as other loggers call it differently.
   */
  text: string;
}

/** Reads a JSON object with a level, as Lambda's console and most loggers write it. */
export function readApplicationLine(line: string): ApplicationLine | undefined {
  const logged = objectIn(line) ?? {};
  const { level: name, message } = logged;
  const level = LEVELS.find((known) => typeof name === "string" && known === name.toUpperCase());
  if (level === undefined) return undefined;
  return { level, text: messageText(message, logged) ?? line };
}

/** @param line a line whose message is a text can have the members of an error. */
function messageText(message: unknown, line: Record<string, unknown>): string | undefined {
  if (typeof message !== "object" || message === null) {
    const text = textOf(message);
    const error = readLoggedError(line);
    return text === undefined || error === undefined ? text : `${text}\n${describeError(error)}`;
  }
  const error = readLoggedError(message);
  const members = Object.entries(error === undefined ? message : error.details);
  const errors = members.flatMap(([key, value]): [string, string][] => {
    const found = readLoggedError(value);
    return found === undefined ? [] : [[key, `${key}: ${describeError(found)}`]];
  });
  if (error === undefined && errors.length === 0) return textOf(message);
  const described = new Map(errors);
  const rest = Object.fromEntries(members.filter(([key]) => !described.has(key)));
  const restText = Object.keys(rest).length === 0 ? [] : [textOf(rest)];
  return [
    ...(error === undefined ? [] : [describeError(error)]),
    ...restText,
    ...described.values(),
  ].join("\n");
}

export interface PlatformLine {
  /** Such as `platform.report`. */
  type: string;
  record: Record<string, unknown>;
}

/** Reads a line of Lambda itself in JSON format, or one that somebody wrote in its form. */
export function readPlatformLine(line: string): PlatformLine | undefined {
  const { type, record } = objectIn(line) ?? {};
  if (typeof type !== "string" || !type.startsWith("platform.") || !isObject(record))
    return undefined;
  return { type, record };
}

function objectIn(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/**
 * Returns a text as it is, and any other value as JSON. Undefined for a value that is too deeply nested.
 */
export function textOf(value: unknown): string | undefined {
  try {
    return typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    return undefined;
  }
}
