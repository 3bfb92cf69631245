/** No malformed request causes an error in the local AWS: it responds with 4xx or 501. */
import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import { request } from "../conformance/signed-request.ts";
import { anyString, jsonText } from "../property/json-text.ts";

let aws: TestLocalAws;
beforeAll(async () => {
  aws = await startTestStack();
});
afterAll(() => aws.close());

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Sends a request unchanged. `fetch` would normalize some paths and headers. */
async function send({ method = "POST", path = "/", headers = {}, body = "" }: Sent) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const { hostname, port } = new URL(aws.endpoint);
  const sent = httpRequest({ hostname, port, method, path, headers }, (response) => {
    text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
  });
  sent.once("error", reject);
  sent.end(body);
  return await promise;
}

function expectRefusal({ status, body }: { status: number; body: string }): void {
  expect({ status, body }).not.toMatchObject({ status: 500 });
  expect(body).not.toMatch(/\n\s+at /);
}

const stamp = () => new Date().toISOString().replace(/[-:]|\.\d+/g, "");

/** Returns an `Authorization` header with an invalid signature. */
const authorization = (signedHeaders: string, region = "us-east-1", service = "sqs") =>
  `AWS4-HMAC-SHA256 Credential=test/${stamp().slice(0, 8)}/${region}/${service}/aws4_request, SignedHeaders=${signedHeaders}, Signature=${"0".repeat(64)}`;

test.for(["constructor", "__proto__", "toString", "set-cookie", "hasOwnProperty"])(
  "the signed header %s",
  async (name) => {
    const response = await send({
      headers: {
        Authorization: authorization(`host;x-amz-date;${name}`),
        "X-Amz-Date": stamp(),
        ...(name === "set-cookie" && { "Set-Cookie": "a=b" }),
      },
    });
    expectRefusal(response);
    expect(response.status).toBe(403);
  },
);

test("a request that signs its cookies is accepted", async () => {
  const signing = { service: "sts", region: "us-east-1", credentials };
  const { status } = await request(
    {
      method: "POST",
      url: `${aws.endpoint}/`,
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        "Set-Cookie": "a=b",
      },
      body: Buffer.from("Action=GetCallerIdentity&Version=2011-06-15"),
    },
    signing,
  );
  expect(status).toBe(200);
});

test.for(["constructor", "__proto__", "toString", "us-east", ".."])(
  "the region %s",
  async (region) => {
    const signing = { service: "sqs", region, credentials };
    const headers = {
      "Content-Type": "application/x-amz-json-1.0",
      "X-Amz-Target": "AmazonSQS.ListQueues",
    };
    const url = `${aws.endpoint}/`;
    const response = await request(
      { method: "POST", url, headers, body: Buffer.from("{}") },
      signing,
    );
    expectRefusal(response);
    expect(response.status).toBe(403);
    expect(Object.keys(aws.state.regions)).toEqual(["us-east-1"]);
  },
);

/** Sends a request with a valid signature to a service. */
const call = (service: string, sent: Required<Omit<Sent, "method">> & { method: string }) =>
  request(
    {
      method: sent.method,
      url: aws.endpoint + sent.path,
      headers: sent.headers,
      ...(sent.method !== "GET" && { body: Buffer.from(sent.body) }),
    },
    { service, region: "us-east-1", credentials },
  );

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

test.for([
  ["20,000 dots", "Action=CreateRole&Version=2010-05-08&a" + ".a".repeat(20_000) + "=1"],
  ["20,000 lists", "Action=CreateRole&Version=2010-05-08&Tags" + ".member.1".repeat(20_000) + "=1"],
  ["__proto__", "Action=CreateRole&Version=2010-05-08&__proto__.a=1&Tags.__proto__.a=1"],
] as const)("a form of many %s", async ([, body]) => {
  const response = await call("iam", { method: "POST", path: "/", headers: FORM, body });
  expect([400, 501]).toContain(response.status);
  expectRefusal(response);
});

