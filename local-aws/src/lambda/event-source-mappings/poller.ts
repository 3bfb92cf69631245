import { randomUUID } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Iam } from "../../iam/index.ts";
import { AwsError } from "../../protocols/aws-error.ts";
import type { Caller } from "../../protocols/caller.ts";
import { reportError } from "../../report-error.ts";
import type { Consumer, ReceivedMessage } from "../../sqs/index.ts";
import type { InvocationResult } from "../environment/execution-environment.ts";
import { functionNotFound, type Functions } from "../functions.ts";
import type { Invoker } from "../invocation/invoker.ts";
import { PAYLOAD_LIMIT } from "../invocation/payload-limit.ts";
import type { EventSourceMapping, LambdaFunction } from "../state.ts";
import { failedMessages } from "./batch-response.ts";
import { parseFilterPattern, type RecordFilter } from "./filter-pattern.ts";
import { RECEIVE_LIMIT } from "./settings.ts";
import { isSelected, recordOf } from "./sqs-event.ts";

export interface PollerOptions {
  clock: Clock;
  iam: Pick<Iam, "sessionOf">;
  consumer: Consumer;
  functions: Functions;
  invoker: Pick<Invoker, "invoke">;
}

/**
 * The number of concurrent batches of a mapping. Lambda starts with five.
 *
 * Our choice: there are never more than five without a maximum concurrency, because the processes of a
 * function share the cores of this machine.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
const CONCURRENT_BATCHES = 5;

/**
 * Milliseconds until the next attempt if Lambda cannot poll, because the queue, the function or a
 * permission of its role is missing.
 *
 * Our choice: the time.
 */
const PROBLEM_PAUSE = 5000;

/**
 * Milliseconds until the first retry of a throttled batch. Each further retry waits twice as long.
 *
 * Our choice: the time.
 */
const FIRST_BACK_OFF = 1000;

/** Received messages, and the function to invoke with them. */
interface Batch {
  target: LambdaFunction;
  session: Caller;
  messages: readonly ReceivedMessage[];
  /** The time at which the first message becomes visible again, in milliseconds since the epoch. */
  visibleAt: number;
}

/**
 * Polls the queue of a mapping and invokes its function with the messages, until the signal is aborted.
 * Messages of successful batches are deleted. Others become visible again after the visibility timeout.
 * Resolves when the batches in progress have ended.
 */
export async function poll(
  options: PollerOptions,
  mapping: EventSourceMapping,
  signal: AbortSignal,
): Promise<void> {
  const { clock, consumer } = options;
  const { EventSourceArn, ScalingConfig, FilterCriteria } = mapping;
  const limit = ScalingConfig?.MaximumConcurrency ?? CONCURRENT_BATCHES;
  const filters = (FilterCriteria?.Filters ?? []).map(({ Pattern }) => parseFilterPattern(Pattern));
  const running = new Set<Promise<void>>();
  while (!signal.aborted) {
    try {
      await consumer.waitForMessage(EventSourceArn, Infinity, signal);
      if (signal.aborted) break;
      const batch = await gather(options, mapping, filters, signal);
      const processing = process(options, mapping, batch, signal)
        .catch((error: unknown) => reportError(error))
        .finally(() => running.delete(processing));
      running.add(processing);
      if (running.size >= limit) await Promise.race(running);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      await pause(clock, PROBLEM_PAUSE, signal);
    }
  }
  await Promise.all(running);
}

/**
 * Receives messages until the batch is full or its batching window is over. Messages that no filter
 * selects are deleted.
 * @throws {AwsError} if the queue, the function or a permission is missing.
 */
async function gather(
  { clock, iam, consumer, functions }: PollerOptions,
  mapping: EventSourceMapping,
  filters: readonly RecordFilter[],
  signal: AbortSignal,
): Promise<Batch> {
  const { EventSourceArn, BatchSize, MaximumBatchingWindowInSeconds } = mapping;
  const target = functionOf(functions, mapping);
  const { Role, FunctionName } = target.configuration;
  const session = iam.sessionOf(Role, FunctionName);
  const visibleAt = clock.now() + consumer.visibilityTimeout(EventSourceArn);
  const end = clock.now() + MaximumBatchingWindowInSeconds * 1000;
  const messages: ReceivedMessage[] = [];
  for (;;) {
    const limit = Math.min(RECEIVE_LIMIT, BatchSize - messages.length);
    const received = consumer.receive(session, EventSourceArn, limit);
    const selected = received.filter((message) => isSelected(filters, recordOf(mapping, message)));
    messages.push(...selected);
    const others = received.filter((message) => !selected.includes(message));
    if (others.length > 0) consumer.delete(session, EventSourceArn, others);
    const isFull = messages.length >= BatchSize || sizeOf(mapping, messages) >= EVENT_LIMIT;
    if (isFull || clock.now() >= end || signal.aborted)
      return { target, session, messages, visibleAt };
    await consumer.waitForMessage(EventSourceArn, end, signal);
  }
}

