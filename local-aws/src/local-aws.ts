import { mkdtemp } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createApiGateway } from "./apigateway/index.ts";
import { reportCalls } from "./call-reports.ts";
import { type Clock, systemClock } from "./clock.ts";
import { createCloudWatch } from "./cloudwatch/index.ts";
import { createFaults, type Faults } from "./faults/faults.ts";
import { faultyLambda } from "./faults/faulty-lambda.ts";
import { faultyOperations } from "./faults/faulty-operations.ts";
import { createExecuteApi } from "./execute-api/index.ts";
import type { HookEvent, Hooks } from "./hooks.ts";
import { listenOnLoopback } from "./server/listen.ts";
import { createAwsServer, type Page } from "./server/server.ts";
import { createIam } from "./iam/index.ts";
import { createLambda, type Lambda } from "./lambda/index.ts";
import type { SettingsDelays } from "./lambda/delayed-settings.ts";
import { startProcessWatcher } from "./lambda/environment/process-watcher.ts";
import { createLogs, type WrittenLogEvent } from "./logs/index.ts";
import { createObservers, type Observers } from "./observers.ts";
import { createSqs } from "./sqs/index.ts";
import { emptyState, type State } from "./state.ts";
import { createSts } from "./sts/index.ts";
import { createOverview } from "./trace/overview.ts";
import { tracePages } from "./trace/pages.ts";
import type { Recorder } from "./trace/recorder.ts";

export interface LocalAwsOptions {
  /** What exists at the start. The local AWS changes this object in place. */
  state?: State;
  clock?: Clock;
  /** What goes wrong now and then. Default: nothing. */
  faults?: Faults;
  /** What else the port serves, by path. Default: nothing. */
  pages?: Readonly<Record<string, Page>>;
  /** Follows every message, and is served at `/_local/trace`. Default: nothing is recorded. */
  recorder?: Recorder;
  /** How many processes each function may have at work. Default: one per core, at least two. */
  environmentsPerFunction?: number;
  /**
   * Whether processes of other users of this machine may send requests. Every request can run code
   * as this user. Default: no, on Linux; elsewhere the system can't tell them apart.
   */
  allowOtherUsers?: boolean;
  /** Whether the process of a function's first environment is started ahead. Default: no. */
  spareProcesses?: boolean;
  /** How many invocations the account may have at a time in a region. Default: 1,000. */
  accountConcurrency?: number;
  /** How long after AWS accepted a setting it takes effect. Default: at once. */
  settingsDelays?: Partial<SettingsDelays>;
  /** Returns a number from 0 up to 1, for when retries come. Default: `Math.random`. */
  random?: () => number;
}

/** The part of AWS that `terraform/` needs, in this process and on one port of the loopback. */
export interface LocalAws {
  readonly state: State;
  /** The log events of functions, API Gateway and clients. */
  readonly logs: Pick<Observers<WrittenLogEvent>, "subscribe">;
  readonly lambda: Pick<Lambda, "refresh" | "updateFunctionCode">;
  /** `http://localhost:4566`, once it listens: what `AWS_ENDPOINT_URL` is to be set to. */
  readonly endpoint: string;
  /**
   * Listens at 127.0.0.1 and ::1.
   * @param port 0, the default, takes a free one. Rejects where the port is taken.
   */
  listen(port?: number): Promise<void>;
  /** Ends every connection and every function process. */
  close(): Promise<void>;
}

/** Makes a local AWS that isn't listening yet. Several can live side by side. */
export async function createLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const {
    state = emptyState(),
    clock = systemClock,
    faults = createFaults(),
    pages = {},
    recorder,
    environmentsPerFunction: capacity = Math.max(2, availableParallelism()),
    spareProcesses = false,
    accountConcurrency = 1000,
    settingsDelays = {},
    random = Math.random,
    allowOtherUsers = false,
  } = options;
  const workDirectory = await mkdtemp(join(tmpdir(), "websocket-lambda-"));
  const processWatcher = startProcessWatcher(workDirectory);

  let listening: Awaited<ReturnType<typeof listenOnLoopback>> | undefined;
  const endpoint = () => {
    if (listening === undefined)
      throw new Error("The local AWS is not listening. Call listen() first.");
    return `http://localhost:${listening.port}`;
  };
  const base = { state, clock, endpoint };
  const { notify, subscribe } = createObservers<HookEvent>();
  const hooks: Hooks = { emit: (traceHeader, event) => notify({ traceHeader, event }) };
  if (recorder !== undefined)
    subscribe(({ traceHeader, event }) => recorder.emit(traceHeader, event));
  const iam = createIam(base);
  const logs = createLogs({ ...base, iam, hooks });
  const sqs = createSqs({ ...base, iam });
  const lambda = createLambda({
    ...base,
    iam,
    logs,
    sqs,
    middleware: faultyLambda(faults, clock),
    workDirectory,
    processWatcher,
    capacity,
    spareProcesses,
    accountConcurrency,
    settingsDelays,
    random,
    hooks,
  });
  const executeApi = createExecuteApi({ ...base, iam, lambda, logs, hooks });
  const overview = createOverview({ state, lambda, executeApi, sqs });

  const services = {
    apigateway: createApiGateway({ ...base, iam }).service,
    "execute-api": executeApi.service,
    iam: iam.service,
    lambda: lambda.service,
    logs: logs.service,
    monitoring: createCloudWatch({ ...base, iam }).service,
    sqs: sqs.service,
    sts: createSts(base).service,
  };
  const server = createAwsServer({
    iam,
    services,
    middleware: [reportCalls(hooks), faultyOperations(faults, executeApi.drop)],
    pages: { ...(recorder && tracePages({ recorder, overview })), ...pages },
    upgrade: executeApi.upgrade,
    allowOtherUsers,
  });

  return {
    state,
    logs: {
      subscribe: (observe) =>
        subscribe(({ event }) => (event.type === "log" ? observe(event) : undefined)),
    },
    lambda,
    get endpoint() {
      return endpoint();
    },
    async listen(port = 0) {
      listening = await listenOnLoopback(server, port);
    },
    async close() {
      executeApi.close();
      await lambda.close();
      server.closeAllConnections();
      await listening?.close();
      await processWatcher.close();
    },
  };
}
