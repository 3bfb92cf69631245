import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { LocalAws } from "../../local-aws/src/local-aws.ts";
import { websocketUrl } from "../../local-aws/src/stack.ts";
import { type Access, createAccess } from "./access.ts";

/** Access to the stack in a local AWS, as its administrator. */
export function accessToLocalAws(aws: LocalAws): Access {
  const region = "us-east-1";
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return createAccess({
    url: websocketUrl(aws, "websocket0", "production"),
    project: "websocket-lambda",
    lambda: aws.endpoint,
    logs: new CloudWatchLogsClient({ endpoint: aws.endpoint, region, credentials }),
    region,
    patience: { timeout: 5000, interval: 20 },
  });
}
