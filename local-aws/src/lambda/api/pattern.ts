import * as v from "valibot";

/** The region in an ARN, in the notation of Lambda's model. */
export const REGION_PATTERN = String.raw`(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}`;

/** The ARN of a resource of any service, in the notation of Lambda's model. */
export const RESOURCE_ARN_PATTERN = String.raw`arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:(${REGION_PATTERN})?:(\d{12})?:(.*)`;

/**
 * Returns a check that a pattern of Lambda's model matches an entire string. The error contains the
 * pattern.
 * @param source a regular expression without anchors.
 */
export const pattern = (source: string) =>
  v.regex<string, string>(
    new RegExp(`^(?:${source})$`),
    `Member must satisfy regular expression pattern: ${source}`,
  );
