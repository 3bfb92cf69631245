import * as v from "valibot";
import { parseArn } from "../arn.ts";
import type { State } from "../state.ts";
import { queueOfArn } from "./queue-lookup.ts";
import { invalidParameter, sqsError } from "./sqs-errors.ts";
import type { Queue } from "./state.ts";

/**
 * The dead-letter queue of a queue, and the number of receives after which a message is moved to it.
 */
interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number;
}

const RedrivePolicySchema = v.looseObject({
  deadLetterTargetArn: v.string(),
  // A client can send the number as a string:
  // https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/sqs/test_sqs.py
  maxReceiveCount: v.pipe(
    v.union([v.string(), v.number()]),
    v.transform(Number),
    v.integer(),
    v.minValue(1),
    v.maxValue(1000),
  ),
});

const MAX_SOURCES = 10;

const RedriveAllowPolicySchema = v.variant("redrivePermission", [
  v.strictObject({ redrivePermission: v.picklist(["allowAll", "denyAll"]) }),
  v.strictObject({
    redrivePermission: v.literal("byQueue"),
    sourceQueueArns: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(MAX_SOURCES)),
  }),
]);

/**
 * Checks the redrive policy of a queue. Its dead-letter queue must exist and allow the queue as a source.
 * @throws {AwsError} 400 InvalidParameterValue, QueueDoesNotExist.
 * @see https://github.com/ansible-collections/community.aws/issues/2321
 * @see https://github.com/serverless/serverless/issues/5215
 */
export function checkRedrivePolicy(state: State, sourceArn: string, text: string): void {
  const refuse = (reason: string) => invalid("RedrivePolicy", text, reason);
  const policy = jsonMap(text);
  // Our choice, because there is no source: the message.
  if (policy === undefined) throw refuse("Redrive policy is not a valid JSON map.");
  const missing = ["maxReceiveCount", "deadLetterTargetArn"].find((name) => !(name in policy));
  if (missing !== undefined)
    throw refuse(`Redrive policy does not contain mandatory attribute: ${missing}.`);
  const { success } = v.safeParse(
    RedrivePolicySchema.entries.maxReceiveCount,
    policy["maxReceiveCount"],
  );
  if (!success)
    throw refuse(
      `Invalid value for maxReceiveCount: ${String(policy["maxReceiveCount"])}, valid values are from 1 to 1000 both inclusive.`,
    );
  const target = queueOfArn(state, String(policy["deadLetterTargetArn"]));
  if (target === undefined || regionOf(target.QueueArn) !== regionOf(sourceArn))
    throw sqsError("QueueDoesNotExist", messageOf("RedrivePolicy", text, NO_TARGET));
  // Our choice, because there is no source: the message.
  if (!allowsSource(target, sourceArn))
    throw refuse("The RedriveAllowPolicy of the dead letter target does not allow this queue.");
}

const NO_TARGET = "Dead letter target does not exist.";

/**
 * Checks which queues can use a queue as their dead-letter queue.
 *
 * Our choice, because there is no source: the message.
 * @throws {AwsError} 400 InvalidParameterValue.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function checkRedriveAllowPolicy(text: string): void {
  if (!v.safeParse(RedriveAllowPolicySchema, jsonMap(text)).success)
    throw invalid("RedriveAllowPolicy", text, "Redrive allow policy is not valid.");
}

/** Returns the redrive policy of a queue, or undefined if it has none. */
export function redrivePolicyOf({ attributes }: Queue): RedrivePolicy | undefined {
  const { RedrivePolicy: text } = attributes;
  return text === undefined ? undefined : v.parse(RedrivePolicySchema, JSON.parse(text));
}

function allowsSource({ attributes }: Queue, sourceArn: string): boolean {
  const { RedriveAllowPolicy: text } = attributes;
  if (text === undefined) return true;
  const policy = v.parse(RedriveAllowPolicySchema, JSON.parse(text));
  if (policy.redrivePermission === "byQueue") return policy.sourceQueueArns.includes(sourceArn);
  return policy.redrivePermission === "allowAll";
}

function jsonMap(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined;
  } catch {
    return undefined;
  }
}

const regionOf = (arn: string) => parseArn(arn)?.region;

const messageOf = (parameter: string, value: string, reason: string) =>
  `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`;

const invalid = (parameter: string, value: string, reason: string) =>
  invalidParameter(messageOf(parameter, value, reason));
