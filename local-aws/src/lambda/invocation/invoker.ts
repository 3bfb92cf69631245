import type { Clock } from "../../clock.ts";
import { headerForInvocation } from "../../trace-header.ts";
import type { Environments } from "../environment/environments.ts";
import type { Invocation, InvocationResult } from "../environment/execution-environment.ts";
import { checkActive } from "../function-changes.ts";
import type { Functions } from "../functions.ts";
import type { LambdaFunction } from "../state.ts";
import { createConcurrency } from "./concurrency.ts";

/** Runs invocations of functions, within the limits of concurrency. */
export interface Invoker {
  /** @throws {AwsError} 409 if the function is not active yet, 429 at a limit of concurrency. */
  invoke(target: LambdaFunction, invocation: NewInvocation): Promise<InvocationResult>;
  /** Resolves when a sender may add more events for the function. */
  room(target: LambdaFunction): Promise<void>;
}

export interface NewInvocation extends Omit<Invocation, "traceHeader"> {
  /** The trace header of the Invoke request. */
  traceHeader?: string | undefined;
}

export function createInvoker(options: {
  clock: Clock;
  functions: Functions;
  environments: Environments;
  accountConcurrency: number;
}): Invoker {
  const { clock, functions, environments, accountConcurrency } = options;
  const concurrency = createConcurrency({ functions, accountLimit: accountConcurrency });
  return {
    async invoke(target, invocation) {
      checkActive(target);
      concurrency.enter(target);
      try {
        const traceHeader = headerForInvocation(invocation.traceHeader, clock.now());
        return await environments.run(target, { ...invocation, traceHeader });
      } finally {
        concurrency.leave(target);
      }
    },
    room: environments.room,
  };
}
