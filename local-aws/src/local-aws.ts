import { mkdtempSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createApiGateway } from "./apigateway/index.ts";
import { reportCalls } from "./call-reports.ts";
import { type Clock, systemClock } from "./clock.ts";
import { createCloudWatch } from "./cloudwatch/index.ts";
import { consolePages } from "./console/index.ts";
import type { ConsoleOptions } from "./console/settings.ts";
import { deadLetterActions, deadLetterPages } from "./console/dead-letter-pages.ts";
import { createDeadLetters } from "./console/dead-letters.ts";
import { createDynamoDb } from "./dynamodb/index.ts";
import { createFaults, type FaultRates, type Faults } from "./faults/faults.ts";
import { faultyLambda } from "./faults/faulty-lambda.ts";
import { faultyOperations } from "./faults/faulty-operations.ts";
import { createExecuteApi } from "./execute-api/index.ts";
import type { FramePattern } from "./frame-pattern.ts";
import type { HookEvent, Hooks } from "./hooks.ts";
import type { Middleware } from "./protocols/operation.ts";
import { listenOnLoopback } from "./server/listen.ts";
import { listenForTls } from "./server/listen-tls.ts";
import { sendJsonText } from "./server/json-page.ts";
import { createAwsServer, type Page } from "./server/server.ts";
import { createIam } from "./iam/index.ts";
import { createLambda, type Lambda } from "./lambda/index.ts";
import { startProcessWatcher } from "./lambda/environment/process-watcher.ts";
import { MAX_ENVIRONMENTS } from "./lambda/environment/scheduling.ts";
import { createLogs, type WrittenLogEvent } from "./logs/index.ts";
import { createObservers } from "./observers.ts";
import { readSnapshot, writeSnapshot } from "./snapshot.ts";
import { createSqs } from "./sqs/index.ts";
import { emptyState, type State } from "./state.ts";
import { createSts } from "./sts/index.ts";
import type { MapStack } from "./terminal/stack-text.ts";
import { timingNamed, type TimingName } from "./timing.ts";
import { createOverview } from "./trace/overview.ts";
import { tracePages } from "./trace/pages.ts";
import { createRecorder, type Recorder } from "./trace/recorder.ts";
import { onSettled } from "./trace/settling.ts";
import type { TracedMessage } from "./trace/types.ts";
import { webSocketUrl } from "./web-socket-url.ts";

