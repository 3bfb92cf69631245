import type { EnvironmentLog } from "../log/environment-log.ts";
import {
  exited,
  INVALID_ENTRYPOINT,
  notStarted,
  RESPONSE_LIMIT,
  responseTooLarge,
  timedOut,
} from "./failures.ts";
import type { Ending, PlatformLines } from "../log/log-lines.ts";
import type { MemoryWatch } from "./memory-watch.ts";
import { type Death, type Sandbox, type StartProcess, startSandbox } from "./sandbox.ts";
import type { FunctionConfiguration } from "../state.ts";
import type { Hooks, InvocationEvent } from "../../hooks.ts";
import { functionEnd } from "./function-end.ts";

export interface Invocation {
  requestId: string;
  payload: Buffer;
  traceHeader: string;
  /** JSON. */
  clientContext?: string;
}

export interface InvocationResult {
  requestId: string;
  /** JSON: the handler's result, or a `FunctionError`. */
  payload: Buffer;
  functionError?: "Unhandled";
  /** The log lines of this invocation. */
  log: string[];
}

/**
 * One execution environment: a log stream and a process, which runs one invocation at a time and is
 * frozen between them. Where the process ends, for whatever reason, the next invocation starts
 * another one, in its own time and in the same stream.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export interface ExecutionEnvironment {
  /** Whether the function is loaded. */
  isReady(): boolean;
  /** @param onDone called once, and last of all that an invocation does here. */
  invoke(invocation: Invocation, onDone: (result: InvocationResult) => void): void;
  freeze(): void;
  /** Has its process die, as it may at any moment. */
  crash(): void;
  /** Ends the process at once; a running invocation fails. */
  shutDown(): void;
}

export interface EnvironmentOptions {
  configuration: FunctionConfiguration;
  /** The name of its log stream. */
  name: string;
  log: EnvironmentLog;
  hooks: Hooks;
  lines: PlatformLines;
  memoryWatch: MemoryWatch;
  /** Milliseconds that the first start may take, which is outside of any invocation. */
  initTimeout: number;
  startProcess: StartProcess;
  /** It was shut down, its process has ended, and a running invocation has been answered. */
  onEnd(): void;
}

interface Running {
  invocation: Invocation;
  /** Runs once there is a process, and before that where the invocation has to start one itself. */
  time?: { startedAt: number; deadline: number; timer: NodeJS.Timeout };
  result?: { payload: Buffer; functionError?: "Unhandled" };
  onDone(result: InvocationResult): void;
}

/**
 * Starts an environment. Its limits of time do not go by the clock of the local AWS: they are those
 * of a process, which lives in real time.
 * @throws where no process can be started.
 */
