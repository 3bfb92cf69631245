import { AwsError } from "./aws-error.ts";

/**
 * A segment of a path without its percent-encoding.
 *
 * Our choice, for want of a source: what AWS calls the error.
 * @throws {AwsError} 400 where an escape is broken.
 */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    const message = `The path has a broken escape: ${segment}`;
    throw new AwsError(400, "SerializationException", message);
  }
}
