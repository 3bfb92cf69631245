/** @module-tag extended */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { SQS } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { createIam } from "../iam/index.ts";
import { createAwsServer } from "./server.ts";
import { emptyState } from "../state.ts";
import { awsClis } from "../protocols/testing-aws-cli.ts";

const iam = createIam({ state: emptyState(), clock: systemClock });
const server = createAwsServer({ iam, services: {} });
let endpoint: string;
beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  endpoint = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await once(server.close(), "close");
});

const options = () => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
});

test.for<[string, () => Promise<unknown>]>([
  ["the service apigateway (GET /restapis)", () => new APIGateway(options()).getRestApis()],
  ["the service dynamodb (ListTables)", () => new DynamoDB(options()).listTables()],
  ["the service iam (ListRoles)", () => new IAM(options()).listRoles()],
  ["the service lambda (GET /2015-03-31/functions)", () => new Lambda(options()).listFunctions()],
  ["the service logs (DescribeLogGroups)", () => new CloudWatchLogs(options()).describeLogGroups()],
  ["the service monitoring (ListMetrics)", () => new CloudWatch(options()).listMetrics()],
  ["the service sqs (ListQueues)", () => new SQS(options()).listQueues()],
])("an SDK client gets an error that names %s if it is missing", async ([missing, call]) => {
  await expect(call()).rejects.toMatchObject({
    name: "NotImplemented",
    message: `The local AWS does not implement ${missing}.`,
    $metadata: { httpStatusCode: 501 },
  });
});

describe.skipIf(awsClis.length === 0)("the AWS CLI (skipped if it is not installed)", () => {
  test.for<[command: string, missing: string]>([
    ["cloudfront list-distributions", "cloudfront (GET /2020-05-31/distribution)"],
    ["cognito-idp create-user-pool --pool-name users", "cognito-idp (CreateUserPool)"],
    // Neither request is signed.
    [
      "cognito-idp initiate-auth --client-id chat --auth-flow USER_PASSWORD_AUTH",
      "cognito-idp (InitiateAuth)",
    ],
    ["cognito-identity get-id --identity-pool-id us-east-1:0", "cognito-identity (GetId)"],
    ["ec2 describe-vpcs", "ec2 (DescribeVpcs)"],
    ["route53 list-hosted-zones", "route53 (GET /2013-04-01/hostedzone)"],
    ["s3api create-bucket --bucket files", "s3 (PUT /files)"],
    // S3 signs the path of this key unchanged. Other services encode it again.
    ["s3api get-object --bucket files --key a+b -", "s3 (GET /files/a%2Bb)"],
    ["sesv2 list-email-identities", "ses (GET /v2/email/identities)"],
    ["sns create-topic --name news", "sns (CreateTopic)"],
  ])("%s names %s", { timeout: 60_000 }, async ([command, missing]) => {
    for (const { run } of awsClis)
      await expect(run(endpoint, ...command.split(" "))).rejects.toMatchObject({
        stderr: expect.stringContaining(
          `(NotImplemented) when calling the ${operationOf(command)} operation: The local AWS does not implement the service ${missing}.\n`,
        ),
      });
  });
});

/** `CreateTopic` of `sns create-topic --name news`. */
const operationOf = (command: string) =>
  (command.split(" ")[1] ?? "").replace(/(?:^|-)(\w)/g, (_, letter: string) =>
    letter.toUpperCase(),
  );
