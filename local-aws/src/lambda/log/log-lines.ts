/**
 * The lines that Lambda itself writes into a function's log, in both formats.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
import { runtimeVersionArn } from "../runtime-version.ts";
import type { FunctionConfiguration } from "../state.ts";

/** The phase of a start: a separate phase, or a part of the invocation that needs it. */
export type Phase = "init" | "invoke";

/**
 * The status of a start or an invocation, as Lambda reports it. With `timeout` and `error`, the process
 * has exited.
 */
export interface ReportStatus {
  /** `success` includes an invocation whose handler threw. */
  status: "success" | "timeout" | "error";
  errorType?: string;
}

export interface InitReport extends ReportStatus {
  phase: Phase;
  /** In milliseconds, as all durations here. */
  duration: number;
}

/** The values in the REPORT line of an invocation. */
export interface Report extends ReportStatus {
  requestId: string;
  duration: number;
  /** Only for the first invocation of an environment. */
  initDuration?: number | undefined;
  /** In MB. */
  memoryUsed: number;
  /** The size of the response in bytes, or 0 after an error. */
  producedBytes: number;
}

export interface PlatformLines {
  initStart(phase: Phase): string[];
  initReport(report: InitReport): string[];
  start(requestId: string): string[];
  /** Returns the lines for the end of an invocation. */
  report(report: Report): string[];
}

/** The execution environment that the lines describe. */
export interface LoggedEnvironment {
  configuration: FunctionConfiguration;
  region: string;
  /** The version of the Node.js that runs the function. */
  nodeVersion: string;
  /** The name of the log stream. */
  instanceId: string;
  now(): number;
}

/**
 * Returns the version of the runtime, and its ARN.
 *
 * Our choice: the version contains that of the Node.js that runs the function.
 */
export const runtimeVersion = ({ configuration, region, nodeVersion }: LoggedEnvironment) => ({
  version: `${configuration.Runtime.replace(/^nodejs(\d+)\.x$/, "nodejs:$1")}.local.${nodeVersion}`,
  arn: runtimeVersionArn(region),
});

/**
 * Returns the billed duration in milliseconds. Since August 2025, it includes the initialization.
 */
export const billedDuration = ({ duration, initDuration = 0 }: Report) =>
  Math.ceil(duration + initDuration);
