import {
  billedDuration,
  type LoggedEnvironment,
  type PlatformLines,
  type Report,
  type ReportStatus,
  runtimeVersion,
} from "./log-lines.ts";

/**
 * The lines in text format. Each ends in a line end; the one of a success has a tab before it.
 *
 * A crash or a time-out has no line of its own, as it had until 2025, only the status in REPORT.
 */
export function textLines(environment: LoggedEnvironment): PlatformLines {
  const { configuration } = environment;
  const { version, arn } = runtimeVersion(environment);
  return {
    // A start within an invocation has none.
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
