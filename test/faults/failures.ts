import type { DeadLetter } from "../e2e/dead-letters.ts";
import type { LogLine } from "../e2e/log-watch.ts";

/**
 * Counts of failed jobs. Each failed job has a dead letter and a report, which is an invocation of the
 * websocket-handler. The websocket-handler notifies the client and logs the failure. A report can fail
 * too, and then the job is unreported.
 */
export interface Failures {
  deadLetters: number;
  /** The failures in the log. If a duplicate of a job also failed, both count. */
  reportedJobs: number;
  /** The dead letters without a failure in the log: their reports still run, or failed. */
  unreportedJobs: number;
  /** The reports whose attempts all failed without a log line. */
  failedReports: number;
  /** The `requestId` of each unreported job. */
  unreported: ReadonlySet<string>;
}

/** Returns whether each failed job has a dead letter, and no report still runs. */
export const isBalanced = (failures: Omit<Failures, "unreported">): boolean =>
  failures.deadLetters === failures.reportedJobs + failures.unreportedJobs &&
  failures.unreportedJobs === failures.failedReports;

/** @param lines of the functions' logs, in the order in which they were written. */
export function countFailures(letters: readonly DeadLetter[], lines: readonly LogLine[]): Failures {
  const reports = readReports(lines);
  const reported = new Map<unknown, number>();
  for (const { failedInvocation } of reports)
    if (failedInvocation !== undefined)
      reported.set(failedInvocation, (reported.get(failedInvocation) ?? 0) + 1);
  const reportedJobs = sum(reported.values());

  // By invocation, so that an unreported dead letter does not compensate for a missing one.
  const unreportedLetters = letters.filter(({ invocationId }) => {
    const left = reported.get(invocationId) ?? 0;
    reported.set(invocationId, left - 1);
    return left <= 0;
  });
  return {
    deadLetters: letters.length,
    reportedJobs,
    unreportedJobs: unreportedLetters.length,
    failedReports: reports.filter(hasFailed).length,
    unreported: new Set(unreportedLetters.map(({ requestId }) => requestId)),
  };
}

/** An invocation of the websocket-handler, which can be a report. */
interface HandlerInvocation {
  started: number;
  failed: number;
  /** The ID of the failed invocation, if this is a report that has logged it. */
  failedInvocation?: unknown;
}

/** The number of attempts of a failing asynchronous invocation. Others have one attempt. */
const ATTEMPTS = 3;

const hasFailed = ({ started, failed, failedInvocation }: HandlerInvocation) =>
  failedInvocation === undefined && started >= ATTEMPTS && failed === started;

function readReports(lines: readonly LogLine[]): HandlerInvocation[] {
  const invocations = new Map<string, HandlerInvocation>();
  /** The log streams whose running invocation has thrown. The runtime reports it as a success. */
  const thrown = new Set<string>();
  for (const { logGroupName, logStreamName, level, type, invocationId, content } of lines) {
    if (!logGroupName.endsWith("-websocket-handler") || invocationId === undefined) continue;
    const invocation = invocations.get(invocationId) ?? { started: 0, failed: 0 };
    invocations.set(invocationId, invocation);
    if (type === "platform.start") {
      invocation.started += 1;
      thrown.delete(logStreamName);
    }
    if (level === "ERROR" && content["errorType"] !== undefined) thrown.add(logStreamName);
    if (content["event"] === "processing failed")
      invocation.failedInvocation = content["invocationId"];
    if (type === "platform.report")
      invocation.failed += content["status"] !== "success" || thrown.has(logStreamName) ? 1 : 0;
  }
  return [...invocations.values()];
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
