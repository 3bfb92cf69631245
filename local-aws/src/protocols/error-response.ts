import { AwsError } from "./aws-error.ts";
import type { AwsRequest, AwsResponse } from "./operation.ts";
import { queryCode, queryError, queryErrorHeader } from "./query-protocol.ts";
import { cborError, RPC_V2_CBOR } from "./rpc-v2-cbor-protocol.ts";
import { element } from "./xml.ts";

/**
 * An error in the one form that the caller's tool can read, guessed from its request: a form, Route 53 and
 * S3 want XML, the header `Smithy-Protocol` CBOR, everything else JSON. An internal error is a 500 with its
 * stack, for bug reports.
 */
export function errorResponse(
  error: unknown,
  headers: AwsRequest["headers"],
  requestId: string,
): AwsResponse {
  const known =
    error instanceof AwsError ? error : new AwsError(500, "InternalFailure", stackOf(error));
  const { status, code, message } = known;
  const contentType = headers["content-type"] ?? "";
  const isSignedFor = (service: string) =>
    headers["authorization"]?.includes(`/${service}/aws4_request`) ?? false;
  if (contentType.startsWith("application/x-www-form-urlencoded") || isSignedFor("route53"))
    return queryError(known, "https://aws.amazon.com/", requestId);
  if (isSignedFor("s3")) {
    const body = element("Error", { Code: code, Message: message, RequestId: requestId });
    return { status, headers: { "Content-Type": "application/xml" }, body };
  }
  const queryHeader = queryErrorHeader(status, queryCode(code));
  if (headers["smithy-protocol"] === RPC_V2_CBOR) return cborError(known, undefined, queryHeader);
  const body = JSON.stringify({ __type: code, message });
  // The services of JSON 1.1, such as CloudWatch Logs, and DynamoDB refuse a caller with 400.
  const isJson = (version: string) => contentType.startsWith(`application/x-amz-json-${version}`);
  if (isJson("1.1") || (isJson("1.0") && isSignedFor("dynamodb")))
    return {
      status: status === 403 ? 400 : status,
      headers: { "Content-Type": contentType },
      body,
    };
  // The others of JSON 1.0, SQS and CloudWatch, keep the codes of the query protocol in a header.
  if (isJson("1.0"))
    return { status, headers: { "Content-Type": contentType, ...queryHeader }, body };
  return {
    status,
    headers: { "Content-Type": "application/json", "X-Amzn-ErrorType": code },
    body,
  };
}

const stackOf = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
