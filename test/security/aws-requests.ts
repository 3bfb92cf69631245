/** Signed requests to the AWS APIs, in the protocol of each. */
import { createHash, randomBytes } from "node:crypto";
import { type RawResponse, type Credentials, request } from "../conformance/signed-request.ts";

const REGION = "us-east-1";
const ACCOUNT = "000000000000";
const PROJECT = "websocket-lambda";

/** A request with its IAM action and resource. */
export interface Attempt {
  action: string;
  resource: string;
  send(endpoint: string, credentials: Credentials): Promise<RawResponse>;
}

const arnOf = (service: string, resource: string) =>
  `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

export const nameOf = (functionName: string) => `${PROJECT}-${functionName}`;
const roleNameOf = (functionName: string) => `${PROJECT}-${functionName}-${REGION}`;
export const logGroupOf = (functionName: string) => `/aws/lambda/${PROJECT}-${functionName}`;
/** Returns the ARN of the session whose credentials a function has. */
export const sessionArnOf = (functionName: string) =>
  `arn:aws:sts::${ACCOUNT}:assumed-role/${roleNameOf(functionName)}/${nameOf(functionName)}`;

const sending =
  (
    service: string,
    method: string,
    path: string,
    body = "",
    headers: Record<string, string> = {},
  ): Attempt["send"] =>
  (endpoint, credentials) =>
    request(
      {
        method,
        url: endpoint + path,
        headers,
        ...(method !== "GET" && { body: Buffer.from(body) }),
      },
      { service, region: REGION, credentials },
    );

const sendingJson = (service: string, version: string, target: string, input: object) =>
  sending(service, "POST", "/", JSON.stringify(input), {
    "Content-Type": `application/x-amz-json-${version}`,
    "X-Amz-Target": target,
  });

/**
 * @param path the part after the path of the function.
 * @param version the API version at the start of the path.
 */
export const lambda = (
  action: string,
  method: string,
  functionName: string,
  path = "",
  input: object = {},
  version = "2015-03-31",
): Attempt => ({
  action: `lambda:${action}`,
  resource: arnOf("lambda", `function:${nameOf(functionName)}`),
  send: sending(
    "lambda",
    method,
    `/${version}/functions/${nameOf(functionName)}${path}`,
    JSON.stringify(input),
  ),
});

export const invoke = (functionName: string): Attempt =>
  lambda("InvokeFunction", "POST", functionName, "/invocations");

export const logs = (
  action: string,
  logGroupName: string,
  logStreamName?: string,
  input: object = {},
): Attempt => ({
  action: `logs:${action}`,
  resource: arnOf("logs", `log-group:${logGroupName}:log-stream:${logStreamName ?? ""}`),
  send: sendingJson("logs", "1.1", `Logs_20140328.${action}`, {
    logGroupName,
    logStreamName,
    ...input,
  }),
});

export const putLogEvents = (logGroupName: string): Attempt =>
  logs("PutLogEvents", logGroupName, "existing", {
    logEvents: [{ timestamp: 0, message: "forged" }],
  });

export const sqs = (action: string, queueName: string, input: object = {}): Attempt => ({
  action: `sqs:${action}`,
  resource: arnOf("sqs", queueName),
  send: sendingJson("sqs", "1.0", `AmazonSQS.${action}`, {
    QueueUrl: `http://localhost/${ACCOUNT}/${queueName}`,
    ...input,
  }),
});

/** @param functionName the function whose role the request is for. Undefined: all roles. */
export const iam = (
  action: string,
  functionName: string | undefined,
  parameters: Record<string, string> = {},
): Attempt => ({
  action: `iam:${action}`,
  resource:
    functionName === undefined ? "*" : `arn:aws:iam::${ACCOUNT}:role/${roleNameOf(functionName)}`,
  send: sending(
    "iam",
    "POST",
    "/",
    new URLSearchParams({
      Action: action,
      Version: "2010-05-08",
      ...(functionName !== undefined && { RoleName: roleNameOf(functionName) }),
      ...parameters,
    }).toString(),
    { "Content-Type": "application/x-www-form-urlencoded" },
  ),
});

/** Returns a connection ID as in the local AWS, where it ends with a hash of the API's ID. */
function connectionIdOf(apiId: string): string {
  const suffix = createHash("sha256").update(apiId).digest().subarray(0, 6);
  const id = Buffer.concat([randomBytes(7), suffix]);
  return id.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

/** Returns a request for a connection that does not exist. */
export const connections = (
  method: string,
  apiId = "websocket0",
  stage = "production",
): Attempt => ({
  action: "execute-api:ManageConnections",
  resource: arnOf("execute-api", `${apiId}/${stage}/${method}/@connections/{connectionId}`),
  send: sending(
    "execute-api",
    method,
    `/_aws/execute-api/${apiId}/${stage}/@connections/${encodeURIComponent(connectionIdOf(apiId))}`,
  ),
});

export const apigateway = (method: string, path: string, input: object = {}): Attempt => ({
  action: `apigateway:${method}`,
  resource: `arn:aws:apigateway:${REGION}::${path}`,
  send: sending("apigateway", method, `/v2${path}`, JSON.stringify(input)),
});

export const cloudwatch = (action: string, resource: string, input: object = {}): Attempt => ({
  action: `cloudwatch:${action}`,
  resource,
  send: sendingJson("monitoring", "1.0", `GraniteServiceVersion20100801.${action}`, input),
});
