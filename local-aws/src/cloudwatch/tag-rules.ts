import * as v from "valibot";
import { AwsError } from "../protocols/aws-error.ts";

export const TagKey = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
export const Tags = v.array(
  v.strictObject({ Key: TagKey, Value: v.pipe(v.string(), v.maxLength(256)) }),
);

/**
 * Returns tags as a map. If two tags have the same key, the last one is used.
 * @throws {AwsError} 403 if a key is reserved for AWS.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/cloudwatch/alarm_controls.json
 */
export function tagMap(tags: v.InferOutput<typeof Tags>): Record<string, string> {
  checkKeys(tags.map(({ Key }) => Key));
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

/** @throws {AwsError} 403 if a key is reserved for AWS. */
export function checkKeys(keys: readonly string[]): void {
  if (!keys.some((key) => key.toLowerCase().startsWith("aws:"))) return;
  const message = 'The provided tag keys must not start with any case of "aws:"';
  throw new AwsError(403, "AccessDeniedException", message);
}

/** @throws {AwsError} 400 if a resource would have too many tags. */
export function checkCount(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length <= 50) return;
  const message = "The resultant tag set must not have more than 50 user tags.";
  throw new AwsError(400, "ValidationException", message);
}
