import type { Clock } from "../clock.ts";
import type { LogEvent } from "../logs/index.ts";
import { type Exit, type FunctionProcess, startFunctionProcess } from "./function-process.ts";
import { type PlatformLines, platformLines } from "./log-lines.ts";
import { FrameType, type FunctionError } from "./runtime/frames.ts";
import type { FunctionConfiguration } from "./state.ts";

export interface Invocation {
  requestId: string;
  payload: Buffer;
  traceId: string;
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
 * One execution environment: a process that runs one invocation at a time and is frozen between
 * them. Once its process has ended, for whatever reason, it takes no more.
 */
export interface ExecutionEnvironment {
  invoke(invocation: Invocation): Promise<InvocationResult>;
  freeze(): void;
  /** Ends the process at once; a running invocation fails. */
  shutDown(): void;
}

export interface EnvironmentOptions {
  clock: Clock;
  configuration: FunctionConfiguration;
  region: string;
  runtimeFile: string;
  taskRoot: string;
  logStreamName: string;
  environment: Record<string, string>;
  writeLogs(events: LogEvent[]): void;
  /** The process has ended, and a running invocation has been answered. */
  onEnd(): void;
}

interface Running {
  invocation: Invocation;
  startedAt: number;
  log: string[];
  result?: { payload: Buffer; functionError?: "Unhandled" };
  timedOut: boolean;
  timer: NodeJS.Timeout | undefined;
  settle(result: InvocationResult): void;
}

export function startExecutionEnvironment(options: EnvironmentOptions): ExecutionEnvironment {
  const { clock, configuration, region, writeLogs } = options;
  const { FunctionName, FunctionArn, MemorySize, Timeout, LoggingConfig } = configuration;
  const lines: PlatformLines = platformLines(LoggingConfig, region, () => clock.now());
  const spawnedAt = performance.now();
  let initDuration: number | undefined;
  let ready = false;
  let initError: Buffer | undefined;
  let running: Running | undefined;

  const write = (messages: string[]) => {
    running?.log.push(...messages);
    writeLogs(messages.map((message) => ({ timestamp: clock.now(), message })));
  };

  const begin = (run: Running) => {
    const { requestId, payload, traceId } = run.invocation;
    run.startedAt = performance.now();
    write(lines.start(requestId, FunctionArn));
    run.timer = setTimeout(() => {
      run.timedOut = true;
      child.kill();
    }, Timeout * 1000);
    const deadline = Date.now() + Timeout * 1000;
    child.invoke({ requestId, functionArn: FunctionArn, traceId, deadline }, payload);
  };

  const end = (
    status: "success" | "timeout" | "error",
    maxMemoryUsed: number,
    errorType?: string,
  ) => {
    const run = running;
    if (run === undefined) return;
    clearTimeout(run.timer);
    const { requestId } = run.invocation;
    write(
      lines.report({
        requestId,
        duration: status === "timeout" ? Timeout * 1000 : performance.now() - run.startedAt,
        ...(initDuration === undefined ? {} : { initDuration }),
        memorySize: MemorySize,
        maxMemoryUsed: Math.min(maxMemoryUsed, MemorySize),
        status,
        ...(errorType === undefined ? {} : { errorType }),
      }),
    );
    initDuration = undefined;
    running = undefined;
    const result = run.result ?? { payload: Buffer.from("null") };
    run.settle({ requestId, log: run.log, ...result });
  };

  const onFrame = (type: FrameType, payload: Buffer) => {
    switch (type) {
      case FrameType.Log:
        return write([lineOf(payload, LoggingConfig.LogFormat)]);
      case FrameType.Output:
        return write([payload.toString()]);
      case FrameType.InitDone:
        ready = true;
        initDuration = performance.now() - spawnedAt;
        return running === undefined ? undefined : begin(running);
      case FrameType.InitError:
        initError = payload;
        return;
      case FrameType.Response:
        if (running) running.result = { payload };
        return;
      case FrameType.Error:
        if (running) running.result = { payload, functionError: "Unhandled" };
        return;
      case FrameType.Next:
        return end("success", Math.ceil(Number(payload.toString()) / 1024));
    }
  };

  const onExit = (exit: Exit) => {
    if (running !== undefined) {
      const { requestId } = running.invocation;
      const error = running.timedOut ? timedOut(requestId, Timeout) : exited(requestId, exit);
      const payload = running.timedOut ? undefined : (running.result?.payload ?? initError);
      running.result = {
        payload: payload ?? Buffer.from(JSON.stringify(error)),
        functionError: "Unhandled",
      };
      if (running.timedOut) end("timeout", MemorySize);
      else end("error", MemorySize, error.errorType);
    }
    options.onEnd();
  };

  const child: FunctionProcess = startFunctionProcess({
    runtimeFile: options.runtimeFile,
    taskRoot: options.taskRoot,
    memorySize: MemorySize,
    environment: options.environment,
    onFrame,
    onExit,
  });
  write(
    lines.initStart({
      functionName: FunctionName,
      instanceId: options.logStreamName,
      memorySize: MemorySize,
    }),
  );

  return {
    invoke: (invocation) =>
      new Promise((settle) => {
        running = { invocation, startedAt: 0, log: [], timedOut: false, timer: undefined, settle };
        if (!ready) return;
        child.thaw();
        begin(running);
      }),
    freeze: () => child.freeze(),
    shutDown: () => child.kill(),
  };
}

/** Lines of text format end in a line end, those of JSON do not. */
const lineOf = (payload: Buffer, format: "Text" | "JSON") =>
  format === "Text" ? `${payload.toString()}\n` : payload.toString();

const timedOut = (requestId: string, seconds: number): FunctionError => ({
  errorType: "Sandbox.Timedout",
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
});

const exited = (requestId: string, { code, signal }: Exit): FunctionError => ({
  errorType: "Runtime.ExitError",
  errorMessage: `RequestId: ${requestId} Error: Runtime exited ${exitReason(code, signal)}`,
});

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `with error: signal: ${signalNames[signal] ?? signal}`;
  return code === 0 ? "without providing a reason" : `with error: exit status ${code}`;
}

/** Signals as Go prints them, which is what Lambda's own messages are made of. */
const signalNames: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: "aborted",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
};
