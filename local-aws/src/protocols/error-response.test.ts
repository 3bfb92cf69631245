import { expect, test } from "vitest";
import { AwsError, notImplemented } from "./aws-error.ts";
import { decodeCbor } from "./cbor/decode.ts";
import { errorResponse } from "./error-response.ts";

test("a client of Smithy RPC v2 CBOR reads an error that precedes its service", () => {
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

const responseTo = (service: string) =>
  errorResponse(
    notImplemented(`the service ${service}`),
    {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    "00000000-0000-4000-8000-000000000000",
  );

test("clients of Route 53 can read that it is not implemented", () => {
  const { status, headers, body } = responseTo("route53");
  expect({ status, headers }).toMatchObject({
    status: 501,
    headers: { "Content-Type": "text/xml" },
  });
  expect(String(body)).toMatch(/^<ErrorResponse .*<Error>.*<Code>NotImplemented<\/Code>/s);
  expect(body).toContain(
    "<Message>The local AWS does not implement the service route53.</Message>",
  );
});

test("clients of other services get JSON, and those of S3 their own XML", () => {
  expect(responseTo("dynamodb").headers).toMatchObject({ "Content-Type": "application/json" });
  expect(responseTo("s3").body).toContain("<Error><Code>NotImplemented</Code>");
});
