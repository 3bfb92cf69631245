import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Iam } from "../../iam/index.ts";
import type { LogEvent, Logs } from "../../logs/index.ts";
import type { LogEventAuthor } from "../../logs/log-event-author.ts";
import { createEnvironmentLog } from "../log/environment-log.ts";
import { environmentVariables } from "./environment-variables.ts";
import { type ExecutionEnvironment, startExecutionEnvironment } from "./execution-environment.ts";
import { startFunctionProcess } from "./function-process.ts";
import { jsonLines } from "../log/json-log-lines.ts";
import { createMemoryWatch } from "./memory-watch.ts";
import type { ProcessWatcher } from "./process-watcher.ts";
import type { StartProcess } from "./sandbox.ts";
import { startSpareProcess } from "./spare-process.ts";
import type { FunctionConfiguration } from "../state.ts";
import { textLines } from "../log/text-log-lines.ts";
import type { Hooks } from "../../hooks.ts";

/** Where a function's code and the runtime for it lie. */
export interface Code {
  runtimeFile: string;
  taskRoot: string;
}

/** The execution environments of a function as it is at the moment. */
export interface EnvironmentSupply {
  /**
   * Starts one with the function's code, its role's credentials and its log.
   * @throws where no process can be started.
   */
  start(onEnd: () => void): ExecutionEnvironment;
  /** Takes back what waits to be started. */
  close(): void;
}

export type SupplyEnvironments = (
  configuration: FunctionConfiguration,
  code: Code,
) => EnvironmentSupply;

export function createEnvironmentStarter(options: {
  clock: Clock;
  iam: Iam;
  logs: Logs;
  endpoint(): string;
  processWatcher: ProcessWatcher;
  /** Milliseconds that the first start of an environment may take. */
  initTimeout: number;
  /**
   * Whether the process of a function's first environment is started ahead, and waits. Our choice: of
   * a cold start, 60 ms are Node.js's own, and these a person would wait for with each new deployment.
   */
  spareProcesses: boolean;
  hooks: Hooks;
}): SupplyEnvironments {
  const { clock, iam, endpoint, processWatcher, initTimeout, spareProcesses, hooks } = options;
  const memoryWatch = createMemoryWatch();

  const prepare = (configuration: FunctionConfiguration, code: Code) => {
    const { FunctionName, FunctionArn, MemorySize, Role, LoggingConfig } = configuration;
    const [, , , region = ""] = FunctionArn.split(":");
    const logStreamName = streamName(clock.now());
    const environment = environmentVariables({
      configuration,
      region,
      credentials: iam.issueCredentials(Role, FunctionName),
      taskRoot: code.taskRoot,
      logStreamName,
      endpoint: endpoint(),
    });
    const startProcess: StartProcess = ({ onExit, ...handlers }) => {
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
    const format = LoggingConfig.LogFormat;
    const write = logWriter(options, configuration, logStreamName);
    const logged = { configuration, region, instanceId: logStreamName, now: clock.now };
    return {
      configuration,
      name: logStreamName,
      hooks,
      log: createEnvironmentLog({ clock, format, write }),
      lines: format === "JSON" ? jsonLines(logged) : textLines(logged),
      memoryWatch,
      initTimeout,
      startProcess,
    };
  };

  return (configuration, code) => {
    let first = spareProcesses ? withSpareProcess(prepare(configuration, code)) : undefined;
    return {
      start(onEnd) {
        const prepared = first ?? prepare(configuration, code);
        first = undefined;
        return startExecutionEnvironment({ ...prepared, onEnd });
      },
      close: () => first?.discard(),
    };
  };
}

function withSpareProcess<Prepared extends { startProcess: StartProcess }>(prepared: Prepared) {
  const { startProcess, discard } = startSpareProcess(prepared.startProcess);
  return { ...prepared, startProcess, discard };
}

function streamName(now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[$LATEST]${randomBytes(16).toString("hex")}`;
}

/** A role that may not write logs leaves the log empty; the function runs all the same. */
function logWriter(
  { iam, logs }: { iam: Iam; logs: Logs },
  { FunctionName, FunctionArn, Role, LoggingConfig: { LogGroup } }: FunctionConfiguration,
  logStreamName: string,
) {
  const [, , , region = "", accountId = ""] = FunctionArn.split(":");
  const session = iam.sessionOf(Role, FunctionName);
  const streamArn = `arn:aws:logs:${region}:${accountId}:log-group:${LogGroup}:log-stream:${logStreamName}`;
  return (author: LogEventAuthor, events: LogEvent[]) => {
    const allowed = ["logs:CreateLogStream", "logs:PutLogEvents"].every((action) =>
      iam.allows(session, action, streamArn),
    );
    if (allowed) logs.write({ region, logGroupName: LogGroup, logStreamName }, author, events);
  };
}
