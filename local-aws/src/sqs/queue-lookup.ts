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

/** Returns the queue of an ARN. */
export function queueOfArn(state: State, arn: string): Queue | undefined {
  const { service, region = "", accountId, resource = "" } = parseArn(arn) ?? {};
  const isHere = service === "sqs" && accountId === state.accountId;
  // A region without resources is not added to the state.
  return isHere && Object.hasOwn(state.regions, region)
    ? queueIn(state, region, resource)
    : undefined;
}

/**
 * Returns the queue of a URL, or of a name. As the host of a URL may be any name of this machine, only
 * the path counts.
 * @throws {AwsError} 400 QueueDoesNotExist
 */
export function findQueue(state: State, region: string, queueUrl: string): Queue {
  const [account, name] = partsOf(state, queueUrl);
  const queue = account === state.accountId ? queueIn(state, region, name) : undefined;
  if (queue === undefined) throw noSuchQueue();
  return queue;
}

/** Returns the ARN of a queue's URL, whether or not there is such a queue. */
export function arnOfUrl(state: State, region: string, queueUrl: string): string {
  const [account, name] = partsOf(state, queueUrl);
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

function partsOf(state: State, queueUrl: string): [account: string, name: string] {
  const [, account = state.accountId, name = queueUrl] =
    /\/(\d{12})\/([^/]+)$/.exec(queueUrl) ?? [];
  return [account, name];
}

/** @throws {AwsError} 400 for a name that AWS refuses, 501 for that of a FIFO queue. */
export function checkQueueName(name: string): void {
  if (name.endsWith(".fifo")) throw notImplemented("FIFO queues");
  if (/^[A-Za-z0-9_-]{1,80}$/.test(name)) return;
  throw invalidParameter(
    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
  );
}
