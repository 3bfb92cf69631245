import { notImplemented } from "../http/aws-error.ts";
import { parseJsonPattern } from "./json-filter-pattern.ts";
import { parseTermPattern } from "./term-filter-pattern.ts";

/** Whether a log event's message is one that a filter pattern looks for. */
export type Matches = (message: string) => boolean;

/**
 * A filter pattern of FilterLogEvents or of a metric filter: terms, or a JSON pattern in braces.
 * The empty pattern matches every event.
 * @throws {AwsError} 400 InvalidParameterException where it can't be parsed, 501 for regular
 * expressions and space-delimited patterns.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(text: string): Matches {
  const pattern = text.trim();
  if (pattern.startsWith("[")) throw notImplemented("space-delimited filter patterns");
  return pattern.startsWith("{") ? parseJsonPattern(pattern) : parseTermPattern(pattern);
}
