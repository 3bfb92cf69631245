import { parseResourcePolicy } from "../iam/resource-policy.ts";
import { AwsError, notImplemented } from "../protocols/aws-error.ts";
import type { State } from "../state.ts";
import { checkRedriveAllowPolicy, checkRedrivePolicy } from "./redrive-policy.ts";
import { sqsError, unknownAttribute } from "./sqs-errors.ts";
import type { Queue } from "./state.ts";

/** The maximum size of all messages of a batch, in bytes. */
export const BATCH_LIMIT = 1_048_576;

/** Minimum, maximum and default, in seconds. The message size is in bytes. */
const numbers: ReadonlyMap<string, readonly [number, number, number]> = new Map([
  ["DelaySeconds", [0, 900, 0]],
  ["MaximumMessageSize", [1024, 1_048_576, 1_048_576]],
  ["MessageRetentionPeriod", [60, 1_209_600, 345_600]],
  ["ReceiveMessageWaitTimeSeconds", [0, 20, 0]],
  ["VisibilityTimeout", [0, 43_200, 30]],
]);

const policies = ["Policy", "RedrivePolicy", "RedriveAllowPolicy"];

/** The empty string removes these attributes, so it is valid for a queue without them. */
const removable = [...policies, "KmsMasterKeyId"];

const notSupported = [
  "KmsMasterKeyId",
  "KmsDataKeyReusePeriodSeconds",
  "FifoQueue",
  "ContentBasedDeduplication",
  "DeduplicationScope",
  "FifoThroughputLimit",
];

const derived = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
  "CreatedTimestamp",
  "LastModifiedTimestamp",
  "QueueArn",
];

/**
 * Checks the attributes of a CreateQueue or SetQueueAttributes, except for policies, which
 * `checkPolicies` checks.
 * @throws {AwsError} 400 for unknown names and values out of range, 501 for attributes that are not
 * implemented.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function checkAttributes(given: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(given))
    if (!isRemoval(name, value)) checkAttribute(name, value);
}

/** Returns whether the value in a request removes the attribute of the queue. */
const isRemoval = (name: string, value: string) => removable.includes(name) && value === "";

function checkAttribute(name: string, value: string): void {
  if (notSupported.includes(name)) throw notImplemented(`the queue attribute ${name}`);
  if (policies.includes(name)) return;
  if (!numbers.has(name) && name !== "SqsManagedSseEnabled") throw unknownAttribute(name);
  const [minimum, maximum] = numbers.get(name) ?? [0, 0];
  const valid = numbers.has(name)
    ? /^\d+$/.test(value) && Number(value) >= minimum && Number(value) <= maximum
    : value === "true" || value === "false";
  if (!valid) throw invalidValue(name);
}

/**
 * Checks the policies in the attributes of a queue.
 * @throws {AwsError} 400 for an invalid policy, 501 for a policy that is not implemented.
 */
export function checkPolicies(
  state: State,
  queueArn: string,
  given: Readonly<Record<string, string>>,
): void {
  const { Policy = "", RedrivePolicy = "", RedriveAllowPolicy = "" } = given;
  if (Policy !== "") checkPolicy(Policy);
  if (RedriveAllowPolicy !== "") checkRedriveAllowPolicy(RedriveAllowPolicy);
  if (RedrivePolicy !== "") checkRedrivePolicy(state, queueArn, RedrivePolicy);
}

function checkPolicy(text: string): void {
  try {
    parseResourcePolicy(text);
  } catch (error) {
    throw error instanceof AwsError && error.status === 400 ? invalidValue("Policy") : error;
  }
}

const invalidValue = (name: string) =>
  sqsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);

/** Returns the attributes of a queue after a change. An empty policy removes that of the queue. */
export const changedAttributes = (
  current: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...current, ...given }).filter(([name, value]) => !isRemoval(name, value)),
  );

/** Returns every attribute that can be set, with the default of AWS if it was not set. */
export const settingsOf = ({ attributes }: Pick<Queue, "attributes">): Record<string, string> => ({
  ...Object.fromEntries([...numbers].map(([name, [, , value]]) => [name, String(value)])),
  SqsManagedSseEnabled: "true",
  ...attributes,
});

/** Returns a numeric attribute of a queue, or its default. */
export const numberOf = (queue: Queue, name: string): number =>
  Number(queue.attributes[name] ?? numbers.get(name)?.[2]);

/**
 * Returns the attributes that a GetQueueAttributes requests.
 * @throws {AwsError} 400 InvalidAttributeName.
 */
export function selectAttributes(
  known: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> {
  const valid = [
    "All",
    "SqsManagedSseEnabled",
    ...numbers.keys(),
    ...policies,
    ...notSupported,
    ...derived,
  ];
  const unknown = names.find((name) => !valid.includes(name));
  if (unknown !== undefined) throw unknownAttribute(unknown);
  const asked = ([name]: [string, string]) => names.includes("All") || names.includes(name);
  return Object.fromEntries(Object.entries(known).filter(asked));
}