export interface LocalAwsOptions {
  /**
   * The account that STS and every ARN name: 12 digits. Default: the account of the snapshot, or
   * `000000000000`.
   */
  accountId?: string;
  /** The resources at the start: the text that `snapshot()` returned. Default: none. */
  snapshot?: string;
  /** The zip files of the functions in the snapshot, by the name of the function. */
  functions?: Readonly<Record<string, Uint8Array>>;
  /** The time of all services. Default: the time of the system. */
  clock?: Clock;
  /** How often each fault is injected, from 0, never, to 1, always. Default: never. */
  faults?: FaultRates;
  /**
   * The seed of the random numbers that select the faults: runs with the same order of events have the
   * same faults. Default: 1.
   */
  seed?: number;
  /**
   * Whether messages are recorded and served at `/_local/trace`. Default: true if there is a console.
   */
  trace?: boolean;
  /**
   * The members by which a frame to a client is an error, such as `{ status: "error" }`. The trace shows
   * its message as rejected. Default: no frame is an error.
   */
  errorFrame?: FramePattern;
  /**
   * The members of a frame to a client that precedes the reply, such as `{ status: "progress" }`. The trace
   * and the console combine these frames, because a message can have many. Default: every frame is a reply.
   */
  progressFrame?: FramePattern;
  /**
   * Replaces positions in the code of functions by positions in their sources, in any text. The trace and
   * the console show the result; log events stay as they are. A position in a file of a zip file has the
   * form `<folder>/<SHA-256 of the zip file in hexadecimal digits>/<file>:<line>:<column>`. Default: texts
   * stay as they are.
   */
  mapStack?: MapStack;
  /** The console at `/`: a page to send messages and to see their traces. Default: false, no page. */
  console?: ConsoleOptions | false;
  /** Handlers of other GET requests, by path. Default: none. */
  pages?: Readonly<Record<string, Page>>;
  /**
   * The number of processes that each function may use at a time if invocations run for 10 ms or longer. For
   * shorter ones, and on a busy machine, it uses one, and with idle cores more. From 1 to 32. Default: one
   * per core, at least two.
   */
  environmentsPerFunction?: number;
  /**
   * Whether processes of other users of this machine may send requests. Every request can run code
   * as this user. Default: false. Only Linux reports the user of a connection, so other systems
   * accept the requests of all users in any case.
   */
  allowOtherUsers?: boolean;
  /**
   * Names of hosts on AWS to which functions can connect, such as `s3.eu-west-1.amazonaws.com`. Default:
   * none. Connections to other hosts on AWS fail, except for those that go to the local AWS.
   */
  allowedAwsHosts?: readonly string[];
  /** Whether the process of a function's first environment is started in advance. Default: false. */
  spareProcesses?: boolean;
  /** The limit of concurrent invocations of the account in a region. Default: 1,000. */
  accountConcurrency?: number;
  /**
   * How long changes take after AWS has accepted them: until a new function is active, an update of a
   * function is complete, an event invoke config or a dead-letter queue is in force, and the name of a
   * deleted queue can be used again. `aws`: as recorded on AWS. `short`: without noticeable delay. Default:
   * `short`.
   */
  timing?: TimingName;
  /** Returns a number from 0 up to 1, for the times of retries. Default: `Math.random`. */
  random?: () => number;
}

/** Functions that are called for events, each optional. */
export interface Listener {
  /** A function, Lambda, API Gateway or a client wrote a log event. */
  log?(event: WrittenLogEvent): unknown;
  /** A service reports an event of a message. */
  event?(event: HookEvent): unknown;
  /**
   * A message has settled: nothing of it is in progress. It is called again if the message continues
   * later. Needs the option `trace` or `console`.
   */
  message?(message: TracedMessage): unknown;
}

/** API Gateway, Lambda, IAM, SQS and CloudWatch, in this process and on one port of this machine. */
export interface LocalAws {
  /**
   * The URL for `AWS_ENDPOINT_URL`, such as `http://localhost:4566`.
   * @throws {Error} before `listen()`.
   */
  readonly endpoint: string;
  /** 12 digits. */
  readonly accountId: string;
  /**
   * The injected faults. `rates` can be changed at any time. `counts` has the number of times that each
   * was injected.
   */
  readonly faults: Pick<Faults, "rates" | "counts">;
  /**
   * Listens on 127.0.0.1 and ::1.
   * @param port 0, the default, selects a free port.
   * @throws {Error} with the code `EADDRINUSE` if the port is in use.
   */
  listen(port?: number): Promise<void>;
  /** Closes all connections and ends all function processes. It can be called before `listen()`. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
  /**
   * The URL of the WebSocket API that has a stage.
   * @param options.apiName the name or the ID of the API. Needed if several APIs have the stage.
   * @throws {Error} that lists the APIs, if none or several match, or before `listen()`.
   */
  webSocketUrl(stage: string, options?: { apiName?: string }): string;
  /**
   * The resources as JSON, for the option `snapshot`: without the code of the functions, and with IDs
   * that are the same after every deployment of the same resources.
   * @throws {Error} before `listen()`.
   */
  snapshot(): string;
  /**
   * Replaces the code of a function, as UpdateFunctionCode does. Connections stay open.
   * @param functionName the name of the function. If several regions have it, all get the code.
   * @param zip the zip file.
   * @throws {Error} if there is no such function, or if Lambda rejects the zip file.
   */
  updateFunctionCode(functionName: string, zip: Uint8Array): void;
  /**
   * Calls a listener for all events from now on, until the returned function is called. An error of the
   * listener is reported once as a process warning, and affects nothing else.
   * @throws {Error} if the listener has `message`, and neither `trace` nor `console` is set.
   */
  subscribe(listener: Listener): () => void;
}

