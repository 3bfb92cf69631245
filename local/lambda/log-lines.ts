/**
 * The lines that Lambda itself writes into a function's log, in both formats.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
import type { LoggingConfig } from "./state.ts";

/** What REPORT says of one invocation. */
export interface Report {
  requestId: string;
  /** Milliseconds, as all durations here. */
  duration: number;
  /** Only of the first invocation of an environment. */
  initDuration?: number;
  /** MB. */
  memorySize: number;
  maxMemoryUsed: number;
  /** A handler that threw is a success here; `timeout` and `error` mean that the process ended. */
  status: "success" | "timeout" | "error";
  errorType?: string;
}

export interface PlatformLines {
  initStart(environment: {
    functionName: string;
    instanceId: string;
    memorySize: number;
  }): string[];
  start(requestId: string, functionArn: string): string[];
  /** The end of an invocation: END and REPORT in text, one line in JSON. */
  report(report: Report): string[];
}

/** Our choice: a version that says which Node.js really runs. */
const runtimeVersion = (region: string) => ({
  version: `nodejs:22.local.${process.versions.node}`,
  arn: `arn:aws:lambda:${region}::runtime:${"0".repeat(64)}`,
});

export function platformLines(
  { LogFormat, SystemLogLevel = "INFO" }: LoggingConfig,
  region: string,
  now: () => number,
): PlatformLines {
  if (LogFormat === "Text") return textLines(region);
  if (SystemLogLevel === "WARN") return { initStart: () => [], start: () => [], report: () => [] };
  return jsonLines(region, now);
}

function textLines(region: string): PlatformLines {
  const runtime = runtimeVersion(region);
  return {
    initStart: () => [
      `INIT_START Runtime Version: ${runtime.version}\tRuntime Version ARN: ${runtime.arn}\n`,
    ],
    start: (requestId) => [`START RequestId: ${requestId} Version: $LATEST\n`],
    report: (report) => [`END RequestId: ${report.requestId}\n`, textReport(report)],
  };
}

function textReport(report: Report): string {
  const { requestId, duration, initDuration, memorySize, maxMemoryUsed, status } = report;
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${duration.toFixed(2)} ms`,
    `Billed Duration: ${billedDuration(report)} ms`,
    `Memory Size: ${memorySize} MB`,
    `Max Memory Used: ${maxMemoryUsed} MB`,
    ...(initDuration === undefined ? [] : [`Init Duration: ${initDuration.toFixed(2)} ms`]),
    ...(status === "success" ? ["\n"] : [`Status: ${status}`]),
    ...(report.errorType === undefined ? [] : [`Error Type: ${report.errorType}`]),
  ];
  const line = fields.join("\t");
  return line.endsWith("\n") ? line : `${line}\n`;
}

function jsonLines(region: string, now: () => number): PlatformLines {
  const runtime = runtimeVersion(region);
  const line = (type: string, record: object) => [
    JSON.stringify({ time: new Date(now()).toISOString(), type, record }),
  ];
  return {
    initStart: ({ functionName, instanceId, memorySize }) =>
      line("platform.initStart", {
        initializationType: "on-demand",
        phase: "init",
        runtimeVersion: runtime.version,
        runtimeVersionArn: runtime.arn,
        functionName,
        functionVersion: "$LATEST",
        instanceId,
        instanceMaxMemory: memorySize * 1024 * 1024,
      }),
    start: (requestId, functionArn) =>
      line("platform.start", { requestId, functionArn, version: "$LATEST" }),
    report: (report) => line("platform.report", jsonReport(report)),
  };
}

function jsonReport(report: Report) {
  const { requestId, duration, initDuration, memorySize, maxMemoryUsed, status } = report;
  const rounded = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000;
  return {
    requestId,
    metrics: {
      durationMs: rounded(duration),
      billedDurationMs: billedDuration(report),
      memorySizeMB: memorySize,
      maxMemoryUsedMB: maxMemoryUsed,
      ...(initDuration === undefined ? {} : { initDurationMs: rounded(initDuration) }),
    },
    status,
    ...(report.errorType === undefined ? {} : { errorType: report.errorType }),
  };
}

/** The initialisation is billed since August 2025. */
const billedDuration = ({ duration, initDuration = 0 }: Report) =>
  Math.ceil(duration + initDuration);
