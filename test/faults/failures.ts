import type { DeadLetter } from "../e2e/dead-letters.ts";
import type { LogLine } from "../e2e/log-watch.ts";

/**
 * What became of the jobs that failed. Each of them is a letter in the dead-letter queue and a
 * report to the websocket-handler, which tells the client and the log. The account of them closes
 * where `deadLetters` is `failedJobs + keptJobs`, and `keptJobs` is `reportsGivenUp`.
 */
export interface Failures {
  deadLetters: number;
  /** The reports that the log tells of: a duplicate that failed counts as one more. */
  failedJobs: number;
  /** The letters of jobs that the log doesn't tell of: their reports are under way, or given up. */
  keptJobs: number;
  /** The reports that Lambda ran as often as it does, that failed each time and told nothing. */
  reportsGivenUp: number;
  /** The messages behind the kept jobs, by their `requestId`. */
  kept: ReadonlySet<string>;
}

/** Whether every job that failed is in the queue, and no report of one is still under way. */
export const failuresClose = (failures: Omit<Failures, "kept">): boolean =>
  failures.deadLetters === failures.failedJobs + failures.keptJobs &&
  failures.keptJobs === failures.reportsGivenUp;

/** @param lines of the functions' logs, in the order in which they were written. */
export function accountForFailures(
  letters: readonly DeadLetter[],
  lines: readonly LogLine[],
): Failures {
  const reports = readReports(lines);
  const told = new Map<unknown, number>();
  for (const { tellsOf } of reports)
    if (tellsOf !== undefined) told.set(tellsOf, (told.get(tellsOf) ?? 0) + 1);
  const failedJobs = sum(told.values());

  // Letter by letter: a letter that is missing must not be made up for by one that is not told.
  const keptLetters = letters.filter(({ invocationId }) => {
    const left = told.get(invocationId) ?? 0;
    told.set(invocationId, left - 1);
    return left <= 0;
  });
  return {
    deadLetters: letters.length,
    failedJobs,
    keptJobs: keptLetters.length,
    reportsGivenUp: reports.filter(isGivenUp).length,
    kept: new Set(keptLetters.map(({ requestId }) => requestId)),
  };
}

/** An invocation of the websocket-handler, be it a report or not. */
interface HandlerInvocation {
  started: number;
  failed: number;
  /** The invocation that failed, where this is the report of it and got as far as to log it. */
  tellsOf?: unknown;
}

/** How often Lambda runs an asynchronous invocation that fails; any other it runs once. */
const ATTEMPTS = 3;

const isGivenUp = ({ started, failed, tellsOf }: HandlerInvocation) =>
  tellsOf === undefined && started >= ATTEMPTS && failed === started;

function readReports(lines: readonly LogLine[]): HandlerInvocation[] {
  const invocations = new Map<string, HandlerInvocation>();
  /** The streams whose running invocation has thrown: its end is a success of the runtime's. */
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
    if (content["event"] === "processing failed") invocation.tellsOf = content["invocationId"];
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
