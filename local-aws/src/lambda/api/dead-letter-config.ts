import { notImplemented } from "../../protocols/aws-error.ts";
import type { Iam } from "../../iam/index.ts";
import { isAllowedOnQueue } from "../../sqs/queue-access.ts";
import { queueOfArn } from "../../sqs/queue-lookup.ts";
import type { State } from "../../state.ts";
import { arnOf } from "../functions.ts";
import type { FunctionConfiguration } from "../state.ts";
import { invalid } from "./function-name.ts";

const QUEUE_ARN = /^arn:aws:sqs:([a-z0-9-]+):\d{12}:[\w-]+(\.fifo)?$/;

/**
 * Checks that the policies of a function's role or that of its dead-letter queue allow the function to
 * send messages.
 * @throws {AwsError} 400 InvalidParameterValueException.
 * @see https://nasa.github.io/cumulus/docs/troubleshooting/troubleshooting-deployment
 */
export function checkDeadLetterConfig(
  access: { iam: Iam; state: State },
  configuration: FunctionConfiguration,
  targetArn: string,
): void {
  const { FunctionName, Role } = configuration;
  if (targetArn.startsWith("arn:aws:sns:")) throw notImplemented("an SNS topic for dead letters");
  const [matched, region, fifo] = QUEUE_ARN.exec(targetArn) ?? [];
  if (matched === undefined)
    throw invalid(
      "Invalid dead letter queue ARN: Only Amazon SQS queues and Amazon SNS topics are supported.",
    );
  if (region !== arnOf(configuration).region)
    throw invalid(
      "Invalid dead letter queue ARN: The resource specified by the TargetArn must be in the same region as the Lambda function it's associated with.",
    );
  if (fifo !== undefined)
    throw invalid(
      "Invalid dead letter queue ARN: FIFO SQS queue is not supported for dead letter configuration",
    );
  const session = access.iam.sessionOf(Role, FunctionName);
  if (!isAllowedOnQueue(access, session, "sqs:SendMessage", targetArn))
    throw invalid(
      "The provided execution role does not have permissions to call SendMessage on SQS",
    );
}

/**
 * Checks that the dead-letter queue of a function exists.
 * @throws {AwsError} 400 InvalidParameterValueException, with the error of SQS in its message.
 */
export function checkDeadLetterQueue(state: State, targetArn: string): void {
  if (queueOfArn(state, targetArn) === undefined)
    throw invalid(
      "Error occurred while SendMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
    );
}
