import {
  billedDuration,
  type LoggedEnvironment,
  type PlatformLines,
  type Report,
  type ReportStatus,
  runtimeVersion,
} from "./log-lines.ts";

/**
 * Creates the lines in text format. Each has a line end. A REPORT line of a success has a tab before it.
 *
 * Since 2025, Lambda writes no separate line for a crash or a timeout. The REPORT line has the status.
 */
export function textLines(environment: LoggedEnvironment): PlatformLines {
  const { configuration } = environment;
  const { version, arn } = runtimeVersion(environment);
  return {
    // A start within an invocation has no line.
    initStart: (phase) =>
      phase === "init"
        ? [`INIT_START Runtime Version: ${version}\tRuntime Version ARN: ${arn}\n`]
        : [],
    initReport: ({ phase, duration, ...outcome }) =>
      outcome.status === "success"
        ? []
        : [
            line(
              `INIT_REPORT ${inMilliseconds("Init Duration", duration)}`,
              `Phase: ${phase}`,
              ...fields(outcome),
            ),
          ],
    start: (requestId) => [`START RequestId: ${requestId} Version: $LATEST\n`],
    report: (report) => [
      `END RequestId: ${report.requestId}\n`,
      reportLine(report, configuration.MemorySize),
    ],
  };
}

function reportLine(report: Report, memorySize: number): string {
  const { requestId, duration, initDuration, memoryUsed } = report;
  return line(
    `REPORT RequestId: ${requestId}`,
    inMilliseconds("Duration", duration),
    `Billed Duration: ${billedDuration(report)} ms`,
    `Memory Size: ${memorySize} MB`,
    `Max Memory Used: ${memoryUsed} MB`,
    ...(initDuration === undefined ? [] : [inMilliseconds("Init Duration", initDuration)]),
    ...(report.status === "success" ? [""] : fields(report)),
  );
}

const fields = ({ status, errorType }: ReportStatus) => [
  `Status: ${status}`,
  ...(errorType === undefined ? [] : [`Error Type: ${errorType}`]),
];

const line = (...columns: string[]) => `${columns.join("\t")}\n`;

const inMilliseconds = (name: string, duration: number) => `${name}: ${duration.toFixed(2)} ms`;
