import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { regionOf, type TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import { createIssuer } from "../../scripts/start/issuer.ts";
import type { RawResponse, Credentials } from "../conformance/signed-request.ts";
import {
  apigateway,
  type Attempt,
  cloudwatch,
  connections,
  iam,
  invoke,
  lambda,
  logGroupOf,
  logs,
  nameOf,
  putLogEvents,
  sessionArnOf,
  sqs,
} from "./aws-requests.ts";

const FUNCTIONS = ["websocket-handler", "processor", "authorizer"] as const;
type FunctionName = (typeof FUNCTIONS)[number];

const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});
const DEAD_LETTERS = "websocket-lambda-dead-letters";
const ACCESS_LOG = "/aws/apigateway/websocket-lambda";
const zipOf = (code: string) =>
  Buffer.from(zipSync({ "index.js": Buffer.from(code) })).toString("base64");

/** Requests that no function is allowed to make. */
const forAll: Attempt[] = [
  invoke("another"),
  lambda("GetFunction", "GET", "processor"),
  lambda("GetFunctionConfiguration", "GET", "authorizer", "/configuration"),
  lambda("UpdateFunctionCode", "PUT", "websocket-handler", "/code", { ZipFile: zipOf("") }),
  lambda("DeleteFunction", "DELETE", "processor"),
  logs("CreateLogGroup", logGroupOf("another")),
  logs("DeleteLogGroup", logGroupOf("processor")),
  logs("FilterLogEvents", logGroupOf("websocket-handler")),
  logs("CreateLogStream", ACCESS_LOG, "forged"),
  putLogEvents(ACCESS_LOG),
  sqs("ReceiveMessage", DEAD_LETTERS),
  sqs("PurgeQueue", DEAD_LETTERS),
  sqs("DeleteQueue", DEAD_LETTERS),
  sqs("SendMessage", "another", { MessageBody: "{}" }),
  iam("ListRoles", undefined),
  iam("GetRole", "processor"),
  iam("PutRolePolicy", "processor", { PolicyName: "permissions", PolicyDocument: POLICY }),
  connections("POST", "websocket0", "staging"),
  connections("POST", "websocket1"),
  connections("GET", "websocket0", "staging"),
  connections("GET", "websocket1"),
  connections("DELETE", "websocket0", "staging"),
  connections("DELETE", "websocket1"),
  apigateway("GET", "/apis/websocket0"),
  apigateway("DELETE", "/apis/websocket0"),
  cloudwatch("DescribeAlarms", "*"),
];

/** Requests close to the ones that a function is allowed to make: the same action on another resource. */
const nearMisses: Record<FunctionName, Attempt[]> = {
  "websocket-handler": [
    invoke("websocket-handler"),
    invoke("authorizer"),
    connections("GET"),
    sqs("SendMessage", DEAD_LETTERS, { MessageBody: "{}" }),
    logs("CreateLogStream", logGroupOf("processor"), "forged"),
    putLogEvents(logGroupOf("processor")),
    putLogEvents(logGroupOf("websocket-handler-2")),
  ],
  processor: [
    invoke("processor"),
    invoke("authorizer"),
    connections("DELETE"),
    logs("CreateLogStream", logGroupOf("websocket-handler"), "forged"),
    putLogEvents(logGroupOf("websocket-handler")),
    putLogEvents(logGroupOf("processor-2")),
  ],
  authorizer: [
    invoke("processor"),
    invoke("websocket-handler"),
    connections("POST"),
    connections("GET"),
    connections("DELETE"),
    sqs("SendMessage", DEAD_LETTERS, { MessageBody: "{}" }),
    logs("CreateLogStream", logGroupOf("processor"), "forged"),
    putLogEvents(logGroupOf("websocket-handler")),
    putLogEvents(logGroupOf("authorizer-2")),
  ],
};

const administrator: Credentials = { accessKeyId: "test", secretAccessKey: "test" };
let aws: TestLocalAws;
const credentials = new Map<FunctionName, Credentials>();

beforeAll(async () => {
  const { pages } = await createIssuer();
  aws = await startTestStack({ stack: "authenticated", pages });
  addOtherResources(aws);
  for (const name of FUNCTIONS) credentials.set(name, await takeCredentials(name));
});
afterAll(() => aws.close());

/** Adds another API and another stage, so that the requests have targets. */
function addOtherResources({ state }: TestLocalAws): void {
  const apis = state.regions["us-east-1"]?.apigateway.apis ?? {};
  const { websocket0 } = apis;
  const production = websocket0?.stages["production"];
  if (websocket0 === undefined || production === undefined) throw new Error("There is no API.");
  websocket0.stages["staging"] = { ...production, stageName: "staging" };
  apis["websocket1"] = { ...structuredClone(websocket0), apiId: "websocket1" };
}

