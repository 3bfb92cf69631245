import {
  billedDuration,
  type LoggedEnvironment,
  type PlatformLines,
  type ReportStatus,
  runtimeVersion,
} from "./log-lines.ts";

const levels = ["DEBUG", "INFO", "WARN"] as const;
type Level = (typeof levels)[number];

/**
 * Creates the lines in JSON format, without a line end. The `SystemLogLevel` of the function decides
 * which lines are written. The events of a failure have the level WARN, and those of a success a lower
 * level.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 */
export function jsonLines(environment: LoggedEnvironment): PlatformLines {
  const { configuration, now } = environment;
  const { LoggingConfig, FunctionArn, MemorySize } = configuration;
  const threshold = levels.indexOf(LoggingConfig.SystemLogLevel ?? "INFO");
  const line = (level: Level, type: string, record: object) =>
    levels.indexOf(level) < threshold
      ? []
      : [JSON.stringify({ time: new Date(now()).toISOString(), type, record })];
  const unlessFailed = (level: Level, { status }: ReportStatus) =>
    status === "success" ? level : "WARN";

  return {
    initStart: (phase) =>
      line("INFO", "platform.initStart", {
        initializationType,
        phase,
        ...describeEnvironment(environment),
      }),
    initReport({ phase, duration, status, errorType }) {
      const level = unlessFailed("DEBUG", { status });
      const record = { initializationType, phase, status, errorType };
      const metrics = { durationMs: rounded(duration) };
      return [
        ...line(level, "platform.initRuntimeDone", record),
        ...line(level, "platform.initReport", { ...record, metrics }),
      ];
    },
    start: (requestId) =>
      line("INFO", "platform.start", { requestId, functionArn: FunctionArn, version: "$LATEST" }),
    report(report) {
      const { requestId, duration, initDuration, status, errorType, producedBytes } = report;
      const durationMs = rounded(duration);
      const metrics = {
        durationMs,
        billedDurationMs: billedDuration(report),
        memorySizeMB: MemorySize,
        maxMemoryUsedMB: report.memoryUsed,
        initDurationMs: initDuration === undefined ? undefined : rounded(initDuration),
      };
      return [
        // Our choice: the record has no spans. On AWS, a success has some.
        ...line(unlessFailed("DEBUG", report), "platform.runtimeDone", {
          requestId,
          status,
          errorType,
          metrics: { durationMs, producedBytes },
        }),
        ...line(unlessFailed("INFO", report), "platform.report", {
          requestId,
          metrics,
          status,
          errorType,
        }),
      ];
    },
  };
}

const initializationType = "on-demand";

function describeEnvironment(environment: LoggedEnvironment) {
  const { configuration, instanceId } = environment;
  const { version, arn } = runtimeVersion(environment);
  return {
    runtimeVersion: version,
    runtimeVersionArn: arn,
    functionName: configuration.FunctionName,
    functionVersion: "$LATEST",
    instanceId,
    instanceMaxMemory: configuration.MemorySize * 1024 * 1024,
  };
}

const rounded = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000;
