import { parseArn } from "../arn.ts";
import { notImplemented } from "../protocols/aws-error.ts";
import { regionOf, type State } from "../state.ts";
import { invalidParameter, noSuchQueue } from "./sqs-errors.ts";
import type { Queue } from "./state.ts";

export const queueArn = (state: State, region: string, name: string): string =>
  `arn:aws:sqs:${region}:${state.accountId}:${name}`;

export function queueIn(state: State, region: string, name: string): Queue | undefined {
  const { queues } = regionOf(state, region).sqs;
  return Object.hasOwn(queues, name) ? queues[name] : undefined;
}

/** Returns the queue with an ARN. */
export function queueOfArn(state: State, arn: string): Queue | undefined {
  const { service, region = "", accountId, resource = "" } = parseArn(arn) ?? {};
  const isHere = service === "sqs" && accountId === state.accountId;
  // The lookup must not add the region to the state.
  return isHere && Object.hasOwn(state.regions, region)
    ? queueIn(state, region, resource)
    : undefined;
}

/**
 * Returns the queue with a URL or a name. The host of the URL can be any name of this machine, so only
 * the path is used.
 * @throws {AwsError} 400 QueueDoesNotExist.
 */
export function findQueue(state: State, region: string, queueUrl: string): Queue {
  const [account, name] = partsOf(state, queueUrl);
  const queue = account === state.accountId ? queueIn(state, region, name) : undefined;
  if (queue === undefined) throw noSuchQueue();
  return queue;
}

/** Returns the ARN for the URL of a queue, even if the queue does not exist. */
export function arnOfUrl(state: State, region: string, queueUrl: string): string {
  const [account, name] = partsOf(state, queueUrl);
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

function partsOf(state: State, queueUrl: string): [account: string, name: string] {
  const [, account = state.accountId, name = queueUrl] =
    /\/(\d{12})\/([^/]+)$/.exec(queueUrl) ?? [];
  return [account, name];
}

/**
 * Checks the name of a new queue.
 * @throws {AwsError} 400 for an invalid name, 501 for a FIFO queue.
 */
export function checkQueueName(name: string): void {
  if (name.endsWith(".fifo")) throw notImplemented("FIFO queues");
  if (/^[A-Za-z0-9_-]{1,80}$/.test(name)) return;
  throw invalidParameter(
    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
  );
}