export function startExecutionEnvironment(options: EnvironmentOptions): ExecutionEnvironment {
  const { configuration, name: environment, log, lines, hooks } = options;
  const { FunctionArn, FunctionName: functionName, MemorySize, Timeout } = configuration;
  let sandbox: Sandbox | undefined;
  let running: Running | undefined;
  let initDuration: number | undefined;
  let shutDown = false;
  let isNew = true;
  let ended = false;

  const record = ({ invocation: { requestId, traceHeader } }: Running, detail: InvocationEvent) =>
    hooks.emit(traceHeader, { ...detail, invocation: { functionName, requestId } });

  const onceEnded = () => {
    if (!ended) options.onEnd();
    ended = true;
  };

  const start = (phase: "init" | "invoke") => {
    let timer: NodeJS.Timeout | undefined;
    sandbox = startSandbox({
      ...options,
      phase,
      memorySize: MemorySize,
      onReady(duration) {
        clearTimeout(timer);
        if (phase === "init") initDuration = duration;
        if (running !== undefined) begin(running);
      },
      onResponse: (payload) => {
        if (running !== undefined) running.result = responseOf(payload);
      },
      onError: (payload) => {
        if (running !== undefined) running.result = { payload, functionError: "Unhandled" };
      },
      onNext: () => {
        const memoryUsed = sandbox?.memoryUsed ?? 0;
        if (running !== undefined) end(running, { status: "success", memoryUsed });
      },
      onDeath(death) {
        clearTimeout(timer);
        onDeath(death);
      },
    });
    if (phase === "init") timer = setTimeout(() => sandbox?.kill("time"), options.initTimeout);
  };

  const startTime = () => ({
    startedAt: performance.now(),
    deadline: Date.now() + Timeout * 1000,
    timer: setTimeout(() => sandbox?.kill("time"), Timeout * 1000),
  });

  const begin = (run: Running) => {
    const { deadline } = (run.time ??= startTime());
    const { payload, traceHeader, ...invocation } = run.invocation;
    record(run, { type: "function-start" });
    log.platform(lines.start(invocation.requestId));
    const header = { ...invocation, traceId: traceHeader, functionArn: FunctionArn, deadline };
    sandbox?.invoke(header, payload);
  };

  const end = (run: Running, ending: Ending & { memoryUsed: number }) => {
    clearTimeout(run.time?.timer);
    log.flush();
    const { requestId } = run.invocation;
    const result = run.result ?? { payload: Buffer.from("null") };
    const elapsed = performance.now() - (run.time?.startedAt ?? performance.now());
    const report = {
      ...ending,
      requestId,
      duration: ending.status === "timeout" ? Timeout * 1000 : elapsed,
      initDuration,
      producedBytes: result.functionError === undefined ? result.payload.length : 0,
    };
    log.platform(lines.report(report));
    record(run, { type: "function-end", environment, ...functionEnd(report, result) });
    initDuration = undefined;
    running = undefined;
    run.onDone({ requestId, log: log.tail, ...result });
  };

  const onDeath = (death: Death) => {
    sandbox = undefined;
    // Lambda runs a start that failed once more, in the time of the invocation that needs it.
    if (running && death.phase === "init" && !shutDown) restart(running);
    else if (running) fail(running, death, payloadOf(running.invocation, death));
    if (shutDown && sandbox === undefined) onceEnded();
  };

  const payloadOf = ({ requestId }: Invocation, { status, initError, exit }: Death) =>
    status === "timeout" ? timedOut(requestId, Timeout) : (initError ?? exited(requestId, exit));

  const fail = (run: Running, death: Omit<Death, "exit">, payload: Buffer) => {
    if (death.phase !== undefined) log.platform(lines.start(run.invocation.requestId));
    // What the handler had answered by then has reached the invoker.
    run.result ??= { payload, functionError: "Unhandled" };
    end(run, death);
  };

  const restart = (run: Running) => {
    run.time = startTime();
    try {
      start("invoke");
    } catch (error) {
      const death = { status: "error", errorType: INVALID_ENTRYPOINT, memoryUsed: 0 } as const;
      const payload = notStarted(run.invocation.requestId, error);
      fail(run, { ...death, phase: "invoke" }, payload);
    }
  };

  start("init");
  return {
    isReady: () => sandbox?.ready ?? false,
    invoke(invocation, onDone) {
      log.tail = [];
      running = { invocation, onDone };
      const start = isNew ? "cold" : "warm";
      record(running, { type: "environment", environment, start });
      isNew = false;
      if (sandbox === undefined) restart(running);
      else if (sandbox.ready) begin(running);
    },
    freeze: () => sandbox?.freeze(),
    crash: () => sandbox?.kill("fault"),
    shutDown() {
      if (shutDown) return;
      shutDown = true;
      if (sandbox === undefined) onceEnded();
      else sandbox.kill("shutdown");
    },
  };
}

const responseOf = (payload: Buffer): NonNullable<Running["result"]> =>
  payload.length > RESPONSE_LIMIT
    ? { payload: responseTooLarge(payload.length), functionError: "Unhandled" }
    : { payload };
