import type { Functions } from "../functions.ts";
import { throttledInvoke } from "./throttled-invoke.ts";
import type { LambdaFunction } from "../state.ts";

/**
 * Counts the concurrent invocations, and enforces the limits of the account and of its functions. An
 * invocation that waits for a process counts too.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export interface Concurrency {
  /** @throws {AwsError} 429 TooManyRequestsException, at a limit. */
  enter(target: LambdaFunction): void;
  leave(target: LambdaFunction): void;
}

export function createConcurrency(options: {
  functions: Functions;
  /** The limit for all functions in a region. */
  accountLimit: number;
}): Concurrency {
  const { functions, accountLimit } = options;
  const running = new WeakMap<LambdaFunction, number>();
  const runningOf = (target: LambdaFunction) => running.get(target) ?? 0;

  /** Returns whether unreserved concurrency is left. Reserved concurrency counts even if it is unused. */
  const hasUnreserved = (target: LambdaFunction): boolean => {
    let left = accountLimit;
    for (const one of functions.list(functions.regionOf(target)))
      left -= one.reservedConcurrentExecutions ?? runningOf(one);
    return left > 0;
  };

  return {
    enter(target) {
      const reserved = target.reservedConcurrentExecutions;
      const count = runningOf(target);
      if (reserved !== undefined && count >= reserved)
        throw throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
      if (reserved === undefined && !hasUnreserved(target))
        throw throttled("ConcurrentInvocationLimitExceeded");
      running.set(target, count + 1);
    },
    leave(target) {
      running.set(target, runningOf(target) - 1);
    },
  };
}

const throttled = (Reason: string) => throttledInvoke(Reason, "Rate Exceeded.");
