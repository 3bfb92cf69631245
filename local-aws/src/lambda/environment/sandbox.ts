import type { EnvironmentLog } from "../log/environment-log.ts";
import { loggedErrorType } from "./failures.ts";
import type { FunctionProcess, FunctionProcessOptions, ProcessExit } from "./function-process.ts";
import type { Phase, PlatformLines, ReportStatus } from "../log/log-lines.ts";
import type { MemoryWatch } from "./memory-watch.ts";
import { FrameType, type InvocationHeader } from "../runtime/frames.ts";

/**
 * Starts the process of an environment.
 * @throws {Error} if the system cannot start another process.
 */
export type ProcessStarter = (
  handlers: Pick<FunctionProcessOptions, "onFrame" | "onOutput" | "onExit">,
) => FunctionProcess;

/**
 * One process of an execution environment, from its start to its exit, with the limits that Lambda
 * sets: it loads the function, then runs one invocation after the other, and is killed when it
 * exceeds its time or its memory.
 */
export interface Sandbox {
  /** Whether the function is loaded. */
  readonly ready: boolean;
  /** The high-water mark, in MB. */
  readonly memoryUsed: number;
  invoke(header: InvocationHeader, event: Buffer): void;
  freeze(): void;
  kill(reason: KillReason): void;
}

export type KillReason = "time" | "memory" | "shutdown" | "crash";

/** How the process exited, and the status that Lambda reports for it. */
export interface SandboxExit extends ReportStatus {
  /** Of the start, if the process exited before the function was loaded. */
  phase?: Phase;
  /** JSON of a `FunctionError`: why the function could not be loaded. */
  initError?: Buffer;
  process: ProcessExit;
  /** The high-water mark, in MB. */
  memoryUsed: number;
}

export interface SandboxOptions {
  phase: Phase;
  /** MB. */
  memorySize: number;
  log: EnvironmentLog;
  lines: PlatformLines;
  memoryWatch: MemoryWatch;
  startProcess: ProcessStarter;
  /** @param duration milliseconds that the start took. */
  onReady(duration: number): void;
  onResponse(payload: Buffer): void;
  onError(payload: Buffer): void;
  /** The runtime waits for the next invocation. */
  onNext(): void;
  onExit(exit: SandboxExit): void;
}

/** @throws {Error} if the system cannot start another process. */
export function startSandbox(options: SandboxOptions): Sandbox {
  const { phase, memorySize, log, lines } = options;
  let ready = false;
  let frozen = false;
  let memoryUsed = 0;
  let initError: Buffer | undefined;
  let killedFor: KillReason | undefined;

  const noteMemory = (megabytes: number) => {
    memoryUsed = Math.min(memorySize, Math.max(memoryUsed, Math.ceil(megabytes)));
  };
  const noteKilobytes = (payload: Buffer) => noteMemory(Number(payload.toString()) / 1024);

  const kill = (reason: KillReason) => {
    noteMemory(child.memoryUsed() ?? 0);
    killedFor ??= reason;
    child.kill();
  };

  const onFrame = (type: FrameType, payload: Buffer) => {
    switch (type) {
      case FrameType.Log:
        return log.line(payload.toString());
      case FrameType.Output:
        return log.output(payload);
      case FrameType.InitError:
        initError = payload;
        return;
      case FrameType.Response:
        return options.onResponse(payload);
      case FrameType.Error:
        return options.onError(payload);
      default:
        noteKilobytes(payload);
    }
    // A killed process is about to exit: nothing but its exit has an effect.
    if (killedFor !== undefined) return;
    if (type === FrameType.InitDone) onInitDone();
    if (type === FrameType.Next) options.onNext();
  };

  const onInitDone = () => {
    ready = true;
    const duration = performance.now() - startedAt;
    log.platform(lines.initReport({ phase, duration, status: "success" }));
    options.onReady(duration);
  };

  const onExit = (process: ProcessExit) => {
    unwatch();
    log.flush();
    if (killedFor === "memory") memoryUsed = memorySize;
    const status = statusOf(killedFor, initError);
    const exit = { ...status, process, memoryUsed };
    if (ready) return options.onExit(exit);
    const duration = performance.now() - startedAt;
    log.platform(lines.initReport({ phase, duration, ...status }));
    options.onExit({ ...exit, phase, ...(initError && { initError }) });
  };

  log.platform(lines.initStart(phase));
  const startedAt = performance.now();
  const child = options.startProcess({ onFrame, onOutput: log.output, onExit });
  child.load();
  const unwatch = options.memoryWatch.add(() => {
    if (!frozen && (child.memoryUsed() ?? 0) > memorySize) kill("memory");
  });
  return {
    get ready() {
      return ready;
    },
    get memoryUsed() {
      return memoryUsed;
    },
    invoke(header, event) {
      frozen = false;
      child.invoke(header, event);
    },
    freeze() {
      frozen = true;
      child.freeze();
    },
    kill,
  };
}

function statusOf(killedFor: KillReason | undefined, initError: Buffer | undefined): ReportStatus {
  if (killedFor === "time") return { status: "timeout" };
  if (killedFor === "memory") return { status: "error", errorType: "Runtime.OutOfMemory" };
  const errorType = initError === undefined ? "Runtime.ExitError" : loggedErrorType(initError);
  return { status: "error", errorType };
}
