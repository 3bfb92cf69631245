import { invalidParameter } from "../log-errors.ts";
import { parseDelimitedPattern } from "./delimited-pattern.ts";
import { parseJsonPattern } from "./json-pattern.ts";
import { quotedForm } from "./literal.ts";
import type { MessageFilter } from "./message-filter.ts";
import { UnexpectedToken } from "./pattern-errors.ts";
import { parseTermPattern } from "./term-pattern.ts";

/**
 * Parses a filter pattern: terms, a JSON pattern in braces, or a space-delimited pattern in brackets.
 * The empty pattern matches every event.
 * @throws {AwsError} 400 InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(text: string): MessageFilter {
  const pattern = text.trim();
  if (pattern.startsWith("{")) return parseJsonPattern(pattern);
  return pattern.startsWith("[") ? parseDelimitedPattern(pattern) : parseTermPattern(pattern);
}

/** Parses a pattern of FilterLogEvents, which has its own message for some patterns. */
export function parseSearchPattern(text: string): MessageFilter {
  try {
    return parseFilterPattern(text);
  } catch (error) {
    if (error instanceof UnexpectedToken) throw invalidParameter("Invalid filter pattern");
    throw error;
  }
}

/** Whether a valid pattern has regular expressions. */
export const hasExpression = (text: string): boolean => text.replace(quoted, "").includes("%");

const quoted = new RegExp(`${quotedForm}|'[^']*'`, "gs");
