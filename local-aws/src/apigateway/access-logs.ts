import { notImplemented } from "../protocols/aws-error.ts";
import { regionOf, type State } from "../state.ts";
import { badRequest } from "./identifiers.ts";
import type { Stage } from "./state.ts";

type AccessLogSettings = NonNullable<Stage["accessLogSettings"]>;

const FORMAT_ERRORS = "The following errors are found in Access Log Format:";

/**
 * Checks the access log settings of a stage, and returns them as they are stored: without `:*` at the end
 * of the log group's ARN.
 * @throws {AwsError} 400 BadRequestException. The messages about the format are those of AWS for
 * WebSocket APIs.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export function checkAccessLogSettings(
  state: State,
  region: string,
  { destinationArn, format }: AccessLogSettings,
): AccessLogSettings {
  if (destinationArn.startsWith("arn:aws:firehose:"))
    throw notImplemented(`the access log destination ${destinationArn}`);
  if (/[\r\n]/.test(format))
    throw badRequest(`${FORMAT_ERRORS} Access Log format must be single line: '${format}'`);
  if (!/\$(context\.|\{context\.)(requestId|extendedRequestId)(?![\w.-])/.test(format))
    throw badRequest(
      `${FORMAT_ERRORS} Access Log format must include either $context.requestId or $context.extendedRequestId : '${format}'`,
    );
  checkLogRole(state, region);
  const { logs } = regionOf(state, region);
  const groupArn = destinationArn.replace(/:\*$/, "");
  // Our choice: a log group that does not exist is refused.
  if (!Object.values(logs.groups).some(({ arn }) => arn === `${groupArn}:*`))
    throw badRequest(`Access Log destination ${destinationArn} is not an existing log group`);
  return { destinationArn: groupArn, format };
}

/**
 * @throws {AwsError} 400 BadRequestException if the account has no role for logs in the region.
 * @see https://github.com/anomalyco/sst/issues/1556
 */
export function checkLogRole(state: State, region: string): void {
  if (regionOf(state, region).apigateway.cloudwatchRoleArn === undefined)
    throw badRequest("CloudWatch Logs role ARN must be set in account settings to enable logging");
}