test.for([
  ["sqs", "AmazonSQS.CreateQueue", "1.0", "Attributes"],
  ["logs", "Logs_20140328.PutLogEvents", "1.1", "logEvents"],
  ["logs", "Logs_20140328.CreateLogGroup", "1.1", "logGroupClass"],
] as const)(
  "a JSON body of %s that is nested 20,000 levels deep",
  async ([service, target, version, name]) => {
    const headers = { "Content-Type": `application/x-amz-json-${version}`, "X-Amz-Target": target };
    const body = `{"logGroupName":"g","${name}":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
    const response = await call(service, { method: "POST", path: "/", headers, body });
    expectRefusal(response);
    expect(response.status).toBe(400);
    expect(response.body).toContain("levels deep");
  },
);

test("a filter pattern of 20,000 parentheses", async () => {
  const input = {
    logGroupName: "/aws/lambda/websocket-lambda-processor",
    filterPattern: `{ ${"(".repeat(20_000)} $.a = 1 ${")".repeat(20_000)} }`,
  };
  const headers = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "Logs_20140328.FilterLogEvents",
  };
  const body = JSON.stringify(input);
  const response = await call("logs", { method: "POST", path: "/", headers, body });
  expectRefusal(response);
  expect(response.status).toBe(400);
});

/** Names of inherited members of objects, and names of resources of the stack. */
const name = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "toString", "valueOf", "prototype", ""),
  fc.constantFrom("websocket-lambda-processor", "websocket0", "production", "$LATEST"),
  anyString,
);

const parameterNames =
  "QueueName QueueUrl Attributes tags MessageBody MessageAttributes ReceiptHandle Entries logGroupName logStreamName logEvents filterPattern nextToken filterName metricTransformations tagKeys FunctionName ZipFile Code Handler Role Runtime Environment DeadLetterConfig DestinationConfig StatementId Principal Action SourceArn RoleName PolicyName PolicyDocument AssumeRolePolicyDocument Tags AlarmName AlarmNames Dimensions DashboardName DashboardBody DashboardNames name protocolType routeSelectionExpression routeKey target stageName routeSettings stageVariables accessLogSettings integrationType integrationUri authorizerUri identitySource authorizerType";

/** An object of parameters, most of which an API defines. */
const input = fc
  .dictionary(
    fc.constantFrom(...parameterNames.split(" ")),
    fc.oneof(
      name,
      jsonText.map((json): unknown => JSON.parse(json)),
      fc.dictionary(name, name),
      fc.array(fc.dictionary(fc.constantFrom("Id", "Key", "Value", "Name", "key"), name)),
    ),
    { maxKeys: 5 },
  )
  .map((object) => JSON.stringify(object));

const body = fc.oneof(
  { weight: 6, arbitrary: input },
  { weight: 1, arbitrary: jsonText },
  { weight: 1, arbitrary: anyString },
);

const JSON_OPERATIONS: [service: string, version: string, prefix: string, operations: string][] = [
  [
    "sqs",
    "1.0",
    "AmazonSQS",
    "CreateQueue GetQueueUrl ListQueues SetQueueAttributes GetQueueAttributes SendMessage SendMessageBatch ReceiveMessage DeleteMessage DeleteMessageBatch ChangeMessageVisibility TagQueue UntagQueue ListQueueTags PurgeQueue",
  ],
  [
    "logs",
    "1.1",
    "Logs_20140328",
    "CreateLogGroup DescribeLogGroups PutRetentionPolicy TagResource UntagResource ListTagsForResource PutMetricFilter DescribeMetricFilters DeleteMetricFilter TestMetricFilter CreateLogStream DescribeLogStreams DeleteLogStream PutLogEvents FilterLogEvents GetLogEvents",
  ],
  [
    "monitoring",
    "1.0",
    "GraniteServiceVersion20100801",
    "PutMetricAlarm DescribeAlarms PutDashboard GetDashboard ListDashboards DeleteDashboards TagResource UntagResource ListTagsForResource",
  ],
];

const jsonRequest = fc
  .constantFrom(...JSON_OPERATIONS)
  .chain(([service, version, prefix, operations]) =>
    fc.record({
      service: fc.constant(service),
      method: fc.constant("POST"),
      path: fc.constant("/"),
      headers: fc
        .oneof(
          { weight: 9, arbitrary: fc.constantFrom(...operations.split(" ")) },
          { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor") },
        )
        .map((operation) => ({
          "Content-Type": `application/x-amz-json-${version}`,
          "X-Amz-Target": `${prefix}.${operation}`,
        })),
      body,
    }),
  );

const segment = fc.oneof(
  { weight: 3, arbitrary: name.map((each) => encodeURIComponent(each.toWellFormed())) },
  { weight: 1, arbitrary: fc.constantFrom("%", "%zz", "%ff", "%c3", "%2e", "%00") },
);

const pathRequest = fc.record({
  service: fc.constantFrom("lambda", "apigateway", "execute-api"),
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE"),
  path: fc
    .tuple(
      fc.constantFrom(
        "/2015-03-31/functions/*",
        "/2015-03-31/functions/*/code",
        "/2015-03-31/functions/*/configuration",
        "/2015-03-31/functions/*/invocations?Qualifier=*",
        "/2015-03-31/functions/*/policy/*",
        "/2017-10-31/functions/*/concurrency",
        "/2019-09-25/functions/*/event-invoke-config",
        "/2017-03-31/tags/*",
        "/2015-03-31/functions",
        "/v2/apis",
        "/v2/apis/*/stages/*",
        "/v2/apis/*/stages/*/routesettings/*",
        "/v2/apis/*/routes/*",
        "/v2/apis/*/integrations/*",
        "/v2/apis/*/authorizers/*",
        "/v2/apis/*/deployments/*",
        "/v2/domainnames",
        "/v2/domainnames/*",
        "/v2/domainnames/*/apimappings",
        "/v2/domainnames/*/apimappings/*",
        "/v2/tags/*?tagKeys=*",
        "/_aws/execute-api/*/*/@connections/*",
        "/_aws/execute-api/websocket0/production/@connections/*",
        "/*",
      ),
      fc.infiniteStream(segment),
    )
    .map(([template, segments]) => template.replace(/\*/g, () => segments.next().value)),
  headers: fc.constant({ "Content-Type": "application/json" }),
  body,
});

const formRequest = fc.record({
  service: fc.constantFrom("iam", "sts"),
  method: fc.constant("POST"),
  path: fc.constant("/"),
  headers: fc.constant(FORM),
  body: fc
    .tuple(
      fc.constantFrom(
        ..."CreateRole GetRole UpdateRole PutRolePolicy GetRolePolicy DeleteRolePolicy ListRolePolicies TagRole UntagRole UpdateAssumeRolePolicy __proto__".split(
          " ",
        ),
      ),
      fc.array(
        fc.tuple(
          fc.constantFrom(
            ..."RoleName PolicyName PolicyDocument AssumeRolePolicyDocument Path Description Tags.member.1.Key Tags.member.1.Value Tags.member.__proto__.Key TagKeys.member.1 Tags".split(
              " ",
            ),
          ),
          fc.oneof(name, jsonText),
        ),
        { maxLength: 5 },
      ),
    )
    .map(([action, parameters]) =>
      new URLSearchParams([
        ["Action", action],
        ["Version", "2010-05-08"],
        ...parameters.map(([key, value]): [string, string] => [key, value.toWellFormed()]),
      ]).toString(),
    ),
});

test.for([
  ["JSON services", jsonRequest],
  ["services with paths", pathRequest],
  ["services with forms", formRequest],
] as const)("any request to the %s", async ([, requests]) => {
  expect.hasAssertions();
  await fc.assert(
    fc.asyncProperty(requests, async ({ service, ...sent }) => {
      expectRefusal(await call(service, sent));
    }),
    { numRuns: 400 },
  );
});

test("any request with any Authorization header", async () => {
  expect.hasAssertions();
  const token = fc.stringMatching(/^[!#$%&'*+.^_`|~\w-]{1,20}$/);
  const scope = fc.oneof(
    fc.constantFrom("__proto__", "constructor", "us-east-1", "sqs", "lambda", "iam"),
    token,
  );
  const sent = fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
    path: fc.webPath().map((path) => path || "/"),
    names: fc.array(fc.oneof(scope, fc.constantFrom("host", "x-amz-date")), {
      minLength: 1,
      maxLength: 4,
    }),
    region: scope,
    service: scope,
    body,
  });
  await fc.assert(
    fc.asyncProperty(sent, async ({ names, region, service, ...rest }) => {
      const headers = {
        Authorization: authorization(names.join(";"), region, service),
        "X-Amz-Date": stamp(),
      };
      expectRefusal(await send({ ...rest, headers }));
    }),
    { numRuns: 300 },
  );
});
