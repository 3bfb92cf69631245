import type { EnvironmentLog } from "../log/environment-log.ts";
import { loggedErrorType } from "./failures.ts";
import type { Exit, FunctionProcess, FunctionProcessOptions } from "./function-process.ts";
import type { Ending, Phase, PlatformLines } from "../log/log-lines.ts";
import type { MemoryWatch } from "./memory-watch.ts";
import { FrameType, type InvocationHeader } from "../runtime/frames.ts";

/** Starts the process of an environment. */
export type StartProcess = (
  handlers: Pick<FunctionProcessOptions, "onFrame" | "onOutput" | "onExit">,
) => FunctionProcess;

/** One process of an execution environment, from its start to its end, held to its limits. */
export interface Sandbox {
  /** Whether the function is loaded. */
  readonly ready: boolean;
  /** The high-water mark, in MB. */
  readonly memoryUsed: number;
  invoke(header: InvocationHeader, event: Buffer): void;
  freeze(): void;
  kill(reason: KillReason): void;
}

export type KillReason = "time" | "memory" | "shutdown" | "fault";

/** How a sandbox came to its end. */
export interface Death extends Ending {
  /** Of the start, where the sandbox ended before it was ready. */
  phase?: Phase;
  /** JSON of a `FunctionError`: why it was never ready. */
  initError?: Buffer;
  exit: Exit;
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
  startProcess: StartProcess;
  /** @param duration milliseconds that the start took. */
  onReady(duration: number): void;
  onResponse(payload: Buffer): void;
  onError(payload: Buffer): void;
  /** The runtime waits for the next invocation. */
  onNext(): void;
  onDeath(death: Death): void;
}

/** @throws where no process can be started. */
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
    // Once it is killed, its end is on the way, and nothing else is to come of it.
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

  const onExit = (exit: Exit) => {
    unwatch();
    log.flush();
    if (killedFor === "memory") memoryUsed = memorySize;
    const ending = endingOf(killedFor, initError);
    const death = { ...ending, exit, memoryUsed };
    if (ready) return options.onDeath(death);
    const duration = performance.now() - startedAt;
    log.platform(lines.initReport({ phase, duration, ...ending }));
    options.onDeath({ ...death, phase, ...(initError && { initError }) });
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

function endingOf(killedFor: KillReason | undefined, initError: Buffer | undefined): Ending {
  if (killedFor === "time") return { status: "timeout" };
  if (killedFor === "memory") return { status: "error", errorType: "Runtime.OutOfMemory" };
  const errorType = initError === undefined ? "Runtime.ExitError" : loggedErrorType(initError);
  return { status: "error", errorType };
}
