import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import {
  encodeFrame,
  frameDecoder,
  type FrameType,
  type InvocationHeader,
} from "./runtime/frames.ts";

/** The operating-system process of one execution environment. */
export interface FunctionProcess {
  invoke(header: InvocationHeader, payload: Buffer): void;
  /** Stops the process where it is, as Lambda does between invocations. */
  freeze(): void;
  thaw(): void;
  kill(): void;
}

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface FunctionProcessOptions {
  /** The compiled runtime. */
  runtimeFile: string;
  taskRoot: string;
  /** MB. */
  memorySize: number;
  environment: Record<string, string>;
  onFrame(type: FrameType, payload: Buffer): void;
  onExit(exit: Exit): void;
}

export function startFunctionProcess(options: FunctionProcessOptions): FunctionProcess {
  const { runtimeFile, taskRoot, memorySize, environment, onFrame, onExit } = options;
  const [command, ...leading] = [...dyingWithParent, process.execPath];
  const child = spawn(
    command ?? process.execPath,
    [...leading, ...heapFlags(memorySize), runtimeFile],
    {
      cwd: taskRoot,
      env: environment,
      // A group of its own, so that whatever the function started is frozen and killed with it.
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    },
  );
  const input = child.stdio[3] as Writable;
  const output = child.stdio[4] as Readable;
  output.on(
    "data",
    frameDecoder((type, payload) => onFrame(type as FrameType, payload)),
  );
  // A process that died while being written to is reported by its exit.
  input.on("error", () => {});
  child.on("error", () => onExit({ code: 1, signal: null }));
  onceExitedAndRead(child, output, onExit);

  const signal = (name: NodeJS.Signals) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      // It ended a moment ago: its exit is on the way.
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  };
  return {
    invoke: (header, payload) => {
      input.write(encodeFrame(0, JSON.stringify(header)));
      input.write(encodeFrame(0, payload));
    },
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    kill: () => signal("SIGKILL"),
  };
}

/** Calls back when the process has ended and everything it had sent was read. */
function onceExitedAndRead(
  child: ChildProcess,
  output: Readable,
  onExit: (exit: Exit) => void,
): void {
  let exit: Exit | undefined;
  let read = false;
  const settle = () => {
    if (exit !== undefined && read) onExit(exit);
  };
  child.on("exit", (code, signal) => {
    exit = { code, signal };
    settle();
  });
  output.on("close", () => {
    read = true;
    settle();
  });
}

/** The heap of a function: Lambda's own flags leave a tenth of the memory to the rest. */
function heapFlags(memorySize: number): string[] {
  const rest = Math.floor(memorySize / 10);
  return [
    "--expose-gc",
    "--max-http-header-size=81920",
    `--max-semi-space-size=${Math.max(1, Math.floor(rest / 2))}`,
    `--max-old-space-size=${memorySize - rest}`,
  ];
}

/**
 * On Linux the kernel ends a function with the local AWS, even when that is killed and the function
 * is frozen. Elsewhere a function ends when it next runs and finds its pipe closed.
 */
const setpriv = "/usr/bin/setpriv";
const dyingWithParent =
  process.platform === "linux" && existsSync(setpriv) ? [setpriv, "--pdeathsig", "KILL"] : [];
