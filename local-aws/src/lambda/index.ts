import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import { type Hooks, noHooks } from "../hooks.ts";
import type { Iam } from "../iam/index.ts";
import type { Logs } from "../logs/index.ts";
import { AwsError } from "../protocols/aws-error.ts";
import type { Service } from "../protocols/operation.ts";
import type { Sqs } from "../sqs/index.ts";
import type { State } from "../state.ts";
import { type Timing, timingNamed } from "../timing.ts";
import { checkZip } from "./api/code.ts";
import { checkCombinedSize } from "./api/code-size.ts";
import { createLambdaApi } from "./api/index.ts";
import { createDelayedSettings } from "./delayed-settings.ts";
import { createEnvironments } from "./environment/environments.ts";
import type { InvocationResult } from "./environment/execution-environment.ts";
import type { ProcessWatcher } from "./environment/process-watcher.ts";
import type { SchedulingOptions } from "./environment/scheduling.ts";
import { createEventSourceMappings } from "./event-source-mappings/index.ts";
import { eventSourceMappingRoutes } from "./event-source-mappings/routes.ts";
import { createFunctionChanges } from "./function-changes.ts";
import { createFunctions } from "./functions.ts";
import { AsyncInvocations } from "./invocation/async-invocations.ts";
import type { DeliveryFailures } from "./invocation/destinations.ts";
import { invokeRoute } from "./invocation/invoke-api.ts";
import { createInvoker } from "./invocation/invoker.ts";
import { mayInvoke, type ServiceInvoker } from "./invocation/service-invoker.ts";
import { type LambdaMiddleware, noMiddleware } from "./middleware.ts";
import type { FunctionOverview } from "./overview.ts";
import type { NetworkSettings } from "./runtime/network.ts";

export type { ServiceInvoker };

export interface Lambda {
  service: Service;
  /**
   * Invokes a function synchronously on behalf of another AWS service.
   * @throws {AwsError} 403 if the service is not allowed to invoke the function, 404, or 429 at a
   * concurrency limit.
   */
  invokeAs(
    invoker: ServiceInvoker,
    functionArn: string,
    payload: string,
    traceHeader?: string,
  ): Promise<InvocationResult>;
  /**
   * Invokes a function asynchronously, without a permission check, for callers in this process.
   * @throws {AwsError} 404.
   */
  enqueue(functionArn: string, payload: string): void;
  /**
   * Must be called after the state of a function was changed without the API. New invocations run the
   * changed function. Running invocations finish with the old version.
   * @throws {AwsError} 404.
   */
  refresh(functionArn: string): void;
  /**
   * Runs UpdateFunctionCode without a permission check, for callers in this process. The update is
   * complete at once.
   * @param zip the zip file.
   * @throws {AwsError} 400, 404 or 413.
   */
  updateFunctionCode(functionArn: string, zip: Buffer): void;
  /**
   * Returns how many results of a function's asynchronous invocations could not be delivered.
   * @throws {AwsError} 404.
   */
  deliveryFailures(functionArn: string): Readonly<DeliveryFailures>;
  /**
   * Returns the execution environments of all functions. `queued` is the number of events of asynchronous
   * invocations that are running or wait for a retry.
   */
  overview(): Promise<{ functions: FunctionOverview[]; queued: number }>;
  /** Starts polling for the event source mappings in the state. */
  resume(): void;
  /** Ends every function process. Resolves when the last one has exited. */
  close(): Promise<void>;
}

