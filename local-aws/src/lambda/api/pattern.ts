import * as v from "valibot";

/**
 * A text that a pattern of Lambda's model matches as a whole. The error names the pattern.
 * @param source a regular expression without anchors.
 */
export const pattern = (source: string) =>
  v.regex<string, string>(
    new RegExp(`^(?:${source})$`),
    `Member must satisfy regular expression pattern: ${source}`,
  );
