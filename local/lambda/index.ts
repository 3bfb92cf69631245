import { randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import { AwsError } from "../http/aws-error.ts";
import type { Service } from "../http/operation.ts";
import type { Iam } from "../iam/index.ts";
import type { Logs } from "../logs/index.ts";
import type { Sqs } from "../sqs/index.ts";
import { regionOf, type State } from "../state.ts";
import { createLambdaApi } from "./api/index.ts";
import { type AsyncQueue, createAsyncQueue } from "./async-queue.ts";
import { createDestinations } from "./destinations.ts";
import { createEnvironmentPool, type EnvironmentPool } from "./environment-pool.ts";
import type { InvocationResult } from "./execution-environment.ts";
import { createEnvironmentStarter } from "./environment-starter.ts";
import { invokeApi, isInvoke } from "./invoke-api.ts";
import { permits } from "./resource-policy.ts";
import { compileRuntime } from "./runtime-file.ts";
import type { LambdaFunction } from "./state.ts";
import { createTaskRoots } from "./task-roots.ts";

export interface Lambda {
  service: Service;
  /**
   * A synchronous invocation by another AWS service, which the function's resource policy must allow.
   * @throws {AwsError} 403 or 404.
   */
  invokeAs(
    service: string,
    sourceArn: string,
    functionArn: string,
    payload: string,
  ): Promise<InvocationResult>;
  /** Ends every function process. */
  close(): Promise<void>;
}

export function createLambda(options: {
  state: State;
  clock: Clock;
  iam: Iam;
  logs: Logs;
  sqs: Sqs;
  /** URL of this local AWS. */
  endpoint(): string;
  /** Of its own, for the code of the functions. */
  workDirectory: string;
  /** How many processes a function may have at a time. */
  capacity: number;
}): Lambda {
  const { state, clock, iam, workDirectory, capacity } = options;
  const startEnvironment = createEnvironmentStarter(options);
  const runtime = compileRuntime(workDirectory);
  const taskRootOf = createTaskRoots(workDirectory);
  const pools = new Map<string, Promise<EnvironmentPool>>();
  const queues = new Map<string, AsyncQueue>();

  const find = (functionArn: string): LambdaFunction | undefined => {
    const [, , , region = "", , , name = ""] = functionArn.split(":");
    return regionOf(state, region).lambda.functions[name];
  };
  const get = (functionArn: string): LambdaFunction => {
    const found = find(functionArn);
    if (found !== undefined) return found;
    throw new AwsError(404, "ResourceNotFoundException", `Function not found: ${functionArn}`);
  };

  const createPool = async (target: LambdaFunction): Promise<EnvironmentPool> => {
    const taskRoot = await taskRootOf(Buffer.from(target.zipFile, "base64"));
    const code = { runtimeFile: await runtime, taskRoot };
    const start = (onEnd: () => void) => startEnvironment(target, code, onEnd);
    return createEnvironmentPool({ clock, capacity, start });
  };
  const poolOf = (functionArn: string): Promise<EnvironmentPool> => {
    const known = pools.get(functionArn);
    if (known !== undefined) return known;
    const pool = createPool(get(functionArn));
    pools.set(functionArn, pool);
    return pool;
  };
  const invoke = async (functionArn: string, requestId: string, payload: Buffer) =>
    (await poolOf(functionArn)).run({ requestId, payload, traceId: traceId(clock.now()) });

  const destinations = createDestinations({
    ...options,
    invokeAsync: (functionArn, payload) => invokeAsync(functionArn, randomUUID(), payload),
  });
  const queueOf = (functionArn: string): AsyncQueue => {
    const known = queues.get(functionArn);
    if (known !== undefined) return known;
    const queue = createAsyncQueue({
      clock,
      config: () => find(functionArn)?.eventInvokeConfig,
      invoke: ({ requestId, payload }) => invoke(functionArn, requestId, payload),
      onSuccess: (event, result) => destinations.onSuccess(get(functionArn), event, result),
      onFailure: (event, condition, result) =>
        destinations.onFailure(get(functionArn), event, condition, result),
    });
    queues.set(functionArn, queue);
    return queue;
  };
  const invokeAsync = (functionArn: string, requestId: string, payload: Buffer) =>
    queueOf(functionArn).add({ requestId, payload, acceptedAt: clock.now(), invokeCount: 0 });

  /** New invocations run what the function is now; those that run end on what it was. */
  const refresh = (region: string, functionName: string) => {
    const functionArn = `arn:aws:lambda:${region}:${state.accountId}:function:${functionName}`;
    void pools.get(functionArn)?.then((pool) => pool.retire());
    pools.delete(functionArn);
  };
  const api = createLambdaApi({
    ...options,
    onCodeOrConfigurationChange: refresh,
    onDelete: refresh,
  });
  const invoker = { invoke, invokeAsync, exists: (arn: string) => find(arn) !== undefined };
  return {
    service: (request) => {
      if (isInvoke(request))
        return invokeApi(request, { iam, accountId: state.accountId, invoker });
      return api(request);
    },
    invokeAs: async (service, sourceArn, functionArn, payload) => {
      if (!permits(get(functionArn).policy, service, sourceArn, functionArn))
        throw new AwsError(
          403,
          "AccessDeniedException",
          `${service} may not invoke ${functionArn}`,
        );
      return await invoke(functionArn, randomUUID(), Buffer.from(payload));
    },
    async close() {
      for (const queue of queues.values()) queue.close();
      await Promise.all(Array.from(pools.values(), async (pool) => (await pool).shutDown()));
    },
  };
}

/** An X-Ray trace id: seconds and 96 random bits, in hexadecimal. */
function traceId(now: number): string {
  const seconds = Math.floor(now / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")};Parent=${randomBytes(8).toString("hex")};Sampled=0`;
}
