import { ApiGatewayV2 } from "@aws-sdk/client-apigatewayv2";
import { CloudWatch, type CloudWatchClientConfig } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { SQS } from "@aws-sdk/client-sqs";
import { STS } from "@aws-sdk/client-sts";

/** An SDK client for each service. */
export interface Clients {
  readonly apigateway: ApiGatewayV2;
  readonly cloudwatch: CloudWatch;
  readonly dynamodb: DynamoDB;
  readonly iam: IAM;
  readonly lambda: Lambda;
  readonly logs: CloudWatchLogs;
  readonly sqs: SQS;
  readonly sts: STS;
}

/** The options that all clients share. Default of each: that of the SDK. */
export type ClientSettings = Pick<
  CloudWatchClientConfig,
  "credentials" | "endpoint" | "maxAttempts" | "region"
>;

export function createClients(settings: ClientSettings = {}): Clients {
  return {
    apigateway: new ApiGatewayV2(settings),
    cloudwatch: new CloudWatch(settings),
    dynamodb: new DynamoDB(settings),
    iam: new IAM(settings),
    lambda: new Lambda(settings),
    logs: new CloudWatchLogs(settings),
    sqs: new SQS(settings),
    sts: new STS(settings),
  };
}
