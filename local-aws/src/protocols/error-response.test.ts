import { expect, test } from "vitest";
import { AwsError } from "./aws-error.ts";
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