export interface LambdaOptions {
  state: State;
  clock: Clock;
  iam: Iam;
  logs: Logs;
  sqs: Sqs;
  /** Returns the URL of this local AWS. */
  endpoint(): string;
  /** A folder for the code of the functions, which nothing else uses. */
  workDirectory: string;
  processWatcher: ProcessWatcher;
  /**
   * Returns the network settings for functions, once the local AWS listens. Default: connections of
   * functions are not redirected.
   */
  network?: () => NetworkSettings;
  /** When the invocations of a function start on this machine. */
  scheduling: SchedulingOptions;
  /**
   * The maximum number of concurrent invocations of the account in a region. Default: 1,000, as on AWS.
   */
  accountConcurrency?: number;
  /**
   * The maximum time in milliseconds for a function to load before its first invocation. Default: 10,000.
   */
  initTimeout?: number;
  /**
   * Whether to start the process of a function's first environment before the first invocation. Default:
   * false.
   */
  spareProcesses?: boolean;
  /** The duration of changes after the API has accepted them. Default: `short`. */
  timing?: Timing;
  /** Returns a number from 0 to 1 (exclusive), for the times of retries. Default: `Math.random`. */
  random?: () => number;
  /** Wraps steps of Lambda. Default: none. */
  middleware?: LambdaMiddleware;
  /** Default: none. */
  hooks?: Hooks;
}

/**
 * Creates Lambda. `invocation/invoke-api.ts` passes an Invoke to `invocation/invoker.ts`, directly or
 * through `invocation/async-invocations.ts`. The invoker passes it to an environment in `environment/`.
 * Messages of queues come from `event-source-mappings/`. All other operations are in `api/`.
 */
export function createLambda(options: LambdaOptions): Lambda {
  const parts = { ...withDefaults(options), functions: createFunctions(options.state) };
  const { functions, clock, timing } = parts;
  const environments = createEnvironments(parts);
  const invoker = createInvoker({ ...parts, environments });
  const asyncInvocations = new AsyncInvocations({ ...parts, invoker });
  const changes = createFunctionChanges({
    clock,
    duration: timing.functionChange,
    onComplete: environments.refresh,
  });
  const api = { ...parts, changes, onDelete: environments.refresh };
  const invokeApi = invokeRoute({ ...parts, invoker, asyncInvocations });
  const mappings = createEventSourceMappings({ ...parts, consumer: parts.sqs.consumer, invoker });

  return {
    service: createLambdaApi(api, [invokeApi, ...eventSourceMappingRoutes({ ...parts, mappings })]),
    async invokeAs(serviceInvoker, functionArn, payload, traceHeader) {
      const target = functions.get(functionArn);
      if (!mayInvoke(parts, target, serviceInvoker))
        throw accessDenied(serviceInvoker.service, functionArn);
      const invocation = { requestId: randomUUID(), payload: Buffer.from(payload), traceHeader };
      return await invoker.invoke(target, invocation);
    },
    enqueue: (functionArn, payload) =>
      asyncInvocations.enqueue(functions.get(functionArn), {
        requestId: randomUUID(),
        payload: Buffer.from(payload),
        traceHeader: undefined,
      }),
    refresh: (functionArn) => environments.refresh(functions.get(functionArn)),
    updateFunctionCode(functionArn, zip) {
      const target = functions.get(functionArn);
      const zipFile = checkZip(zip.toString("base64"), "UpdateFunctionCode");
      checkCombinedSize(zipFile, target.layers);
      changes.complete(target);
      changes.update(target, { configuration: target.configuration, zipFile });
      changes.complete(target);
    },
    deliveryFailures: (functionArn) =>
      asyncInvocations.deliveryFailures(functions.get(functionArn)),
    overview: async () => ({
      functions: await environments.overview(),
      queued: asyncInvocations.size(),
    }),
    resume: mappings.resume,
    async close() {
      changes.close();
      asyncInvocations.close();
      await Promise.all([mappings.close(), environments.close()]);
    },
  };
}

const withDefaults = ({ timing = timingNamed("short"), ...options }: LambdaOptions) => ({
  ...options,
  timing,
  settings: createDelayedSettings({ clock: options.clock, timing }),
  accountConcurrency: options.accountConcurrency ?? 1000,
  initTimeout: options.initTimeout ?? 10_000,
  spareProcesses: options.spareProcesses ?? false,
  random: options.random ?? Math.random,
  middleware: options.middleware ?? noMiddleware,
  hooks: options.hooks ?? noHooks,
});

const accessDenied = (service: string, functionArn: string) =>
  new AwsError(403, "AccessDeniedException", `${service} is not allowed to invoke ${functionArn}`);
