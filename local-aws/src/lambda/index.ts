import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import type { Service } from "../protocols/operation.ts";
import type { Faults } from "../faults/faults.ts";
import { withCrashes, withEventFaults } from "../faults/faulty-lambda.ts";
import type { Iam } from "../iam/index.ts";
import type { Logs } from "../logs/index.ts";
import type { Sqs } from "../sqs/index.ts";
import { type Hooks, noHooks } from "../hooks.ts";
import type { FunctionOverview } from "./overview.ts";
import { regionOf, type State } from "../state.ts";
import { updateFunctionCode } from "./api/code.ts";
import { createLambdaApi } from "./api/index.ts";
import { type AsyncQueue, createAsyncQueue } from "./invocation/async-queue.ts";
import { createDelayedSettings, type SettingsDelays } from "./delayed-settings.ts";
import { createDestinations, type DeliveryFailures } from "./invocation/destinations.ts";
import { createEnvironmentStarter } from "./environment/environment-starter.ts";
import type { InvocationResult } from "./environment/execution-environment.ts";
import { type InvokeAsync, invokeRoute } from "./invocation/invoke-api.ts";
import { createInvoker } from "./invocation/invoker.ts";
import type { ProcessWatcher } from "./environment/process-watcher.ts";
import { permits } from "./invocation/resource-policy.ts";
import type { LambdaFunction } from "./state.ts";

export interface Lambda {
  service: Service;
  /**
   * A synchronous invocation by another AWS service, which the function's resource policy must allow.
   * @throws {AwsError} 403, 404, or 429 at a limit of concurrency.
   */
  invokeAs(
    service: string,
    sourceArn: string,
    functionArn: string,
    payload: string,
    traceHeader?: string,
  ): Promise<InvocationResult>;
  /**
   * Has new invocations run the function as the state has it now; those that run end on what it was.
   * The API's own changes do so by themselves.
   */
  refresh(functionArn: string): void;
  /**
   * What UpdateFunctionCode does, for whoever is no client: nobody is asked for permission.
   * @param zip as uploaded.
   * @throws {AwsError} 400, 404 or 413.
   */
  updateFunctionCode(functionArn: string, zip: Buffer): void;
  /** What became of a function's asynchronous invocations but could not be delivered. */
  deliveryFailures(functionArn: string): Readonly<DeliveryFailures>;
  overview(): Promise<{ functions: FunctionOverview[]; queued: number }>;
  /** Ends every function process. Resolves when the last one has ended. */
  close(): Promise<void>;
}

export function createLambda(options: {
  state: State;
  clock: Clock;
  iam: Iam;
  logs: Logs;
  sqs: Sqs;
  faults: Faults;
  /** URL of this local AWS. */
  endpoint(): string;
  /** Of its own, for the code of the functions. */
  workDirectory: string;
  processWatcher: ProcessWatcher;
  /** How many processes a function may have at work. */
  capacity: number;
  /** How many invocations the account may have at a time in a region. Default: 1,000, as AWS's. */
  accountConcurrency?: number;
  /** Milliseconds that a function may take to load before its first invocation. Default: 10,000. */
  initTimeout?: number;
  /** Whether the process of a function's first environment is started ahead. Default: no. */
  spareProcesses?: boolean;
  /** How long after the API accepted a setting it takes effect. Default: at once. */
  settingsDelays?: Partial<SettingsDelays>;
  /** Returns a number from 0 up to 1, for when retries come. Default: `Math.random`. */
  random?: () => number;
  /** Default: none. */
  hooks?: Hooks;
}): Lambda {
  const { state, clock, faults, accountConcurrency = 1000, initTimeout = 10_000 } = options;
  const { spareProcesses = false, hooks = noHooks, random = Math.random } = options;
  const { settingsDelays = {} } = options;
  const settings = createDelayedSettings({ clock, delays: settingsDelays });
  const queues = new Map<string, AsyncQueue>();

  const find = (functionArn: string): LambdaFunction | undefined => {
    const [, , , region = "", , , name = ""] = functionArn.split(":");
    const { functions } = regionOf(state, region).lambda;
    return Object.hasOwn(functions, name) ? functions[name] : undefined;
  };
  const get = (functionArn: string): LambdaFunction => {
    const found = find(functionArn);
    if (found !== undefined) return found;
    throw new AwsError(404, "ResourceNotFoundException", `Function not found: ${functionArn}`);
  };

  const supplyEnvironments = withCrashes(
    createEnvironmentStarter({ ...options, initTimeout, spareProcesses, hooks }),
    faults,
  );
  const invoker = createInvoker({
    ...options,
    accountConcurrency,
    supplyEnvironments,
    spareProcesses,
    find,
    get,
  });
  const { invoke } = invoker;

  const invokeAsync: InvokeAsync = (functionArn, event) => {
    const functionName = functionArn.split(":").at(-1) ?? "";
    const { requestId, traceHeader } = event;
    hooks.emit(traceHeader, { type: "queued", invocation: { functionName, requestId } });
    queueOf(functionArn).add(event);
  };
  const destinations = createDestinations({
    ...options,
    hooks,
    invokeAsync(functionArn, event) {
      if (find(functionArn) === undefined) return false;
      invokeAsync(functionArn, { ...event, requestId: randomUUID() });
      return true;
    },
  });
  const queueOf = (functionArn: string): AsyncQueue => {
    const known = queues.get(functionArn);
    if (known !== undefined) return known;
    const queue = createAsyncQueue({
      ...destinations,
      clock,
      random,
      hooks,
      target() {
        const found = find(functionArn);
        return found && settings.inForce(found);
      },
      invoke: ({ requestId, payload, traceHeader }) =>
        invoke(functionArn, { requestId, payload, traceHeader }),
    });
    const delivering = withEventFaults(queue, faults, clock);
    queues.set(functionArn, delivering);
    return delivering;
  };

  const refresh = (region: string, functionName: string) =>
    invoker.refresh(`arn:aws:lambda:${region}:${state.accountId}:function:${functionName}`);
  const changes = { onCodeOrConfigurationChange: refresh, onDelete: refresh };
  const api = { ...options, ...changes, accountConcurrency, settings };
  const invokeApi = invokeRoute({ state, invoke, invokeAsync, room: invoker.room });

  return {
    service: createLambdaApi(api, [invokeApi]),
    async invokeAs(service, sourceArn, functionArn, payload, traceHeader) {
      if (!permits(get(functionArn).policy, service, sourceArn, functionArn)) {
        const message = `${service} is not allowed to invoke ${functionArn}`;
        throw new AwsError(403, "AccessDeniedException", message);
      }
      return await invoke(functionArn, {
        requestId: randomUUID(),
        payload: Buffer.from(payload),
        traceHeader,
      });
    },
    refresh: invoker.refresh,
    updateFunctionCode: (functionArn, zip) =>
      updateFunctionCode({ clock, ...changes }, get(functionArn), zip.toString("base64")),
    deliveryFailures: destinations.failures,
    async overview() {
      const queued = Array.from(queues.values(), (queue) => queue.size());
      return {
        functions: await invoker.overview(),
        queued: queued.reduce((sum, size) => sum + size, 0),
      };
    },
    async close() {
      for (const queue of queues.values()) queue.close();
      await invoker.close();
    },
  };
}