/** Returns the credentials of a function. Replaces its code to get them. */
async function takeCredentials(name: FunctionName): Promise<Credentials> {
  const code = `exports.handler = async () => ({
    accessKeyId: process.env.AWS_ACCESS_KEY_ID,
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
    sessionToken: process.env.AWS_SESSION_TOKEN,
  });`;
  const update = lambda("UpdateFunctionCode", "PUT", name, "/code", { ZipFile: zipOf(code) });
  expect(await update.send(aws.endpoint, administrator)).toMatchObject({ status: 200 });
  const { body } = await invoke(name).send(aws.endpoint, administrator);
  return JSON.parse(body);
}

/** Returns the code and the message of an error in any protocol. */
function errorIn({ headers, body }: RawResponse): { code: unknown; message: unknown } {
  if (body.startsWith("<"))
    return {
      code: /<Code>(.*)<\/Code>/.exec(body)?.[1],
      message: /<Message>(.*)<\/Message>/.exec(body)?.[1],
    };
  const { __type: code, message, Message } = JSON.parse(body);
  return { code: code ?? headers.get("x-amzn-errortype"), message: message ?? Message };
}

describe.each(FUNCTIONS)("the role of the %s", (name) => {
  const attemptBy = ({ send }: Attempt) =>
    send(aws.endpoint, credentials.get(name) ?? administrator);

  const denied = [...nearMisses[name], ...forAll];
  test.for(denied.map((attempt) => [attempt.action, attempt.resource, attempt] as const))(
    "is not allowed %s on %s",
    async ([action, resource, attempt]) => {
      const response = await attemptBy(attempt);
      // As on AWS, SQS names the action in lower case.
      const named = action.startsWith("sqs:") ? action.toLowerCase() : action;
      expect(response.status).toBe(403);
      expect(errorIn(response)).toEqual({
        code: action.startsWith("iam:") ? "AccessDenied" : "AccessDeniedException",
        message: `User: ${sessionArnOf(name)} is not authorized to perform: ${named} on resource: ${resource} because no identity-based policy allows the ${named} action`,
      });
    },
  );

  test("is allowed to write the log of its function with the same credentials", async () => {
    const createStream = logs("CreateLogStream", logGroupOf(name), "own");
    expect(await attemptBy(createStream)).toMatchObject({ status: 200 });
  });
});

/** Returns all requests once. Those that delete resources are last. */
function allAttempts(): Attempt[] {
  const attempts = [...Object.values(nearMisses).flat(), ...forAll];
  const distinct = new Map(attempts.map((attempt) => [describeAttempt(attempt), attempt]));
  const rank = ({ action }: Attempt) => Number(/:delete/i.test(action));
  return [...distinct.values()].toSorted((a, b) => rank(a) - rank(b));
}

const describeAttempt = ({ action, resource }: Attempt) => `${action} on ${resource}`;

/** Adds all resources that the requests need to a stack. */
async function addAllResources(complete: TestLocalAws): Promise<void> {
  addOtherResources(complete);
  const region = regionOf(complete.state, "us-east-1");
  const { "websocket-lambda-processor": processor } = region.lambda.functions;
  if (processor === undefined) throw new Error("There is no processor.");
  const another = structuredClone(processor);
  another.configuration.FunctionName = nameOf("another");
  another.configuration.FunctionArn = another.configuration.FunctionArn.replace(/\w+$/, "another");
  region.lambda.functions[nameOf("another")] = another;
  const QueueArn = "arn:aws:sqs:us-east-1:000000000000:another";
  const times = { CreatedTimestamp: 0, LastModifiedTimestamp: 0 };
  region.sqs.queues["another"] = {
    QueueName: "another",
    QueueArn,
    attributes: {},
    tags: {},
    ...times,
  };
  const make = async ({ send }: Attempt) =>
    expect(await send(complete.endpoint, administrator)).toMatchObject({ status: 200 });
  for (const name of FUNCTIONS) await make(logs("CreateLogGroup", logGroupOf(`${name}-2`)));
  for (const group of Object.keys(region.logs.groups))
    await make(logs("CreateLogStream", group, "existing"));
}

test("the same requests are valid: the administrator is allowed to make them", async () => {
  const { pages } = await createIssuer();
  const complete = await startTestStack({ stack: "authenticated", pages });
  onTestFinished(() => complete.close());
  await addAllResources(complete);
  for (const attempt of allAttempts()) {
    const { status, body } = await attempt.send(complete.endpoint, administrator);
    // No client is connected.
    const expected = attempt.action.startsWith("execute-api:") ? [410] : [200, 201, 202, 204];
    expect(expected, `${describeAttempt(attempt)}: ${body}`).toContain(status);
  }
});
