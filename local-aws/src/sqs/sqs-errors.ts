import { AwsError } from "../protocols/aws-error.ts";
import { queryCode as commonQueryCode } from "../protocols/query-protocol.ts";
import { NOT_IN_XML } from "../protocols/xml.ts";

/** Creates an error of SQS's model, such as `QueueDoesNotExist`. */
export const sqsError = (name: string, message: string, status = 400): AwsError =>
  new AwsError(status, `com.amazonaws.sqs#${name}`, message);

const NO_SUCH_QUEUE = "The specified queue does not exist";

export const noSuchQueue = (): AwsError => sqsError("QueueDoesNotExist", `${NO_SUCH_QUEUE}.`);

/** Returns an error as the query protocol has it, in which a missing queue has another message. */
export const legacyError = (error: unknown): unknown =>
  error instanceof AwsError && error.code === noSuchQueue().code
    ? sqsError("QueueDoesNotExist", `${NO_SUCH_QUEUE} for this wsdl version.`)
    : error;

export const unknownAttribute = (name: string): AwsError =>
  sqsError("InvalidAttributeName", `Unknown Attribute ${name}.`);

/** Creates an error of the layer before SQS's model, which uses other names. */
export const invalidParameter = (message: string): AwsError =>
  new AwsError(400, "com.amazon.coral.service#InvalidParameterValueException", message);

export const missingParameter = (name: string): AwsError =>
  new AwsError(
    400,
    "com.amazon.coral.service#MissingRequiredParameterException",
    `The request must contain the parameter ${name}.`,
  );

/**
 * Returns AWS's error message for a text with an invalid character, or undefined if the text is valid.
 */
export function invalidCharacter(text: string, place: string): string | undefined {
  const character = NOT_IN_XML.exec(text)?.[0].codePointAt(0);
  if (character === undefined) return undefined;
  return `Invalid binary character '#x${character.toString(16).toUpperCase()}' was found in the ${place}, the set of allowed characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`;
}

/**
 * Checks that a number is in its range.
 * @throws {AwsError} 400, with the message of AWS.
 */
export function checkRange(
  parameter: string,
  value: number | undefined,
  minimum: number,
  maximum: number,
  reason = `Must be >= ${minimum} and <= ${maximum}, if provided.`,
): void {
  if (value === undefined || (Number.isInteger(value) && value >= minimum && value <= maximum))
    return;
  throw invalidParameter(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);
}

/** The codes of errors in the older query protocol, if they differ from the names of the errors. */
const legacyCodes: ReadonlyMap<string, string> = new Map([
  ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"],
  ["QueueNameExists", "QueueAlreadyExists"],
  ["QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"],
  ["PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress"],
  ["EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"],
  ["TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"],
  ["InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"],
  ["BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"],
  ["BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"],
  ["InvalidParameterValueException", "InvalidParameterValue"],
  ["MissingRequiredParameterException", "MissingParameter"],
  ["SerializationException", "MalformedInput"],
]);

/**
 * Returns the code of an error in the query protocol, which also names the failed entries of a batch.
 */
export function queryCode({ code }: AwsError): string {
  const name = code.slice(code.indexOf("#") + 1);
  return legacyCodes.get(name) ?? commonQueryCode(name);
}
