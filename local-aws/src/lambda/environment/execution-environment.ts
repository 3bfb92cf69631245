import type { Hooks, InvocationEvent } from "../../hooks.ts";
import type { EnvironmentLog } from "../log/environment-log.ts";
import type { Phase, PlatformLines, Report, ReportStatus } from "../log/log-lines.ts";
import type { FunctionConfiguration } from "../state.ts";
import {
  exited,
  INVALID_ENTRYPOINT,
  notStarted,
  RESPONSE_LIMIT,
  responseTooLarge,
  timedOut,
} from "./failures.ts";
import { invocationReport } from "./invocation-report.ts";
import type { MemoryWatch } from "./memory-watch.ts";
import { type ProcessStarter, type Sandbox, type SandboxExit, startSandbox } from "./sandbox.ts";

export interface Invocation {
  requestId: string;
  payload: Buffer;
  /** As the invoker named the function, with the qualifier if there is one. Default: without one. */
  functionArn?: string | undefined;
  traceHeader: string;
  /** JSON. */
  clientContext?: string;
}

/** What the invoker gets. */
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
 * frozen between them. If the process exits, the environment stays: the next invocation starts
 * another process, in the invocation's own time and with the same stream.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export interface ExecutionEnvironment {
  /** Whether the function is loaded. */
  isReady(): boolean;
  /** @param onDone called once, as the last step of an invocation. */
  invoke(invocation: Invocation, onDone: (result: InvocationResult) => void): void;
  freeze(): void;
  /** Kills its process. */
  crash(): void;
  /** Ends the environment at once; a running invocation fails. */
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
  startProcess: ProcessStarter;
  /**
   * The environment has ended: it was shut down, its process has exited, and a running invocation
   * has its result.
   */
  onEnd(): void;
}

/**
 * Starts an environment. Its time limits do not follow the clock of the local AWS: they are those of
 * a process, which runs in real time.
 * @throws {Error} if the system cannot start another process.
 */
export const startExecutionEnvironment = (options: EnvironmentOptions): ExecutionEnvironment =>
  new ProcessEnvironment(options);

/** An invocation, from the moment this environment gets it until its result. */
interface Run {
  readonly invocation: Invocation;
  readonly onDone: (result: InvocationResult) => void;
  /** Starts with the handler, or before that if the invocation has to start the process. */
  time?: { startedAt: number; deadline: number; timer: NodeJS.Timeout };
  response?: Response;
}

type Response = Pick<InvocationResult, "payload" | "functionError">;

/**
 * - `starting`: the process loads the function. An invocation may wait for it already.
 * - `idle`: the function is loaded and waits. The process may be frozen.
 * - `busy`: the function runs an invocation.
 * - `stopped`: the process has exited. The next invocation starts another one.
 * - `ending`: the environment was shut down, and its process was killed.
 * - `ended`
 *
 *     starting → idle ⇄ busy             loaded; invoke, next
 *     starting, idle, busy → stopped     the process exits
 *     stopped → starting                 invoke
 *     any → ending → ended               shutDown; the process exits
 */
type EnvironmentState = "starting" | "idle" | "busy" | "stopped" | "ending" | "ended";

