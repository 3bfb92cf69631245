import { AwsError } from "./aws-error.ts";
import type { AwsRequest, AwsResponse } from "./operation.ts";
import { queryError } from "./query-protocol.ts";
import { element } from "./xml.ts";

/**
 * An error in the one form that the caller's tool can read, guessed from its request: a form and S3
 * want XML, everything else JSON. A fault of our own is a 500 with its stack, for whoever reports it.
 */
export function errorResponse(
  error: unknown,
  headers: AwsRequest["headers"],
  requestId: string,
): AwsResponse {
  const known =
    error instanceof AwsError ? error : new AwsError(500, "InternalFailure", stackOf(error));
  const { status, code, message } = known;
  if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded"))
    return queryError(known, "https://aws.amazon.com/", requestId);
  if (headers["authorization"]?.includes("/s3/aws4_request")) {
    const body = element("Error", { Code: code, Message: message, RequestId: requestId });
    return { status, headers: { "Content-Type": "application/xml" }, body };
  }
  return {
    status,
    headers: { "Content-Type": "application/json", "X-Amzn-ErrorType": code },
    body: JSON.stringify({ __type: code, message }),
  };
}

const stackOf = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
