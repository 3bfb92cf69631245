import { expect, test } from "vitest";
import type { LogLine } from "../e2e/log-watch.ts";
import { countFailures, isBalanced } from "./failures.ts";

const deadLetter = (job: string) => ({ invocationId: job, requestId: `message of ${job}` });

const line = (invocationId: string, rest: Partial<LogLine>): LogLine => ({
  logGroupName: "/aws/lambda/websocket-lambda-websocket-handler",
  logStreamName: "stream",
  invocationId,
  content: {},
  ...rest,
});
const started = (id: string) => line(id, { type: "platform.start" });
const ended = (id: string, status: string) =>
  line(id, { type: "platform.report", content: { status } });
const logsFailure = (id: string, job: string) =>
  line(id, { level: "WARN", content: { event: "processing failed", invocationId: job } });
const throws = (id: string) =>
  line(id, { level: "ERROR", content: { errorType: "TypeError", errorMessage: "planted" } });

const crashed = (id: string) => [started(id), ended(id, "error")];
const threw = (id: string) => [started(id), throws(id), ended(id, "success")];
const succeeded = (id: string) => [started(id), ended(id, "success")];
const reported = (id: string, job: string) => [
  started(id),
  logsFailure(id, job),
  ended(id, "success"),
];

const times = (count: number, attempt: LogLine[]) => Array.from({ length: count }, () => attempt);

test.for<[string, string[], LogLine[][], object]>([
  ["of a reported job", ["a"], [reported("r", "a")], { reportedJobs: 1, unreportedJobs: 0 }],
  [
    "of a job that the last attempt reports",
    ["a"],
    [crashed("r"), threw("r"), reported("r", "a")],
    { reportedJobs: 1, unreportedJobs: 0 },
  ],
  [
    "of a job that an attempt reports before it crashes",
    ["a"],
    [[started("r"), logsFailure("r", "a"), ended("r", "error")]],
    { reportedJobs: 1, unreportedJobs: 0 },
  ],
  [
    "of a job whose report crashes three times",
    ["a"],
    times(3, crashed("r")),
    { unreportedJobs: 1 },
  ],
  ["of a job whose report throws three times", ["a"], times(3, threw("r")), { unreportedJobs: 1 }],
  [
    "of a job that failed twice and was reported once",
    ["a", "a"],
    [reported("r1", "a"), ...times(3, crashed("r2"))],
    { reportedJobs: 1, unreportedJobs: 1 },
  ],
])("the counts %s are balanced", ([, jobs, lines, expected]) => {
  const failures = countFailures(jobs.map(deadLetter), lines.flat());
  expect(failures).toMatchObject(expected);
  expect(isBalanced(failures)).toBe(true);
});

test.for<[string, string[], LogLine[][]]>([
  ["a reported job has no dead letter", [], [reported("r", "a")]],
  ["a job whose report failed has no dead letter", [], times(3, crashed("r"))],
  ["a dead letter has no report", ["a"], []],
  ["a report will be retried", ["a"], times(2, crashed("r"))],
  ["a report's last attempt is running", ["a"], [...times(2, crashed("r")), [started("r")]]],
  ["a report succeeds without a log line", ["a"], [crashed("r"), crashed("r"), succeeded("r")]],
  ["one dead letter is missing and another is not reported", ["b"], [reported("r", "a")]],
  [
    "three invocations crash that are not its report",
    ["a"],
    [crashed("m1"), crashed("m2"), crashed("m3")],
  ],
  [
    "the processor fails three times instead of the report",
    ["a"],
    times(
      3,
      crashed("r").map((each) => ({ ...each, logGroupName: "/aws/lambda/processor" })),
    ),
  ],
])("the counts are not balanced while %s", ([, jobs, lines]) => {
  expect(isBalanced(countFailures(jobs.map(deadLetter), lines.flat()))).toBe(false);
});
