import { createHash } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Returns the unique ID of a resource, which differs when it is deleted and created again, as on AWS.
 * @param prefix of the type of the resource, such as `AROA`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export function uniqueId(prefix: string, arn: string, time: number | string): string {
  const digest = createHash("sha256").update(`${arn} ${time}`).digest();
  const letters = Array.from(digest.subarray(0, 17), (byte) => ALPHABET[byte % 32] ?? "");
  return `${prefix}${letters.join("")}`;
}
