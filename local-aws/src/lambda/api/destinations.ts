import { notImplemented } from "../../protocols/aws-error.ts";
import { regionOf } from "../../state.ts";
import type { FunctionConfiguration } from "../state.ts";
import { invalid } from "./function-name.ts";
import type { FunctionsApi } from "./function-route.ts";

const ARN = /^arn:aws:(lambda|sqs|sns|events|s3):([a-z0-9-]*):(\d*):(.+)$/;

/**
 * Checks where Lambda is to send the outcome of asynchronous invocations: there must be such a
 * function or queue, and the function's role must be allowed to reach it.
 * @throws {AwsError} 400 InvalidParameterValueException, with the texts that Terraform's provider waits for.
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/lambda/function_event_invoke_config.go
 */
export function checkDestination(
  api: FunctionsApi,
  source: FunctionConfiguration,
  arn: string,
): void {
  const [, service, region = "", account] = ARN.exec(arn) ?? [];
  if (service === "sns" || service === "events" || service === "s3")
    throw notImplemented(`destinations of ${service}`);
  if (service === undefined || account !== api.state.accountId || !exists(api, arn, region))
    throw invalid(`The destination ARN ${arn} is invalid.`);
  if (arn === source.FunctionArn)
    throw invalid("You can't specify the function as a destination for itself.");
  const [prefix, action] =
    service === "lambda"
      ? (["lambda", "InvokeFunction"] as const)
      : (["sqs", "SendMessage"] as const);
  const session = api.iam.sessionOf(source.Role, source.FunctionName);
  if (!api.iam.allows(session, `${prefix}:${action}`, arn))
    throw invalid(
      `The function's execution role does not have permissions to call ${action} on ${arn}`,
    );
}

function exists({ state, functions }: FunctionsApi, arn: string, region: string): boolean {
  if (functions.find(arn) !== undefined) return true;
  if (!Object.hasOwn(state.regions, region)) return false;
  return Object.values(regionOf(state, region).sqs.queues).some(({ QueueArn }) => QueueArn === arn);
}
