import { firstUnits } from "../cut-text.ts";
import { notImplemented } from "../protocols/aws-error.ts";
import { parseJsonPattern } from "./json-filter-pattern.ts";
import { constraintViolated } from "./log-errors.ts";
import type { MessageFilter } from "./message-filter.ts";
import { parseTermPattern } from "./term-filter-pattern.ts";

const LENGTH_LIMIT = 1024;

/**
 * A filter pattern of FilterLogEvents or of a metric filter: terms, or a JSON pattern in braces.
 * The empty pattern matches every event.
 * @throws {AwsError} 400 InvalidParameterException where it is too long or can't be parsed, 501 for
 * regular expressions and space-delimited patterns.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(text: string): MessageFilter {
  if (text.length > LENGTH_LIMIT) {
    const constraint = `Member must have length less than or equal to ${LENGTH_LIMIT}`;
    throw constraintViolated(firstUnits(text, LENGTH_LIMIT), "filterPattern", constraint);
  }
  const pattern = text.trim();
  if (pattern.startsWith("[")) throw notImplemented("space-delimited filter patterns");
  return pattern.startsWith("{") ? parseJsonPattern(pattern) : parseTermPattern(pattern);
}