/** A local AWS and its internal parts, for tests. */
export interface AssembledLocalAws {
  aws: LocalAws;
  state: State;
  lambda: Pick<Lambda, "refresh">;
  recorder: Recorder | undefined;
}

/**
 * Creates a local AWS that does not listen yet. One process can have several.
 * @throws {Error} if an option is invalid.
 * @example
 * const aws = createLocalAws({ console: {} });
 * await aws.listen(4566);
 * aws.subscribe({ log: ({ message }) => console.log(message) });
 */
export const createLocalAws = (options: LocalAwsOptions = {}): LocalAws => assemble(options).aws;

/**
 * Creates a local AWS from its services. It does not listen yet.
 * @param parts.state the resources at the start. Default: an empty account.
 * @param parts.recorder replaces the recorder of the trace.
 * @param parts.middleware runs around each operation, inside the injected faults. Default: none.
 */
export function assemble(
  options: LocalAwsOptions,
  parts: { state?: State; recorder?: Recorder; middleware?: readonly Middleware[] } = {},
): AssembledLocalAws {
  const {
    functions = {},
    clock = systemClock,
    console: consoleOptions = false,
    trace = consoleOptions !== false,
    errorFrame,
    progressFrame,
    mapStack,
    pages = {},
    environmentsPerFunction = Math.max(2, availableParallelism()),
    spareProcesses = false,
    accountConcurrency = 1000,
    random = Math.random,
    allowOtherUsers = false,
    allowedAwsHosts = [],
  } = options;
  if (
    !Number.isInteger(environmentsPerFunction) ||
    environmentsPerFunction < 1 ||
    environmentsPerFunction > MAX_ENVIRONMENTS
  )
    throw new RangeError(
      `environmentsPerFunction must be an integer from 1 to ${MAX_ENVIRONMENTS}, not ${environmentsPerFunction}.`,
    );
  const snapshot =
    options.snapshot === undefined ? undefined : readSnapshot(options.snapshot, functions);
  const state = parts.state ?? emptyState(options.accountId ?? snapshot?.accountId);
  const faults = createFaults({ ...options.faults }, options.seed);
  const recorder =
    parts.recorder ?? (trace ? createRecorder({ errorFrame, progressFrame, mapStack }) : undefined);
  const workDirectory = mkdtempSync(join(tmpdir(), "local-aws-"));
  const processWatcher = startProcessWatcher(workDirectory);

  let listening: Awaited<ReturnType<typeof listenOnLoopback>> | undefined;
  let listeningForTls: Awaited<ReturnType<typeof listenForTls>> | undefined;
  const portOf = (listener: { port: number } | undefined) => {
    if (listener === undefined)
      throw new Error("The local AWS is not listening. Call listen() first.");
    return listener.port;
  };
  const endpoint = () => `http://localhost:${portOf(listening)}`;
  const base = { state, clock, endpoint, timing: timingNamed(options.timing ?? "short") };
  const { notify, subscribe: subscribeToHooks } = createObservers<HookEvent>();
  const hooks: Hooks = { emit: (traceHeader, event) => notify({ traceHeader, event }) };
  if (recorder !== undefined)
    subscribeToHooks(({ traceHeader, event }) => recorder.emit(traceHeader, event));
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
    network: () => ({
      port: portOf(listening),
      tlsPort: portOf(listeningForTls),
      allowedAwsHosts: allowedAwsHosts.map((host) => host.toLowerCase()),
    }),
    scheduling: { capacity: environmentsPerFunction },
    spareProcesses,
    accountConcurrency,
    random,
    hooks,
  });
  const executeApi = createExecuteApi({ ...base, iam, lambda, logs, hooks });
  const notice = consoleOptions === false ? undefined : consoleOptions.notice;
  const started = Promise.withResolvers<void>();
  // A page that is still open from an earlier run can send requests while the server starts.
  const startedEndpoint = async () => {
    await started.promise;
    return endpoint();
  };
  const overview = createOverview({
    state,
    lambda,
    executeApi,
    sqs,
    endpoint: startedEndpoint,
    notice,
  });

  const services = {
    apigateway: createApiGateway({ ...base, iam }).service,
    dynamodb: createDynamoDb({ ...base, iam }).service,
    "execute-api": executeApi.service,
    iam: iam.service,
    lambda: lambda.service,
    logs: logs.service,
    monitoring: createCloudWatch({ ...base, iam }).service,
    sqs: sqs.service,
    sts: createSts(base).service,
  };
  const deadLetters = createDeadLetters({ state, lambda, sqs });
  const server = createAwsServer({
    iam,
    services,
    middleware: [
      reportCalls(hooks),
      faultyOperations(faults, executeApi.drop),
      ...(parts.middleware ?? []),
    ],
    pages: {
      ...(recorder && tracePages({ recorder, overview })),
      ...(consoleOptions &&
        consolePages(consoleOptions, {
          errorFrame,
          progressFrame,
          endpoint: startedEndpoint,
        })),
      ...(consoleOptions && {
        ...deadLetterPages(deadLetters),
        "/_local/snapshot": (_request, response) => sendJsonText(response, aws.snapshot()),
      }),
      ...pages,
    },
    actions: consoleOptions === false ? {} : deadLetterActions(deadLetters),
    upgrade: executeApi.upgrade,
    isApiHost: executeApi.isApiHost,
    allowOtherUsers,
  });

  /** Returns the ARNs of all functions, or of those with a name. */
  const functionArns = (functionName?: string) =>
    Object.values(state.regions).flatMap((region) =>
      Object.values(region.lambda.functions)
        .filter(({ configuration: { FunctionName: name } }) => (functionName ?? name) === name)
        .map(({ configuration }) => configuration.FunctionArn),
    );
  const close = async () => {
    executeApi.close();
    await lambda.close();
    server.closeAllConnections();
    await Promise.all([listening?.close(), listeningForTls?.close()]);
    await processWatcher.close();
  };
  const aws: LocalAws = {
    get endpoint() {
      return endpoint();
    },
    get accountId() {
      return state.accountId;
    },
    faults,
    async listen(port = 0) {
      listening = await listenOnLoopback(server, port);
      listeningForTls = await listenForTls(server);
      if (snapshot !== undefined) {
        Object.assign(state, snapshot.stateFor(endpoint(), state.accountId));
        for (const functionArn of functionArns()) lambda.refresh(functionArn);
      }
      lambda.resume();
      started.resolve();
    },
    close,
    [Symbol.asyncDispose]: close,
    webSocketUrl: (stage, { apiName } = {}) => webSocketUrl(state, endpoint(), stage, apiName),
    snapshot: () => writeSnapshot(state, endpoint()),
    updateFunctionCode(functionName, zip) {
      const functionNamed = functionArns(functionName);
      if (functionNamed.length === 0)
        throw new Error(`There is no function with the name "${functionName}".`);
      for (const functionArn of functionNamed)
        lambda.updateFunctionCode(functionArn, Buffer.from(zip));
    },
    subscribe(listener) {
      const { log, event, message } = listener;
      if (message !== undefined && recorder === undefined)
        throw new Error("A listener for messages needs the option trace: true.");
      const subscriptions = [
        log &&
          subscribeToHooks((reported) => {
            if (reported.event.type === "log") log.call(listener, reported.event);
          }),
        event && subscribeToHooks(event.bind(listener)),
        message && recorder && onSettled(recorder, message.bind(listener)),
      ];
      return () => {
        for (const unsubscribe of subscriptions) unsubscribe?.();
      };
    },
  };
  return { aws, state, lambda, recorder };
}
