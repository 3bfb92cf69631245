import { expect, test } from "vitest";
import { AwsError, notImplemented } from "./aws-error.ts";
import { decodeCbor } from "./cbor/decode.ts";
import { errorResponse } from "./error-response.ts";

test("a client of Smithy RPC v2 CBOR can read an error from before its service is known", () => {
  const error = new AwsError(403, "UnrecognizedClientException", "Who are you?");
  const headers = { "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor" };
  const response = errorResponse(error, headers, "request-1");
  expect(response).toMatchObject({
    status: 403,
    headers: {
      "smithy-protocol": "rpc-v2-cbor",
      "Content-Type": "application/cbor",
      "x-amzn-query-error": "InvalidClientTokenId;Sender",
    },
  });
  expect(decodeCbor(Buffer.from(response.body ?? ""))).toEqual({
    __type: "com.amazon.coral.service#UnrecognizedClientException",
    message: "Who are you?",
  });
});

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});
const FORM = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
const control = { "x-amz-account-id": "000000000000" };

const wrapped = (namespace: string) =>
  `<ErrorResponse xmlns="${namespace}"><Error><Type>Receiver</Type><Code>NotImplemented</Code><Message>The local AWS does not implement a &amp; b.</Message></Error><RequestId>request-1</RequestId></ErrorResponse>`;
const JSON_BODY = '{"__type":"NotImplemented","message":"The local AWS does not implement a & b."}';

test.for<[service: string, headers: Record<string, string>, type: string, body: string]>([
  [
    "s3",
    {},
    "application/xml",
    "<Error><Code>NotImplemented</Code><Message>The local AWS does not implement a &amp; b.</Message><RequestId>request-1</RequestId></Error>",
  ],
  ["s3", control, "text/xml", wrapped("http://awss3control.amazonaws.com/doc/2018-08-20/")],
  ["cloudfront", {}, "text/xml", wrapped("http://cloudfront.amazonaws.com/doc/2020-05-31/")],
  ["route53", {}, "text/xml", wrapped("https://route53.amazonaws.com/doc/2013-04-01/")],
  [
    "ec2",
    FORM,
    "application/xml",
    "<Response><Errors><Error><Code>NotImplemented</Code><Message>The local AWS does not implement a &amp; b.</Message></Error></Errors><RequestID>request-1</RequestID></Response>",
  ],
  ["sns", FORM, "text/xml", wrapped("https://aws.amazon.com/")],
  [
    "cognito-idp",
    { "content-type": "application/x-amz-json-1.1" },
    "application/x-amz-json-1.1",
    JSON_BODY,
  ],
  [
    "states",
    { "content-type": "application/x-amz-json-1.0" },
    "application/x-amz-json-1.0",
    JSON_BODY,
  ],
  ["scheduler", { "content-type": "application/json" }, "application/json", JSON_BODY],
  ["constructor", {}, "application/json", JSON_BODY],
])(
  "clients of %s with the headers %o get an error in their format",
  ([service, headers, type, body]) => {
    const error = notImplemented("a & b");
    const response = errorResponse(error, { ...signedFor(service), ...headers }, "request-1");
    expect(response).toMatchObject({ status: 501, headers: { "Content-Type": type }, body });
  },
);
