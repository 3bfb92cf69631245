import { AwsError } from "./aws-error.ts";
import { signingNameOf } from "./missing-service.ts";
import type { AwsRequest, AwsResponse } from "./operation.ts";
import { queryCode, queryError, queryErrorHeader } from "./query-protocol.ts";
import { cborError, RPC_V2_CBOR } from "./rpc-v2-cbor-protocol.ts";
import { element } from "./xml.ts";

/**
 * An error in the form that the client can read, which its request shows: XML for the services of REST XML,
 * EC2 and those of AWS query, CBOR for the header `Smithy-Protocol`, and JSON for all others. An internal
 * error is a 500 with its stack, for bug reports.
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
  const service = signingNameOf(headers["authorization"]) ?? "";
  const ownForm = XML_FORMS.get(service);
  if (ownForm !== undefined) return ownForm(known, requestId, headers);
  if (contentType.startsWith("application/x-www-form-urlencoded"))
    return queryError(known, "https://aws.amazon.com/", requestId);
  const queryHeader = queryErrorHeader(status, queryCode(code));
  if (headers["smithy-protocol"] === RPC_V2_CBOR) return cborError(known, undefined, queryHeader);
  const body = JSON.stringify({ __type: code, message });
  // The services of JSON 1.1, such as CloudWatch Logs, and DynamoDB refuse a caller with 400.
  const isJson = (version: string) => contentType.startsWith(`application/x-amz-json-${version}`);
  if (isJson("1.1") || (isJson("1.0") && service === "dynamodb"))
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

/**
 * The forms of the services whose errors are XML, except for those of AWS query, by their signing names.
 * These are all services of REST XML, and EC2.
 * @see https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html#operation-error-serialization
 * @see https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#operation-error-serialization
 */
const XML_FORMS = new Map<string, ErrorForm>([
  [
    "cloudfront",
    (error, requestId) =>
      queryError(error, "http://cloudfront.amazonaws.com/doc/2020-05-31/", requestId),
  ],
  [
    "ec2",
    ({ status, code, message }, requestId) => {
      const Errors = { Error: { Code: code, Message: message } };
      return xml(status, "Response", { Errors, RequestID: requestId });
    },
  ],
  [
    "route53",
    (error, requestId) =>
      queryError(error, "https://route53.amazonaws.com/doc/2013-04-01/", requestId),
  ],
  [
    "s3",
    (error, requestId, headers) => {
      // A request of S3 Control, which has the same signing name.
      if (headers["x-amz-account-id"] !== undefined)
        return queryError(error, "http://awss3control.amazonaws.com/doc/2018-08-20/", requestId);
      const { status, code, message } = error;
      return xml(status, "Error", { Code: code, Message: message, RequestId: requestId });
    },
  ],
]);

type ErrorForm = (
  error: AwsError,
  requestId: string,
  headers: AwsRequest["headers"],
) => AwsResponse;

const xml = (status: number, root: string, content: object): AwsResponse => ({
  status,
  headers: { "Content-Type": "application/xml" },
  body: element(root, content),
});

const stackOf = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
