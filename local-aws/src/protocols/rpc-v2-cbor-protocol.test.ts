import * as v from "valibot";
import { expect, test } from "vitest";
import { AwsError } from "./aws-error.ts";
import { decodeCbor } from "./cbor/decode.ts";
import { encodeCbor } from "./cbor/encode.ts";
import { defineOperation } from "./operation.ts";
import { rpcV2CborProtocol } from "./rpc-v2-cbor-protocol.ts";
import { awsRequest } from "./testing.ts";

/** Creates a service with an operation for each kind of output. */
const service = rpcV2CborProtocol({
  authorize: () => {},
  prefix: "things",
  service: "Things20261127",
  namespace: "com.example.things",
  errors: ["ThingNotFound", "ValidationException"],
  queryCode: ({ code }) => `Query.${code}`,
  operations: {
    EchoThing: defineOperation({
      input: v.strictObject({
        Name: v.string(),
        Size: v.optional(v.pipe(v.number(), v.maxValue(10)), 0),
        Time: v.exactOptional(v.date()),
        Blob: v.exactOptional(v.instance(Uint8Array)),
        Names: v.exactOptional(v.array(v.string())),
      }),
      handle: (input) => input,
    }),
    DeleteThing: defineOperation({ input: v.strictObject({}), handle: () => {} }),
    GetThing: defineOperation({
      input: v.strictObject({}),
      handle() {
        throw new AwsError(
          404,
          "ThingNotFound",
          "No thing.",
          { ThingId: "a" },
          { "Retry-After": "1" },
        );
      },
    }),
  },
});

async function call(request: {
  operation?: string;
  body?: Buffer;
  method?: string;
  path?: string;
  headers?: Record<string, string>;
}) {
  const { operation = "EchoThing", body = encodeCbor({ Name: "a" }), method, path } = request;
  const response = await service(
    awsRequest({
      method: method ?? "POST",
      path: path ?? `/service/Things20261127/operation/${operation}`,
      headers: {
        "smithy-protocol": "rpc-v2-cbor",
        "content-type": "application/cbor",
        ...request.headers,
      },
      body,
    }),
  );
  const bytes = Buffer.from(response.body ?? "");
  return { ...response, output: bytes.length === 0 ? undefined : decodeCbor(bytes) };
}

test("times are dates and blobs are bytes, in the input and in the output", async () => {
  const input = { Name: "a", Size: 1.5, Time: new Date(1500), Blob: Buffer.of(1, 2), Names: ["b"] };
  const { status, headers, output } = await call({ body: encodeCbor(input) });
  expect(status).toBe(200);
  expect(headers).toEqual({
    "smithy-protocol": "rpc-v2-cbor",
    "Content-Type": "application/cbor",
  });
  expect(output).toEqual(input);
});

test("a member that is null has no value", async () => {
  const body = Buffer.from("bf644e616d6561616453697a65f66454696d65f7ff", "hex");
  expect((await call({ body })).output).toEqual({ Name: "a", Size: 0 });
});

test("an operation without an output has a response without a body", async () => {
  const response = await call({ operation: "DeleteThing", body: Buffer.alloc(0) });
  expect(response).toEqual({ status: 200, headers: { "smithy-protocol": "rpc-v2-cbor" } });
});

test("an error has its shape in the body, and its code in the query protocol in a header", async () => {
  const { status, headers, output } = await call({ operation: "GetThing", body: encodeCbor({}) });
  expect(status).toBe(404);
  expect(headers).toEqual({
    "smithy-protocol": "rpc-v2-cbor",
    "Content-Type": "application/cbor",
    "Retry-After": "1",
    "x-amzn-query-error": "Query.ThingNotFound;Sender",
  });
  expect(output).toEqual({
    __type: "com.example.things#ThingNotFound",
    message: "No thing.",
    ThingId: "a",
  });
});

test.for([
  "/service/com.example.things.Things20261127/operation/EchoThing",
  "/v1/service/Things20261127/operation/EchoThing",
])("a request to %s calls the operation", async (path) => {
  expect(await call({ path })).toMatchObject({ status: 200, output: { Name: "a" } });
});

const coral = "com.amazon.coral.service#";

test.for<[string, Parameters<typeof call>[0], number, string, string]>([
  ["is not CBOR", { body: Buffer.from("{}") }, 400, `${coral}SerializationException`, "CBOR"],
  [
    "ends too early",
    { body: encodeCbor({ Name: "a" }).subarray(0, -1) },
    400,
    `${coral}SerializationException`,
    "ends too early (byte 7)",
  ],
  ["is a list", { body: encodeCbor([]) }, 400, `${coral}SerializationException`, "not a map"],
  ["is a time", { body: encodeCbor(new Date()) }, 400, `${coral}SerializationException`, "a map"],
  ["is bytes", { body: encodeCbor(Buffer.of(1)) }, 400, `${coral}SerializationException`, "a map"],
  [
    "has a text instead of a number",
    { body: encodeCbor({ Name: "a", Size: "1" }) },
    400,
    `${coral}SerializationException`,
    "class java.lang.String can not be converted to",
  ],
  [
    "has an integer that is too large for a number",
    { body: encodeCbor({ Name: "a", Size: 2n ** 63n }) },
    400,
    `${coral}SerializationException`,
    "TruncatingBigNumber can not be converted to",
  ],
  [
    "has a map instead of a list",
    { body: encodeCbor({ Name: "a", Names: {} }) },
    400,
    `${coral}SerializationException`,
    "Start of structure or map found where not expected.",
  ],
  [
    "lacks a required member",
    { body: encodeCbor({}) },
    400,
    "com.example.things#ValidationException",
    "Value null at 'name' failed",
  ],
  [
    "has a number outside the range",
    { body: encodeCbor({ Name: "a", Size: 11 }) },
    400,
    "com.example.things#ValidationException",
    "Value '11' at 'size' failed",
  ],
  [
    "has an unknown member",
    { body: encodeCbor({ Name: "a", Color: "red" }) },
    501,
    `${coral}NotImplemented`,
    "the parameter Color of things:EchoThing",
  ],
  [
    "is JSON by its content type",
    { headers: { "content-type": "application/json" } },
    415,
    `${coral}UnsupportedMediaTypeException`,
    "application/json",
  ],
  [
    "calls an operation that is not implemented",
    { operation: "MakeThing" },
    501,
    `${coral}NotImplemented`,
    "things:MakeThing",
  ],
  [
    "calls a name of objects",
    { operation: "constructor" },
    501,
    `${coral}NotImplemented`,
    "things",
  ],
  [
    "goes to another service",
    { path: "/service/Others/operation/EchoThing" },
    404,
    `${coral}UnknownOperationException`,
    "POST /service/Others/operation/EchoThing is not an operation",
  ],
  [
    "goes to /",
    { path: "/" },
    404,
    `${coral}UnknownOperationException`,
    "POST / is not an operation",
  ],
  ["is a GET", { method: "GET" }, 404, `${coral}UnknownOperationException`, "GET /service"],
  [
    "has the header of AWS JSON as well",
    { headers: { "x-amz-target": "Things20261127.EchoThing" } },
    400,
    `${coral}SerializationException`,
    "X-Amz-Target",
  ],
])("a request that %s is refused", async ([, request, status, type, message]) => {
  const response = await call(request);
  expect(response).toMatchObject({
    status,
    headers: { "smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor" },
    output: { __type: type, message: expect.stringContaining(message) },
  });
});
