import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Iam } from "../../iam/index.ts";
import type { Logs } from "../../logs/index.ts";
import { createEnvironmentLog } from "../log/environment-log.ts";
import { arnOf } from "../functions.ts";
import { environmentVariables } from "./environment-variables.ts";
import {
  type EnvironmentOptions,
  type ExecutionEnvironment,
  startExecutionEnvironment,
} from "./execution-environment.ts";
import { startFunctionProcess } from "./function-process.ts";
import { jsonLines } from "../log/json-log-lines.ts";
import { createLogWriter } from "../log/log-writer.ts";
import type { MemoryWatch } from "./memory-watch.ts";
import type { NodeExecutable } from "./node-executable.ts";
import type { ProcessWatcher } from "./process-watcher.ts";
import type { ProcessStarter } from "./sandbox.ts";
import { startSpareProcess } from "./spare-process.ts";
import type { FunctionConfiguration } from "../state.ts";
import type { TaskRoot } from "./task-roots.ts";
import { textLines } from "../log/text-log-lines.ts";
import type { Hooks } from "../../hooks.ts";

/** Where the code of a function, the runtime and its Node.js are on this machine. */
export interface Code extends TaskRoot {
  node: NodeExecutable;
  runtimeFile: string;
  /** Loaded before the runtime. Undefined: connections are not directed. */
  networkFile: string | undefined;
}

/** Starts the execution environments of one version of a function. */
export interface EnvironmentFactory {
  /**
   * Starts one with the function's code, its role's credentials and its log.
   * @throws {Error} if the system cannot start another process.
   */
  start(onEnd: () => void): ExecutionEnvironment;
  /** Kills the spare process, if there is one. */
  close(): void;
}

/** What the environments of all functions have in common. */
export interface EnvironmentContext {
  clock: Clock;
  iam: Iam;
  logs: Logs;
  endpoint(): string;
  processWatcher: ProcessWatcher;
  memoryWatch: MemoryWatch;
  /** The configurations of functions whose logs are known to be lost. */
  warned: WeakSet<FunctionConfiguration>;
  /** Milliseconds that the first start of an environment may take. */
  initTimeout: number;
  /**
   * Whether the process of a function's first environment is started ahead, and waits. Our choice: of
   * a cold start, 60 ms are Node.js's own, and a developer would wait for them after each deployment.
   */
  spareProcesses: boolean;
  hooks: Hooks;
}

export function createEnvironmentFactory(
  context: EnvironmentContext,
  configuration: FunctionConfiguration,
  code: Code,
): EnvironmentFactory {
  const prepare = () => prepareEnvironment(context, configuration, code);
  let first = context.spareProcesses ? withSpareProcess(prepare()) : undefined;
  return {
    start(onEnd) {
      const prepared = first ?? prepare();
      first = undefined;
      return startExecutionEnvironment({ ...prepared, onEnd });
    },
    close: () => first?.discard(),
  };
}

function withSpareProcess<Prepared extends { startProcess: ProcessStarter }>(prepared: Prepared) {
  const { startProcess, discard } = startSpareProcess(prepared.startProcess);
  return { ...prepared, startProcess, discard };
}

function prepareEnvironment(
  context: EnvironmentContext,
  configuration: FunctionConfiguration,
  code: Code,
): Omit<EnvironmentOptions, "onEnd"> {
  const { clock, iam, endpoint, hooks, memoryWatch, initTimeout } = context;
  const { FunctionName, Role, LoggingConfig } = configuration;
  const { region } = arnOf(configuration);
  const name = streamName(clock.now());
  const environment = environmentVariables({
    configuration,
    region,
    credentials: iam.issueCredentials(Role, FunctionName),
    code,
    logStreamName: name,
    endpoint: endpoint(),
  });
  const format = LoggingConfig.LogFormat;
  const logged = {
    configuration,
    region,
    nodeVersion: code.node.version,
    instanceId: name,
    now: clock.now,
  };
  return {
    configuration,
    name,
    hooks,
    log: createEnvironmentLog({
      clock,
      format,
      write: createLogWriter(context, configuration, name),
    }),
    lines: format === "JSON" ? jsonLines(logged) : textLines(logged),
    memoryWatch,
    initTimeout,
    startProcess: processStarter(context, configuration, code, environment),
  };
}

function processStarter(
  { processWatcher }: EnvironmentContext,
  { MemorySize }: FunctionConfiguration,
  code: Code,
  environment: Record<string, string>,
): ProcessStarter {
  return ({ onExit, ...handlers }) => {
    const child = startFunctionProcess({
      ...code,
      memorySize: MemorySize,
      environment,
      ...handlers,
      onExit(exit) {
        unwatch();
        onExit(exit);
      },
    });
    const unwatch = processWatcher.add(child.pid);
    return child;
  };
}

function streamName(now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[$LATEST]${randomBytes(16).toString("hex")}`;
}
