import * as v from "valibot";
import { parseArn } from "../../arn.ts";
import { notImplemented } from "../../protocols/aws-error.ts";
import { isAllowedOnQueue } from "../../sqs/queue-access.ts";
import { queueOfArn } from "../../sqs/queue-lookup.ts";
import type { FunctionConfiguration } from "../state.ts";
import { invalid } from "./function-name.ts";
import type { FunctionsApi } from "./function-route.ts";
import { pattern, RESOURCE_ARN_PATTERN } from "./pattern.ts";

const destination = v.exactOptional(
  v.strictObject({
    Destination: v.exactOptional(
      v.pipe(
        v.string(),
        v.maxLength(350),
        pattern(String.raw`$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|${RESOURCE_ARN_PATTERN}`),
      ),
    ),
  }),
);

export const destinationConfig = v.strictObject({ OnSuccess: destination, OnFailure: destination });

type DestinationConfig = v.InferOutput<typeof destinationConfig>;

/**
 * Checks the destinations of asynchronous invocations. A destination must be an existing function or
 * queue, which the function's role is allowed to invoke or send to.
 * @throws {AwsError} 400 InvalidParameterValueException, with the messages for which the Terraform
 * provider retries.
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/lambda/function_event_invoke_config.go
 */
export function checkDestinations(
  api: FunctionsApi,
  source: FunctionConfiguration,
  config: DestinationConfig,
): void {
  for (const side of [config.OnSuccess, config.OnFailure])
    if (side?.Destination) checkDestination(api, source, config, side.Destination);
}

function checkDestination(
  api: FunctionsApi,
  source: FunctionConfiguration,
  config: DestinationConfig,
  arn: string,
): void {
  if (arn.startsWith("kafka://")) throw notImplemented("destinations of kafka");
  const { service = "", accountId } = parseArn(arn) ?? {};
  if (service === "sns" || service === "events" || service === "s3")
    throw notImplemented(`destinations of ${service}`);
  if (service !== "lambda" && service !== "sqs")
    throw invalid(`The provided destination config ${javaText(config)} is invalid.`);
  if (accountId !== api.state.accountId || !exists(api, arn))
    throw invalid(`The destination ARN ${arn} is invalid.`);
  if (arn === source.FunctionArn)
    throw invalid("You can't specify the function as a destination for itself.");
  const session = api.iam.sessionOf(source.Role, source.FunctionName);
  const [action, isAllowed] =
    service === "lambda"
      ? ["InvokeFunction", api.iam.allows(session, "lambda:InvokeFunction", arn)]
      : ["SendMessage", isAllowedOnQueue(api, session, "sqs:SendMessage", arn)];
  if (!isAllowed)
    throw invalid(
      `The function's execution role does not have permissions to call ${action} on ${arn}`,
    );
}

/** Returns a destination config as AWS prints it. */
function javaText({ OnSuccess, OnFailure }: DestinationConfig): string {
  const text = (name: string, side: DestinationConfig["OnSuccess"]) =>
    side && `${name}(destination=${side.Destination ?? null})`;
  return `DestinationConfig(onSuccess=${text("OnSuccess", OnSuccess) ?? null}, onFailure=${text("OnFailure", OnFailure) ?? null})`;
}

const exists = ({ state, functions }: FunctionsApi, arn: string): boolean =>
  functions.find(arn) !== undefined || queueOfArn(state, arn) !== undefined;
