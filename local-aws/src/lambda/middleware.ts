import type {
  ExecutionEnvironment,
  Invocation,
  InvocationResult,
} from "./environment/execution-environment.ts";
import type { NewEvent } from "./invocation/async-event.ts";

/** Steps of Lambda that other code can wrap, for example to inject faults. */
export interface LambdaMiddleware {
  /**
   * Passes an event on to the queue of its function.
   * @param next adds an event to the queue. It can be called later, or more than once.
   */
  enqueue(event: NewEvent, next: (event: NewEvent) => void): void;
  /**
   * Runs an invocation with `environment.invoke`.
   * @param onDone must be called with its result.
   */
  invoke(
    environment: ExecutionEnvironment,
    invocation: Invocation,
    onDone: (result: InvocationResult) => void,
  ): void;
}

/** Middleware that changes nothing. */
export const noMiddleware: LambdaMiddleware = {
  enqueue: (event, next) => next(event),
  invoke: (environment, invocation, onDone) => environment.invoke(invocation, onDone),
};
