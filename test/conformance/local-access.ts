import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { type Access, createAccess } from "./access.ts";

/** Access to the stack in a local AWS, as its administrator. */
export function accessToLocalAws(aws: TestLocalAws): Access {
  const region = "us-east-1";
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return createAccess({
    url: aws.webSocketUrl("production", { apiName: "websocket0" }),
    project: "websocket-lambda",
    lambda: aws.endpoint,
    logs: new CloudWatchLogsClient({ endpoint: aws.endpoint, region, credentials }),
    region,
    patience: { timeout: 5000, interval: 20 },
  });
}
