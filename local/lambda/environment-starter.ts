import { randomBytes } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Iam } from "../iam/index.ts";
import type { LogEvent, Logs } from "../logs/index.ts";
import { environmentVariables } from "./environment-variables.ts";
import { type ExecutionEnvironment, startExecutionEnvironment } from "./execution-environment.ts";
import type { LambdaFunction } from "./state.ts";

/** Starts an execution environment with the function's code, its role's credentials and its log. */
export type EnvironmentStarter = (
  target: LambdaFunction,
  code: { runtimeFile: string; taskRoot: string },
  onEnd: () => void,
) => ExecutionEnvironment;

export function createEnvironmentStarter(options: {
  clock: Clock;
  iam: Iam;
  logs: Logs;
  endpoint(): string;
}): EnvironmentStarter {
  const { clock, iam, logs, endpoint } = options;
  return ({ configuration }, code, onEnd) => {
    const { FunctionName, FunctionArn, Role, LoggingConfig } = configuration;
    const [, , , region = "", accountId = ""] = FunctionArn.split(":");
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll("-", "/");
    const logStreamName = `${day}/[$LATEST]${randomBytes(16).toString("hex")}`;
    const session = iam.sessionOf(Role, FunctionName);
    const streamArn = `arn:aws:logs:${region}:${accountId}:log-group:${LoggingConfig.LogGroup}:log-stream:${logStreamName}`;

    // A role that may not write logs leaves the log empty; the function runs all the same.
    const writeLogs = (events: LogEvent[]) => {
      const allowed = ["logs:CreateLogStream", "logs:PutLogEvents"].every((action) =>
        iam.allows(session, action, streamArn),
      );
      if (allowed) logs.write(region, LoggingConfig.LogGroup, logStreamName, events);
    };
    return startExecutionEnvironment({
      clock,
      configuration,
      region,
      ...code,
      logStreamName,
      environment: environmentVariables({
        configuration,
        region,
        credentials: iam.issueCredentials(Role, FunctionName),
        taskRoot: code.taskRoot,
        logStreamName,
        endpoint: endpoint(),
      }),
      writeLogs,
      onEnd,
    });
  };
}
