import { AwsError } from "../../protocols/aws-error.ts";
import { functionNotFound, type Functions } from "../functions.ts";
import type { LambdaMiddleware } from "../middleware.ts";
import type { FunctionOverview } from "../overview.ts";
import type { LambdaFunction } from "../state.ts";
import { createEnvironmentFactory, type EnvironmentContext } from "./environment-factory.ts";
import { EnvironmentPool } from "./environment-pool.ts";
import type { Invocation, InvocationResult } from "./execution-environment.ts";
import { createMemoryWatch } from "./memory-watch.ts";
import type { NetworkSettings } from "../runtime/network.ts";
import { nodeOf } from "./node-executable.ts";
import { prepareNetwork, writeRuntime } from "./runtime-file.ts";
import type { SchedulingOptions } from "./scheduling.ts";
import { createTaskRoots } from "./task-roots.ts";

/** The execution environments of all functions: a pool per function, as it is now. */
export interface Environments {
  /** Rejects with an `AwsError`: 404 after the function was deleted, 503 after `close`. */
  run(target: LambdaFunction, invocation: Invocation): Promise<InvocationResult>;
  /** Resolves when a sender may add more invocations of the function. */
  room(target: LambdaFunction): Promise<void>;
  /**
   * Call it after a function was changed or deleted. New invocations run the function as it is now;
   * running ones end on the old version.
   */
  refresh(target: LambdaFunction): void;
  /** Counts the environments of the functions that were invoked. */
  overview(): Promise<FunctionOverview[]>;
  /** Resolves when the last process has exited. */
  close(): Promise<void>;
}

export function createEnvironments(
  options: Omit<EnvironmentContext, "memoryWatch" | "warned"> & {
    functions: Functions;
    /** A folder for the code of the functions. No other program uses it. */
    workDirectory: string;
    /** Returns the settings once the local AWS listens. Default: connections are not directed. */
    network?: (() => NetworkSettings) | undefined;
    scheduling: SchedulingOptions;
    middleware: LambdaMiddleware;
  },
): Environments {
  const { functions, clock, workDirectory, network, scheduling, middleware, spareProcesses } =
    options;
  const context: EnvironmentContext = {
    ...options,
    memoryWatch: createMemoryWatch(),
    warned: new WeakSet(),
  };
  const taskRootOf = createTaskRoots(workDirectory);
  const runtime = writeRuntime(workDirectory);
  // Each invocation of a function reports the error.
  runtime.catch(() => {});
  /** The pools that take new invocations. */
  const pools = new Map<LambdaFunction, Promise<EnvironmentPool>>();
  /** These, and the retired ones that still have environments. */
  const allPools = new Set<Promise<EnvironmentPool>>();
  let closed = false;

  const writeNetwork = network && prepareNetwork(workDirectory);
  let networkFile: Promise<string> | undefined;
  const writtenNetwork = () => network && (networkFile ??= writeNetwork?.(network()));

  const createPool = async (target: LambdaFunction) => {
    const { configuration } = target;
    const { zipFile, layers } = target;
    const unpacked = await taskRootOf(
      Buffer.from(zipFile, "base64"),
      layers.length === 0 ? undefined : { runtime: configuration.Runtime, zipFiles: layers },
    );
    const node = nodeOf(configuration.Runtime);
    const code = {
      node,
      runtimeFile: await runtime,
      networkFile: await writtenNetwork(),
      ...unpacked,
    };
    const factory = createEnvironmentFactory(context, configuration, code);
    return new EnvironmentPool({ clock, scheduling, factory, middleware });
  };

  const poolOf = (target: LambdaFunction): Promise<EnvironmentPool> => {
    const known = pools.get(target);
    if (known !== undefined) return known;
    const pool = createPool(target);
    pools.set(target, pool);
    allPools.add(pool);
    // The next attempt may succeed.
    pool.catch(() => {
      if (pools.get(target) === pool) pools.delete(target);
      allPools.delete(pool);
    });
    return pool;
  };

  const run = async (target: LambdaFunction, invocation: Invocation): Promise<InvocationResult> => {
    if (closed) throw new AwsError(503, "ServiceException", "The local AWS is shutting down.");
    const pool = await poolOf(target);
    return await pool.run(invocation);
  };

  /** Runs an invocation that waited in a retired pool. */
  const runAgain = async (target: LambdaFunction, invocation: Invocation) => {
    if (functions.exists(target)) return await run(target, invocation);
    throw functionNotFound(target.configuration.FunctionArn);
  };

  return {
    run,
    async room(target) {
      const pool = await pools.get(target);
      await pool?.room();
    },
    refresh(target) {
      const pool = pools.get(target);
      pools.delete(target);
      if (spareProcesses && functions.exists(target)) void poolOf(target);
      if (pool === undefined) return;
      const forget = () => void allPools.delete(pool);
      pool
        .then((old) => old.retire((invocation) => runAgain(target, invocation)))
        .then(forget, forget);
    },
    overview: () =>
      Promise.all(
        Array.from(pools, async ([{ configuration }, pool]) => ({
          functionName: configuration.FunctionName,
          ...(await pool).overview(),
        })),
      ),
    async close() {
      closed = true;
      await Promise.allSettled([
        ...Array.from(allPools, async (pool) => await (await pool).close()),
        // It must not write its file into a folder that is removed.
        runtime,
      ]);
    },
  };
}
