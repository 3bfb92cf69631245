import { randomUUID } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Hooks } from "../../hooks.ts";
import type { Iam } from "../../iam/index.ts";
import type { Sqs } from "../../sqs/index.ts";
import type { DelayedSettings } from "../delayed-settings.ts";
import type { Functions } from "../functions.ts";
import type { LambdaMiddleware } from "../middleware.ts";
import type { LambdaFunction } from "../state.ts";
import { invocationOf, type NewEvent } from "./async-event.ts";
import { type AsyncQueue, createAsyncQueue } from "./async-queue.ts";
import { createDestinations, type DeliveryFailures, type Destinations } from "./destinations.ts";
import type { Invoker } from "./invoker.ts";

interface Options {
  clock: Clock;
  iam: Iam;
  sqs: Sqs;
  functions: Functions;
  settings: DelayedSettings;
  invoker: Pick<Invoker, "invoke">;
  middleware: Pick<LambdaMiddleware, "enqueue">;
  /** Returns a number from 0 up to 1, for the times of retries. */
  random(): number;
  hooks: Hooks;
}

/**
 * The asynchronous invocations of all functions: a queue per function, and the destinations to which
 * the events go after their last attempt. A destination can be a function, which is then invoked
 * asynchronously, too.
 */
export class AsyncInvocations {
  readonly #options: Options;
  /** By the ARN of the function, because events outlive its deletion. */
  readonly #queues = new Map<string, AsyncQueue>();
  readonly #destinations: Destinations;

  constructor(options: Options) {
    this.#options = options;
    this.#destinations = createDestinations({
      ...options,
      enqueue: (target, event) => this.enqueue(target, { ...event, requestId: randomUUID() }),
    });
  }

  /** Accepts an event for a function. */
  enqueue(target: LambdaFunction, event: NewEvent): void {
    const { hooks, middleware } = this.#options;
    const invocation = invocationOf(target, event);
    hooks.emit(event.traceHeader, { type: "queued", invocation });
    middleware.enqueue(event, this.#queueOf(target).add);
  }

  /** Returns the numbers of events and records that could not be delivered. */
  deliveryFailures(target: LambdaFunction): DeliveryFailures {
    return this.#destinations.failures(target);
  }

  /** Returns how many events are running or wait for a retry. */
  size(): number {
    return Array.from(this.#queues.values(), (queue) => queue.size()).reduce(
      (sum, size) => sum + size,
      0,
    );
  }

  /** Drops all events. */
  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  #queueOf(target: LambdaFunction): AsyncQueue {
    const { FunctionArn, FunctionName } = target.configuration;
    const known = this.#queues.get(FunctionArn);
    if (known !== undefined) return known;
    const { functions, invoker } = this.#options;
    const region = functions.regionOf(target);
    const queue = createAsyncQueue({
      ...this.#options,
      target,
      find: () => functions.named(region, FunctionName),
      invoke: (current, { requestId, payload, functionArn, traceHeader }) =>
        invoker.invoke(current, { requestId, payload, functionArn, traceHeader }),
      onSuccess: (current, event) => this.#destinations.onSuccess(current, event),
      onFailure: (current, event, condition) =>
        this.#destinations.onFailure(current, event, condition),
    });
    this.#queues.set(FunctionArn, queue);
    return queue;
  }
}
