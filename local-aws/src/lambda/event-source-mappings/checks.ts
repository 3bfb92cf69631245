import { parseArn } from "../../arn.ts";
import type { Iam } from "../../iam/index.ts";
import { AwsError, notImplemented } from "../../protocols/aws-error.ts";
import { isAllowedOnQueue } from "../../sqs/queue-access.ts";
import { numberOf } from "../../sqs/queue-attributes.ts";
import { queueOfArn } from "../../sqs/queue-lookup.ts";
import type { Queue } from "../../sqs/state.ts";
import type { State } from "../../state.ts";
import { invalid } from "../api/function-name.ts";
import { arnOf } from "../functions.ts";
import type { EventSourceMapping, LambdaFunction } from "../state.ts";

/** The other services whose sources Lambda can poll. */
const OTHER_SOURCES = ["dynamodb", "kafka", "kinesis", "mq", "rds"];

/**
 * Checks that an event source is a standard queue.
 * @throws {AwsError} 400 InvalidParameterValueException, 501 for other event sources.
 */
export function checkSource(arn: string | undefined): string {
  const { service = "", resource = "" } = parseArn(arn ?? "") ?? {};
  if (OTHER_SOURCES.includes(service)) throw notImplemented(`event sources of ${service}`);
  if (arn === undefined || service !== "sqs") throw invalid("Unrecognized event source.");
  if (resource.endsWith(".fifo")) throw notImplemented("FIFO queues");
  return arn;
}

/** The actions of Lambda on a queue. */
const ACTIONS = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];

/**
 * Checks that the role of a function is allowed to receive messages from a queue, and that the function
 * can process them before they become visible again.
 * @throws {AwsError} 400 InvalidParameterValueException, with the messages for which the Terraform
 * provider retries.
 * @see https://github.com/anomalyco/sst/issues/5737
 * @see https://github.com/winglang/wing/issues/1507
 */
export function checkQueue(
  access: { iam: Iam; state: State },
  { configuration }: LambdaFunction,
  queueArn: string,
): void {
  const { Role, FunctionName, Timeout } = configuration;
  const session = access.iam.sessionOf(Role, FunctionName);
  for (const action of ACTIONS)
    if (!isAllowedOnQueue(access, session, `sqs:${action}`, queueArn))
      throw invalid(
        `The function execution role does not have permissions to call ${action} on SQS`,
      );
  const queue = queueIn(access.state, arnOf(configuration).region, queueArn);
  const visibilityTimeout = numberOf(queue, "VisibilityTimeout");
  if (visibilityTimeout < Timeout)
    throw invalid(
      `Queue visibility timeout: ${visibilityTimeout} seconds is less than Function timeout: ${Timeout} seconds`,
    );
}

function queueIn(state: State, region: string, queueArn: string): Queue {
  const queue = queueOfArn(state, queueArn);
  if (queue === undefined || parseArn(queueArn)?.region !== region)
    throw invalid(
      "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
    );
  return queue;
}

/**
 * Checks that no other mapping connects the queue and the function.
 * @throws {AwsError} 409 ResourceConflictException.
 */
export function checkConflict(
  mappings: readonly EventSourceMapping[],
  mapping: Pick<EventSourceMapping, "UUID" | "EventSourceArn" | "FunctionArn">,
  functionName: string,
): void {
  const { UUID, EventSourceArn, FunctionArn } = mapping;
  const existing = mappings.find(
    (other) =>
      other.UUID !== UUID &&
      other.EventSourceArn === EventSourceArn &&
      other.FunctionArn === FunctionArn,
  );
  if (existing !== undefined)
    throw new AwsError(
      409,
      "ResourceConflictException",
      `An event source mapping with SQS arn (" ${EventSourceArn} ") and function (" ${functionName} ") already exists. Please update or delete the existing mapping with UUID ${existing.UUID}`,
    );
}
