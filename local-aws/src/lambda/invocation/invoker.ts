import type { Clock } from "../../clock.ts";
import { AwsError } from "../../protocols/aws-error.ts";
import type { State } from "../../state.ts";
import { createConcurrency } from "./concurrency.ts";
import { createEnvironmentPool, type EnvironmentPool } from "../environment/environment-pool.ts";
import type { SupplyEnvironments } from "../environment/environment-starter.ts";
import type { Invocation, InvocationResult } from "../environment/execution-environment.ts";
import { writeRuntime } from "../environment/runtime-file.ts";
import type { LambdaFunction } from "../state.ts";
import { createTaskRoots } from "../environment/task-roots.ts";
import { headerForInvocation } from "../../trace-header.ts";
import type { FunctionOverview } from "../overview.ts";

/** Runs functions as they are at the moment. */
export interface Invoker {
  /** @throws {AwsError} 404 where there is no such function, 429 at a limit of concurrency. */
  invoke(functionArn: string, invocation: NewInvocation): Promise<InvocationResult>;
  /** Resolves when the function has room for more, or when it has been waited for long enough. */
  room(functionArn: string): Promise<void>;
  /** New invocations run what the function is now; those that run end on what it was. */
  refresh(functionArn: string): void;
  /** Of every function that was invoked as it is now. */
  overview(): Promise<FunctionOverview[]>;
  /** Resolves when the last process has ended. */
  close(): Promise<void>;
}

export interface NewInvocation extends Omit<Invocation, "traceHeader"> {
  /** Of the request that led to it. */
  traceHeader?: string | undefined;
}

export function createInvoker(options: {
  state: State;
  clock: Clock;
  /** Of its own, for the code of the functions. */
  workDirectory: string;
  capacity: number;
  accountConcurrency: number;
  supplyEnvironments: SupplyEnvironments;
  /** Whether a function is made ready before it is invoked. */
  spareProcesses: boolean;
  find(functionArn: string): LambdaFunction | undefined;
  /** @throws {AwsError} 404 */
  get(functionArn: string): LambdaFunction;
}): Invoker {
  const { state, clock, workDirectory, capacity, find, get } = options;
  const concurrency = createConcurrency({ state, accountLimit: options.accountConcurrency });
  const taskRootOf = createTaskRoots(workDirectory);
  const runtime = writeRuntime(workDirectory);
  // Whoever invokes a function meets the error; until then nobody does.
  runtime.catch(() => {});
  /** Those that take new invocations, by the function's ARN. */
  const pools = new Map<string, Promise<EnvironmentPool>>();
  /** Those as well that are on their way out. */
  const allPools = new Set<Promise<EnvironmentPool>>();
  let closed = false;

  const createPool = async ({ zipFile, configuration }: LambdaFunction) => {
    const taskRoot = await taskRootOf(Buffer.from(zipFile, "base64"));
    const code = { runtimeFile: await runtime, taskRoot };
    const environments = options.supplyEnvironments(configuration, code);
    return createEnvironmentPool({ clock, capacity, environments });
  };

  const poolOf = (target: LambdaFunction): Promise<EnvironmentPool> => {
    const { FunctionArn } = target.configuration;
    const known = pools.get(FunctionArn);
    if (known !== undefined) return known;
    const pool = createPool(target);
    pools.set(FunctionArn, pool);
    allPools.add(pool);
    // What failed once may work the next time.
    pool.catch(() => {
      if (pools.get(FunctionArn) === pool) pools.delete(FunctionArn);
      allPools.delete(pool);
    });
    return pool;
  };

  const run = async (functionArn: string, invocation: Invocation): Promise<InvocationResult> => {
    if (closed) throw new AwsError(503, "ServiceException", "The local AWS is shutting down.");
    const pool = await poolOf(get(functionArn));
    return await pool.run(invocation);
  };

  return {
    async invoke(functionArn, invocation) {
      concurrency.enter(get(functionArn));
      try {
        const traceHeader = headerForInvocation(invocation.traceHeader, clock.now());
        return await run(functionArn, { ...invocation, traceHeader });
      } finally {
        concurrency.leave(functionArn);
      }
    },
    async room(functionArn) {
      const pool = await pools.get(functionArn);
      await pool?.room();
    },
    refresh(functionArn) {
      const pool = pools.get(functionArn);
      pools.delete(functionArn);
      const target = find(functionArn);
      if (options.spareProcesses && target !== undefined) void poolOf(target);
      if (pool === undefined) return;
      const forget = () => void allPools.delete(pool);
      pool
        .then((old) => old.retire((invocation) => run(functionArn, invocation)))
        .then(forget, forget);
    },
    overview: () =>
      Promise.all(
        Array.from(pools, async ([functionArn, pool]) => ({
          functionName: functionArn.split(":").at(-1) ?? "",
          ...(await pool).overview(),
        })),
      ),
    async close() {
      closed = true;
      await Promise.allSettled([
        ...Array.from(allPools, async (pool) => await (await pool).close()),
        // Its file is not to appear in a folder that is gone.
        runtime,
      ]);
    },
  };
}
