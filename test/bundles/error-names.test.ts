import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect, onTestFinished, test } from "vitest";
import { startTestStack } from "../test-stack.ts";
import { connect } from "../e2e/client.ts";

const PROCESSOR = "websocket-lambda-processor";
const job = { connectionId: "c=", requestId: "r", action: "timestamp" };

async function startOwnStack() {
  const aws = await startTestStack();
  onTestFinished(() => aws.close());
  return aws;
}
type Aws = Awaited<ReturnType<typeof startOwnStack>>;

/** Removes a statement from the policy of a function's role. */
function withdraw({ state }: Aws, functionName: string, sid: string): void {
  const role = state.iam.roles[`websocket-lambda-${functionName}-us-east-1`];
  if (role === undefined) throw new Error(`The stack has no role of the ${functionName}.`);
  const document = JSON.parse(role.policies["permissions"] ?? "");
  const Statement = document.Statement.filter(({ Sid }: { Sid: string }) => Sid !== sid);
  role.policies["permissions"] = JSON.stringify({ ...document, Statement });
}

const connectTo = (aws: Aws) => connect(aws.webSocketUrl("production"));

/** Invokes the processor. Returns the error that the caller gets. */
async function invoke({ endpoint }: Aws, event: unknown): Promise<unknown> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const lambda = new LambdaClient({ endpoint, region: "us-east-1", credentials });
  const { Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: PROCESSOR, Payload: JSON.stringify(event) }),
  );
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}

const isError = ({ level }: { level?: string }) => level === "ERROR";

test("an event that is not a job is logged as a TypeError that names the invalid member", async () => {
  const aws = await startOwnStack();
  const errorMessage = "The event is not a job: connectionId is missing or not valid.";
  expect(await invoke(aws, {})).toMatchObject({ errorType: "TypeError", errorMessage });
  const { content } = await aws.logs.line(isError);
  expect(content).toMatchObject({ errorType: "TypeError", errorMessage });
  expect(content["stackTrace"]).toContainEqual(expect.stringMatching(/^TypeError: /));
});

test("a reply that the role may not post is logged as an AccessDeniedException of API Gateway", async () => {
  const aws = await startOwnStack();
  withdraw(aws, "processor", "ReplyToConnections");
  const client = await connectTo(aws);
  client.send({ action: "timestamp" });
  const { content } = await aws.logs.line(isError);
  // The SDK has no class for it, so it uses the class of all errors of the service.
  expect(content["error"]).toMatchObject({
    errorType: "ApiGatewayManagementApiServiceException",
    name: "AccessDeniedException",
    stackTrace: expect.arrayContaining([expect.stringMatching(/^AccessDeniedException: /)]),
  });
});

test("an Invoke that the role does not allow is logged as an AccessDeniedException of Lambda", async () => {
  const aws = await startOwnStack();
  withdraw(aws, "websocket-handler", "InvokeProcessor");
  const client = await connectTo(aws);
  client.send({ action: "timestamp" });
  const { content } = await aws.logs.line(isError);
  expect(content["error"]).toMatchObject({
    errorType: "LambdaServiceException",
    name: "AccessDeniedException",
    stackTrace: expect.arrayContaining([expect.stringMatching(/^AccessDeniedException: /)]),
  });
});

test("an endpoint that does not respond is logged as a TimeoutError", async () => {
  const aws = await startOwnStack();
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const { Environment } = aws.functionNamed("processor").configuration;
  Object.assign(Environment?.Variables ?? {}, {
    MANAGEMENT_ENDPOINT: `http://127.0.0.1:${port}`,
  });
  expect(await invoke(aws, job)).toMatchObject({
    errorType: "ReplyNotPosted",
    errorMessage: expect.stringMatching(/^The action ran, but .*: TimeoutError: /),
  });
  const { content } = await aws.logs.line(isError);
  // The SDK changes the name of a plain Error, and Lambda logs the class.
  expect(content["error"]).toMatchObject({
    errorType: "Error",
    name: "TimeoutError",
    stackTrace: expect.arrayContaining([expect.stringMatching(/^TimeoutError: /)]),
  });
  const { content: thrown } = await aws.logs.line(
    ({ content: { name } }) => name === "ReplyNotPosted",
  );
  expect(thrown).toMatchObject({ errorType: "ReplyNotPosted" });
});
