import { AwsError } from "./aws-error.ts";

/**
 * Decodes the percent-encoding of a path segment.
 *
 * Our choice, because there is no source: the error code.
 * @throws {AwsError} 400 if the encoding is invalid.
 */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    const message = `The path has an invalid percent-encoding: ${segment}`;
    throw new AwsError(400, "SerializationException", message);
  }
}
