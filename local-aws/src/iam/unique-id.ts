import { createHash } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Returns the unique ID of a resource. As on AWS, a resource that is deleted and created again has
 * another ID.
 * @param prefix the prefix for the type of the resource, such as `AROA`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export function uniqueId(prefix: string, arn: string, time: number | string): string {
  const digest = createHash("sha256").update(`${arn} ${time}`).digest();
  const letters = Array.from(digest.subarray(0, 17), (byte) => ALPHABET[byte % 32] ?? "");
  return `${prefix}${letters.join("")}`;
}
