/**
 * The lines that Lambda itself writes into a function's log, in both formats.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
import { runtimeVersionArn } from "../runtime-version.ts";
import type { FunctionConfiguration } from "../state.ts";

/** A start is a phase of its own, or a part of the invocation that needs it. */
export type Phase = "init" | "invoke";

/**
 * The status of a start or an invocation, as Lambda reports it: with `timeout` and `error` the
 * process has exited.
 */
export interface ReportStatus {
  /** `success` includes an invocation whose handler threw. */
  status: "success" | "timeout" | "error";
  errorType?: string;
}

export interface InitReport extends ReportStatus {
  phase: Phase;
  /** Milliseconds, as all durations here. */
  duration: number;
}

/** What REPORT says of one invocation. */
export interface Report extends ReportStatus {
  requestId: string;
  duration: number;
  /** Only of the first invocation of an environment. */
  initDuration?: number | undefined;
  /** MB. */
  memoryUsed: number;
  /** The length of the response: 0 where there is none but an error. */
  producedBytes: number;
}

export interface PlatformLines {
  initStart(phase: Phase): string[];
  initReport(report: InitReport): string[];
  start(requestId: string): string[];
  /** The end of an invocation. */
  report(report: Report): string[];
}

/** What the lines say of the environment they are written for. */
export interface LoggedEnvironment {
  configuration: FunctionConfiguration;
  region: string;
  /** Of the Node.js that runs the function. */
  nodeVersion: string;
  /** The name of the log stream. */
  instanceId: string;
  now(): number;
}

/** Our choice: a version that says which Node.js really runs. */
export const runtimeVersion = ({ configuration, region, nodeVersion }: LoggedEnvironment) => ({
  version: `${configuration.Runtime.replace(/^nodejs(\d+)\.x$/, "nodejs:$1")}.local.${nodeVersion}`,
  arn: runtimeVersionArn(region),
});

/** The initialisation is billed since August 2025. */
export const billedDuration = ({ duration, initDuration = 0 }: Report) =>
  Math.ceil(duration + initDuration);