/** Invokes the function with a batch, several times if the messages do not fit in one event. */
async function process(
  options: PollerOptions,
  mapping: EventSourceMapping,
  batch: Batch,
  signal: AbortSignal,
): Promise<void> {
  for (const messages of eventsOf(mapping, batch.messages)) {
    const { target, session } = batch;
    const Records = messages.map((message) => recordOf(mapping, message));
    const payload = Buffer.from(JSON.stringify({ Records }));
    const result = await invoke(options, mapping, { target, payload }, batch.visibleAt, signal);
    const failed = failedOf(mapping, messages, result);
    const succeeded = messages.filter(({ MessageId }) => !failed.has(MessageId));
    try {
      options.consumer.delete(session, mapping.EventSourceArn, succeeded);
    } catch (error) {
      // The queue was deleted or the permission removed. Messages that still exist become visible again.
      if (!(error instanceof AwsError)) throw error;
    }
  }
}

/**
 * Invokes the function. If it cannot run, for example because of a concurrency limit, retries until the
 * messages become visible again.
 * @returns undefined if it never ran.
 */
async function invoke(
  { clock, functions, invoker }: PollerOptions,
  { FunctionArn }: EventSourceMapping,
  { target, payload }: { target: LambdaFunction; payload: Buffer },
  visibleAt: number,
  signal: AbortSignal,
): Promise<InvocationResult | undefined> {
  for (let wait = FIRST_BACK_OFF; functions.exists(target) && !signal.aborted; wait *= 2) {
    try {
      const invocation = { requestId: randomUUID(), payload, functionArn: FunctionArn };
      return await invoker.invoke(target, invocation);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
    if (clock.now() + wait >= visibleAt) return undefined;
    await pause(clock, wait, signal);
  }
  return undefined;
}

/** Returns the IDs of the messages that become visible again. */
function failedOf(
  { FunctionResponseTypes }: EventSourceMapping,
  messages: readonly ReceivedMessage[],
  result: InvocationResult | undefined,
): ReadonlySet<string> {
  const ids = messages.map(({ MessageId }) => MessageId);
  if (result === undefined || result.functionError !== undefined) return new Set(ids);
  const isPartial = FunctionResponseTypes.includes("ReportBatchItemFailures");
  return isPartial ? failedMessages(result.payload, ids) : new Set();
}

/** @throws {AwsError} 404, if the function was deleted. */
function functionOf(functions: Functions, { FunctionArn }: EventSourceMapping): LambdaFunction {
  const found = functions.find(FunctionArn.replace(/:\$LATEST$/, ""));
  if (found === undefined) throw functionNotFound(FunctionArn);
  return found;
}

/** The maximum size of the records of an event, in bytes. */
const EVENT_LIMIT = PAYLOAD_LIMIT.RequestResponse - JSON.stringify({ Records: [] }).length;

/** Returns the size of the records in an event, in bytes, each with a comma. */
const sizeOf = (mapping: EventSourceMapping, messages: readonly ReceivedMessage[]): number =>
  messages
    .map((message) => Buffer.byteLength(JSON.stringify(recordOf(mapping, message))) + 1)
    .reduce((sum, size) => sum + size, 0);

/** Distributes messages over as few events as possible, in their order. */
function eventsOf(
  mapping: EventSourceMapping,
  messages: readonly ReceivedMessage[],
): ReceivedMessage[][] {
  const events: ReceivedMessage[][] = [];
  let size = Infinity;
  for (const message of messages) {
    const added = sizeOf(mapping, [message]);
    if (size + added > EVENT_LIMIT) {
      events.push([]);
      size = 0;
    }
    events.at(-1)?.push(message);
    size += added;
  }
  return events;
}

/** Resolves after a delay, or when the signal is aborted. */
async function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = clock.setTimer(end, milliseconds);
  signal.addEventListener("abort", end);
  await promise;
  timer.cancel();
  signal.removeEventListener("abort", end);
}
