import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import {
  encodeFrame,
  encodeInvocation,
  frameDecoder,
  FrameType,
  type InvocationHeader,
} from "../runtime/frames.ts";
import type { OptFolder } from "../layers/opt-folder.ts";
import type { NodeExecutable } from "./node-executable.ts";

/** The operating-system process of one execution environment. */
export interface FunctionProcess {
  /** Of the process, and of its group. */
  readonly pid: number;
  /** Makes the process load the function. */
  load(): void;
  /** Sends an invocation, and resumes the process if it is frozen. */
  invoke(header: InvocationHeader, event: Buffer): void;
  /** Freezes the process, as Lambda does between invocations. */
  freeze(): void;
  kill(): void;
  /** Returns its resident memory in MB, or undefined if the system does not report it. */
  memoryUsed(): number | undefined;
}

/** How a process exited. */
export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface FunctionProcessOptions {
  node: NodeExecutable;
  /** The compiled runtime. */
  runtimeFile: string;
  /** A file to load before. */
  networkFile: string | undefined;
  taskRoot: string;
  layers?: Pick<OptFolder, "opt">;
  /** MB. */
  memorySize: number;
  environment: Record<string, string>;
  onFrame(type: FrameType, payload: Buffer): void;
  /** Gets output that did not pass through the runtime: of V8, or of a child process. */
  onOutput(text: string): void;
  /** Called when the process has exited and all its output was read. */
  onExit(exit: ProcessExit): void;
}

/** How long output is read after the exit, if another process still has the pipes open. */
const OUTPUT_GRACE_MILLISECONDS = 100;

/** @throws {Error} if the system cannot start another process. */
export function startFunctionProcess(options: FunctionProcessOptions): FunctionProcess {
  const child = spawnRuntime(options);
  const { pid } = child;
  // This event follows the exit. If the process could not be started, there is no exit event.
  child.on("error", () => {});
  if (pid === undefined) throw new Error("Could not start a process for the function.");
  const input = child.stdio[3] as Writable;
  // If the process exited during a write, its exit is reported.
  input.on("error", () => {});
  const frames = child.stdio[4] as Readable;
  frames.on("data", frameDecoder(options.onFrame));
  readOutput(child, options.onOutput);

  let frozen = false;
  const signal = (name: NodeJS.Signals) => signalGroup(pid, name);
  const running = () => child.exitCode === null && child.signalCode === null;
  whenEnded(child, () => signal("SIGKILL"), options.onExit);
  return {
    pid,
    load: () => void input.write(encodeFrame(FrameType.Load, "")),
    invoke(header, event) {
      input.write(encodeInvocation(header, event));
      if (frozen && running()) signal("SIGCONT");
      frozen = false;
    },
    freeze() {
      if (running()) signal("SIGSTOP");
      frozen = true;
    },
    kill() {
      if (running()) signal("SIGKILL");
    },
    memoryUsed: () => (running() ? residentMegabytes(pid) : undefined),
  };
}

function spawnRuntime(options: FunctionProcessOptions): ChildProcess {
  const { node, runtimeFile, networkFile, taskRoot, memorySize, environment } = options;
  const flags = nodeFlags(node, memorySize, environment["NODE_OPTIONS"]);
  const [program = "", ...args] = wrapped(options, [
    node.path,
    ...flags,
    ...(networkFile === undefined ? [] : ["--require", networkFile]),
    runtimeFile,
  ]);
  return spawn(program, args, {
    cwd: taskRoot,
    env: environment,
    // A separate process group, so that child processes are frozen and killed with the function.
    // Our choice: a process that leaves the group is left alone; Lambda ends the whole sandbox.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
  });
}

/**
 * Returns the command that runs the wrapper script of a function, which gets the command of the runtime as
 * its arguments. Lambda's paths to the function's code and layers become paths to them on this machine.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html
 */
function wrapped(
  { environment, taskRoot, layers }: FunctionProcessOptions,
  command: string[],
): string[] {
  const { AWS_LAMBDA_EXEC_WRAPPER: wrapper = "" } = environment;
  if (wrapper === "") return command;
  const file = wrapper
    .replace(/^\/var\/task(?=\/)/, () => taskRoot)
    .replace(/^\/opt(?=\/)/, (opt) => layers?.opt ?? opt);
  return ["/bin/sh", "-c", WRAPPED, "bootstrap", file, ...command];
}

/** The messages and statuses of the bootstrap file of Lambda's Node.js runtimes. */
const WRAPPED = `
  if [ ! -f "$1" ]; then echo "$1: does not exist"; exit 127; fi
  if [ ! -x "$1" ]; then echo "$1: is not an executable"; exit 126; fi
  exec "$@"
`;

function readOutput({ stdout, stderr }: ChildProcess, onOutput: (text: string) => void): void {
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", onOutput);
  }
}

function whenEnded(
  child: ChildProcess,
  killGroup: () => void,
  onExit: (exit: ProcessExit) => void,
): void {
  let grace: NodeJS.Timeout | undefined;
  child.once("exit", () => {
    killGroup();
    grace = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, OUTPUT_GRACE_MILLISECONDS);
  });
  child.once("close", (code, signal) => {
    clearTimeout(grace);
    onExit({ code, signal });
  });
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // It has just exited. macOS refuses to signal a group that only has ended members.
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

/** Only Linux has a file with the memory of another process. */
function residentMegabytes(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const [, kilobytes] =
      /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    // It has just exited.
    return undefined;
  }
}

/**
 * Returns Lambda's own flags. The heap leaves a tenth of the memory to the rest. Experimental features of
 * Node.js, which version 18 does not have, are off unless the function turns them on.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
function nodeFlags({ version }: NodeExecutable, memorySize: number, nodeOptions = ""): string[] {
  const rest = Math.floor(memorySize / 10);
  const features = version.startsWith("18.") ? [] : EXPERIMENTAL;
  return [
    "--expose-gc",
    "--max-http-header-size=81920",
    `--max-semi-space-size=${Math.max(1, Math.floor(rest / 2))}`,
    `--max-old-space-size=${memorySize - rest}`,
    ...features
      .filter((feature) => !nodeOptions.includes(`--${feature}`))
      .map((feature) => `--no-${feature}`),
  ];
}

const EXPERIMENTAL = ["experimental-require-module", "experimental-detect-module"];
