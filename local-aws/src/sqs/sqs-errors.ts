import { AwsError } from "../protocols/aws-error.ts";
import { queryCode as commonQueryCode } from "../protocols/query-protocol.ts";

/** An error of SQS's own model, such as `QueueDoesNotExist`. */
export const sqsError = (name: string, message: string, status = 400): AwsError =>
  new AwsError(status, `com.amazonaws.sqs#${name}`, message);

export const noSuchQueue = (): AwsError =>
  sqsError("QueueDoesNotExist", "The specified queue does not exist.");

export const unknownAttribute = (name: string): AwsError =>
  sqsError("InvalidAttributeName", `Unknown Attribute ${name}.`);

/** An error of the layer before SQS's model, which has names of its own. */
export const invalidParameter = (message: string): AwsError =>
  new AwsError(400, "com.amazon.coral.service#InvalidParameterValueException", message);

export const missingParameter = (name: string): AwsError =>
  new AwsError(
    400,
    "com.amazon.coral.service#MissingRequiredParameterException",
    `The request must contain the parameter ${name}.`,
  );

/** @throws {AwsError} 400 in the words in which AWS refuses a number outside its range. */
export function checkRange(
  parameter: string,
  value: number | undefined,
  least: number,
  most: number,
  reason = `Must be >= ${least} and <= ${most}, if provided.`,
): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw invalidParameter(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);
}

/** What the older query protocol calls an error, where that differs from its name today. */
const legacyCodes: ReadonlyMap<string, string> = new Map([
  ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"],
  ["QueueNameExists", "QueueAlreadyExists"],
  ["PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress"],
  ["EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"],
  ["TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"],
  ["BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"],
  ["InvalidParameterValueException", "InvalidParameterValue"],
  ["MissingRequiredParameterException", "MissingParameter"],
  ["SerializationException", "MalformedInput"],
]);

/** The code of an error in the query protocol, which also names the failed entries of a batch. */
export function queryCode({ code }: AwsError): string {
  const name = code.slice(code.indexOf("#") + 1);
  return legacyCodes.get(name) ?? commonQueryCode(name);
}
