import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect, test } from "vitest";
import { serve } from "../../server/testing.ts";
import type { Caller } from "../../protocols/caller.ts";
import { useLambda } from "../testing.ts";

const lambda = useLambda();

const ECHO = "exports.handler = async (event, { clientContext }) => ({ event, clientContext });";

test("the SDK gets the payload, the status, the version and the log tail", async () => {
  lambda().define("sdk", ECHO);
  await using server = await serve(lambda().lambda.service);
  const client = new LambdaClient({
    endpoint: server.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const { Payload, LogResult, $metadata, ...rest } = await client.send(
    new InvokeCommand({ FunctionName: "sdk", Payload: '{"a":"ä"}', LogType: "Tail" }),
  );
  client.destroy();
  expect(rest).toEqual({ StatusCode: 200, ExecutedVersion: "$LATEST" });
  expect(JSON.parse(Payload?.transformToString() ?? "")).toEqual({ event: { a: "ä" } });
  expect(Buffer.from(LogResult ?? "", "base64").toString()).toMatch(/^START RequestId: /);
  expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test("the log tail is the last 4 KB of the log", async () => {
  lambda().define("talks", "exports.handler = async () => console.log('x'.repeat(10_000));");
  const { headers, tail } = await lambda().invoke("talks");
  expect(Buffer.from(headers["X-Amz-Log-Result"] ?? "", "base64")).toHaveLength(4096);
  expect(tail).toMatch(/x\nEND .+\nREPORT .+\n$/);
});

test("the log tail starts with a whole character", async () => {
  lambda().define("tells", "exports.handler = async () => console.log('€'.repeat(3000));");
  const { headers, tail } = await lambda().invoke("tells");
  const { length } = Buffer.from(headers["X-Amz-Log-Result"] ?? "", "base64");
  expect(length).toBeGreaterThan(4096 - 3);
  expect(length).toBeLessThanOrEqual(4096);
  expect(tail).toMatch(/^€+\nEND /);
});

test.for<[string, string]>([
  ["a name", "named"],
  ["a name with its version", "named:$LATEST"],
  ["a partial ARN", "000000000000:function:named"],
  ["an ARN", "arn:aws:lambda:us-east-1:000000000000:function:named"],
  [
    "an encoded ARN with its version",
    "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Anamed%3A%24LATEST",
  ],
])("a function is found by %s", async ([, name]) => {
  lambda().define("named", ECHO);
  expect((await lambda().invoke(name, 1)).payload).toEqual({ event: 1 });
});

const ARN = "arn:aws:lambda:us-east-1:000000000000:function:arn";

test.for<[string, string, Record<string, string>, string]>([
  ["a name", "arn", {}, ARN],
  ["an ARN", ARN, {}, ARN],
  ["a name with its version", "arn:$LATEST", {}, `${ARN}:$LATEST`],
  ["a name and a qualifier", "arn", { Qualifier: "$LATEST" }, `${ARN}:$LATEST`],
])(
  "invoked by %s, the function gets the ARN in the form of the request",
  async ([, name, query, arn]) => {
    const code =
      "exports.handler = async (event, { invokedFunctionArn: arn }) => console.log(event, arn);";
    lambda().define("arn", code);
    for (const type of ["RequestResponse", "Event"]) {
      const request = lambda().request(name, `${type} of`, { "x-amz-invocation-type": type });
      await lambda().send({ ...request, query: new URLSearchParams(query) });
      const logged = `${request.requestId}\tINFO\t${type} of ${arn}\n`;
      expect(await lambda().logged("arn", new RegExp(request.requestId + "\tINFO"))).toContain(
        logged,
      );
    }
  },
);

test("a name with an invalid escape is refused with 400", async () => {
  const { status, headers } = await lambda().send(lambda().request("%zz", {}));
  expect(status).toBe(400);
  expect(headers["X-Amzn-ErrorType"]).toBe("SerializationException");
});

test.for<[string, string, string]>([
  ["nobody", "", "arn:aws:lambda:us-east-1:000000000000:function:nobody:$LATEST"],
  ["named", "7", "arn:aws:lambda:us-east-1:000000000000:function:named:7"],
])("%s with the qualifier %s is not found", async ([name, Qualifier, arn]) => {
  lambda().define("named", ECHO);
  const query = new URLSearchParams(Qualifier && { Qualifier });
  const response = await lambda().send({ ...lambda().request(name, {}), query });
  expect(response.status).toBe(404);
  expect(response.headers["X-Amzn-ErrorType"]).toBe("ResourceNotFoundException");
  expect(response.payload).toEqual({ Type: "User", Message: `Function not found: ${arn}` });
});

test("an empty payload is an empty event, and a client context is passed on", async () => {
  lambda().define("context", ECHO);
  const custom = { custom: { from: "test" } };
  const headers = {
    "x-amz-client-context": Buffer.from(JSON.stringify(custom)).toString("base64"),
  };
  const response = await lambda().send(lambda().request("context", undefined, headers));
  expect(response.payload).toEqual({ event: {}, clientContext: custom });
});

test("DryRun runs nothing", async () => {
  lambda().define("dry", ECHO);
  const request = lambda().request("dry", {}, { "x-amz-invocation-type": "DryRun" });
  expect(await lambda().send(request)).toMatchObject({ status: 204, payload: undefined });
  expect(lambda().messages("dry")).toEqual([]);
});

const big = (bytes: number) => Buffer.from(`"${"x".repeat(bytes - 2)}"`);

test.for<[string, object, number, string, string]>([
  [
    "a payload that is not JSON",
    { body: Buffer.from("{nope") },
    400,
    "InvalidRequestContentException",
    "Could not parse request body into json: Could not parse payload into json: ",
  ],
  [
    "an event over 1 MB",
    { body: big(1_048_577), headers: { "x-amz-invocation-type": "Event" } },
    413,
    "RequestEntityTooLargeException",
    "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)",
  ],
  [
    "a payload over 6 MB",
    { body: big(6_291_457) },
    413,
    "RequestEntityTooLargeException",
    "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)",
  ],
  [
    "an unknown invocation type",
    { headers: { "x-amz-invocation-type": "Later" } },
    400,
    "ValidationException",
    "1 validation error detected: Value 'Later' at 'invocationType'",
  ],
  [
    "a client context that is not JSON",
    { headers: { "x-amz-client-context": "e25vcGU=" } },
    400,
    "InvalidRequestContentException",
    "Client context must be a valid Base64-encoded JSON object.",
  ],
  [
    "a tenant",
    { headers: { "x-amz-tenant-id": "t" } },
    501,
    "NotImplemented",
    "The local AWS does not implement the header x-amz-tenant-id of lambda:InvokeFunction.",
  ],
])("%s is refused", async ([, change, status, code, message]) => {
  lambda().define("strict", ECHO);
  const response = await lambda().send({ ...lambda().request("strict", {}), ...change });
  expect(response.status).toBe(status);
  expect(response.headers["X-Amzn-ErrorType"]).toBe(code);
  expect(response.payload).toHaveProperty("message", expect.stringContaining(message));
});

test("a role can invoke only functions that its policies allow", async () => {
  lambda().define("private", ECHO);
  lambda().allow(["logs:*"]);
  const caller: Caller = {
    type: "role",
    arn: "arn:aws:sts::000000000000:assumed-role/function/other",
    roleName: "function",
  };
  const response = await lambda().send({ ...lambda().request("private", {}), caller });
  lambda().allow(["logs:*", "sqs:*", "lambda:*"]);
  expect(response.status).toBe(403);
  expect(response.payload).toEqual({
    Type: "User",
    Message:
      "User: arn:aws:sts::000000000000:assumed-role/function/other is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:private because no identity-based policy allows the lambda:InvokeFunction action",
  });
});
