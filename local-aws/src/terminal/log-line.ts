/**
 * Reads the lines of a function's log. A log can contain any text, so these functions accept any text and
 * never throw. They return undefined for a line in another format.
 */

import { describeError, readLoggedError } from "./stack-text.ts";

/** Lambda's log levels. */
const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
export type Level = (typeof LEVELS)[number];

export interface ApplicationLine {
  level: Level;
  /**
   * The message, and the stack of each error in it in separate lines. The whole line if it has no member
   * `message`, because other loggers use other names.
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

/**
 * Returns the message of a line as text.
 * @param line can have the members of an error if its message is a string.
 */
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

/** Reads a line of Lambda itself in JSON format, or a line of a function in the same format. */
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
 * Returns a string unchanged, and any other value as JSON. Returns undefined for a value that is nested
 * too deeply.
 */
export function textOf(value: unknown): string | undefined {
  try {
    return typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    return undefined;
  }
}
