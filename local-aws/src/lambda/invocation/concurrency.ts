import { regionOf, type State } from "../../state.ts";
import { throttledInvoke } from "./throttled-invoke.ts";
import type { LambdaFunction } from "../state.ts";

/**
 * How many invocations run at a time, against the limits of the account and of its functions. An
 * invocation that waits for a process counts as well.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export interface Concurrency {
  /** @throws {AwsError} 429 TooManyRequestsException, at a limit. */
  enter(target: LambdaFunction): void;
  leave(functionArn: string): void;
}

export function createConcurrency(options: {
  state: State;
  /** Of all functions in a region. */
  accountLimit: number;
}): Concurrency {
  const { state, accountLimit } = options;
  /** By the function's ARN. */
  const running = new Map<string, number>();
  const runningOf = ({ configuration }: LambdaFunction) =>
    running.get(configuration.FunctionArn) ?? 0;

  /** What functions reserve is theirs, whether they use it or not; the others share the rest. */
  const hasUnreserved = ({ configuration }: LambdaFunction): boolean => {
    const [, , , region = ""] = configuration.FunctionArn.split(":");
    let left = accountLimit;
    for (const one of Object.values(regionOf(state, region).lambda.functions))
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
      running.set(target.configuration.FunctionArn, count + 1);
    },
    leave(functionArn) {
      running.set(functionArn, (running.get(functionArn) ?? 1) - 1);
    },
  };
}

const throttled = (Reason: string) => throttledInvoke(Reason, "Rate Exceeded.");