class ProcessEnvironment implements ExecutionEnvironment {
  readonly #options: EnvironmentOptions;
  #state: EnvironmentState = "stopped";
  /** In every state but `stopped` and `ended`. */
  #sandbox: Sandbox | undefined;
  /** While an invocation waits for the process to start, and in `busy`. */
  #run: Run | undefined;
  /** Of a start outside of an invocation; part of the next report. */
  #initDuration: number | undefined;
  /** Whether it has had no invocation yet. */
  #isNew = true;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#start("init");
  }

  isReady(): boolean {
    return this.#sandbox?.ready ?? false;
  }

  invoke(invocation: Invocation, onDone: (result: InvocationResult) => void): void {
    const { log, name } = this.#options;
    log.tail = [];
    const run: Run = { invocation, onDone };
    this.#run = run;
    const start = this.#isNew ? "cold" : "warm";
    this.#isNew = false;
    this.#emit(run, { type: "environment", environment: name, start });
    if (this.#state === "stopped") this.#restart(run);
    else if (this.#state === "idle") this.#begin(run);
  }

  freeze(): void {
    this.#sandbox?.freeze();
  }

  crash(): void {
    this.#sandbox?.kill("crash");
  }

  shutDown(): void {
    if (this.#state === "ending" || this.#state === "ended") return;
    if (this.#sandbox === undefined) return this.#end();
    this.#state = "ending";
    this.#sandbox.kill("shutdown");
  }

  /** stopped → starting */
  #start(phase: Phase): void {
    const { initTimeout, configuration } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    this.#sandbox = startSandbox({
      ...this.#options,
      phase,
      memorySize: configuration.MemorySize,
      onReady: (duration) => {
        clearTimeout(timer);
        if (phase === "init") this.#initDuration = duration;
        this.#state = "idle";
        if (this.#run !== undefined) this.#begin(this.#run);
      },
      onResponse: (payload) => {
        if (this.#run !== undefined) this.#run.response = checkedResponse(payload);
      },
      onError: (payload) => {
        if (this.#run !== undefined) this.#run.response = { payload, functionError: "Unhandled" };
      },
      onNext: () => this.#next(),
      onExit: (exit) => {
        clearTimeout(timer);
        this.#exited(exit);
      },
    });
    this.#state = "starting";
    if (phase === "init") timer = setTimeout(() => this.#sandbox?.kill("time"), initTimeout);
  }

  /** idle → busy */
  #begin(run: Run): void {
    const { configuration, log, lines } = this.#options;
    const { deadline } = (run.time ??= this.#startTime());
    const { payload, traceHeader, ...invocation } = run.invocation;
    const { functionArn = configuration.FunctionArn } = invocation;
    this.#state = "busy";
    this.#emit(run, { type: "function-start" });
    // The function starts while its line is written. Its own lines arrive later.
    this.#sandbox?.invoke({ ...invocation, traceId: traceHeader, functionArn, deadline }, payload);
    log.platform(lines.start(invocation.requestId));
  }

  /** busy → idle: the runtime asks for the next invocation. */
  #next(): void {
    if (this.#state === "busy") this.#state = "idle";
    const memoryUsed = this.#sandbox?.memoryUsed ?? 0;
    if (this.#run !== undefined) this.#finish(this.#run, { status: "success", memoryUsed });
  }

  /** starting, idle, busy → stopped, or ending → ended */
  #exited(exit: SandboxExit): void {
    const run = this.#run;
    const ending = this.#state === "ending";
    this.#sandbox = undefined;
    if (!ending) this.#state = "stopped";
    // Lambda repeats a failed start once, in the time of the invocation that needs it.
    if (run && exit.phase === "init" && !ending) this.#restart(run);
    else if (run) this.#fail(run, exit, this.#errorOf(run, exit));
    if (ending) this.#end();
  }

  /** Starts a process in the time of the invocation that needs it. */
  #restart(run: Run): void {
    run.time = this.#startTime();
    try {
      this.#start("invoke");
    } catch (error) {
      const status = { status: "error", errorType: INVALID_ENTRYPOINT, memoryUsed: 0 } as const;
      const payload = notStarted(run.invocation.requestId, error);
      this.#fail(run, { ...status, phase: "invoke" }, payload);
    }
  }

  #fail(run: Run, exit: Omit<SandboxExit, "process">, payload: Buffer): void {
    const { log, lines } = this.#options;
    if (exit.phase !== undefined) log.platform(lines.start(run.invocation.requestId));
    // A response that the handler gave before the exit has reached the invoker.
    run.response ??= { payload, functionError: "Unhandled" };
    this.#finish(run, exit);
  }

  /** The invocation has its result. */
  #finish(run: Run, status: ReportStatus & { memoryUsed: number }): void {
    const { configuration, log, lines, name } = this.#options;
    clearTimeout(run.time?.timer);
    log.flush();
    const { requestId } = run.invocation;
    const response = run.response ?? { payload: Buffer.from("null") };
    const elapsed = performance.now() - (run.time?.startedAt ?? performance.now());
    const report: Report = {
      ...status,
      requestId,
      duration: status.status === "timeout" ? configuration.Timeout * 1000 : elapsed,
      initDuration: this.#initDuration,
      producedBytes: response.functionError === undefined ? response.payload.length : 0,
    };
    log.platform(lines.report(report));
    const reported = invocationReport(report, response);
    this.#emit(run, { type: "function-end", environment: name, ...reported });
    this.#initDuration = undefined;
    this.#run = undefined;
    run.onDone({ requestId, log: log.tail, ...response });
  }

  #end(): void {
    this.#state = "ended";
    this.#options.onEnd();
  }

  #errorOf({ invocation }: Run, { status, initError, process }: SandboxExit): Buffer {
    const { requestId } = invocation;
    if (status === "timeout") return timedOut(requestId, this.#options.configuration.Timeout);
    return initError ?? exited(requestId, process);
  }

  #startTime(): NonNullable<Run["time"]> {
    const milliseconds = this.#options.configuration.Timeout * 1000;
    return {
      startedAt: performance.now(),
      deadline: Date.now() + milliseconds,
      timer: setTimeout(() => this.#sandbox?.kill("time"), milliseconds),
    };
  }

  #emit({ invocation: { requestId, traceHeader } }: Run, event: InvocationEvent): void {
    const functionName = this.#options.configuration.FunctionName;
    this.#options.hooks.emit(traceHeader, { ...event, invocation: { functionName, requestId } });
  }
}

const checkedResponse = (payload: Buffer): Response =>
  payload.length > RESPONSE_LIMIT
    ? { payload: responseTooLarge(), functionError: "Unhandled" }
    : { payload };
