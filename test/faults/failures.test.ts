import { expect, test } from "vitest";
import type { LogLine } from "../e2e/log-watch.ts";
import { accountForFailures, failuresClose } from "./failures.ts";

const letter = (job: string) => ({ invocationId: job, requestId: `message of ${job}` });

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
const tells = (id: string, job: string) =>
  line(id, { level: "WARN", content: { event: "processing failed", invocationId: job } });
const throws = (id: string) =>
  line(id, { level: "ERROR", content: { errorType: "TypeError", errorMessage: "planted" } });

const crashed = (id: string) => [started(id), ended(id, "error")];
const threw = (id: string) => [started(id), throws(id), ended(id, "success")];
const succeeded = (id: string) => [started(id), ended(id, "success")];
const told = (id: string, job: string) => [started(id), tells(id, job), ended(id, "success")];

const times = (count: number, attempt: LogLine[]) => Array.from({ length: count }, () => attempt);

test.for<[string, string[], LogLine[][], object]>([
  ["of a job that is told", ["a"], [told("r", "a")], { failedJobs: 1, keptJobs: 0 }],
  [
    "of a job that is told by the last attempt",
    ["a"],
    [crashed("r"), threw("r"), told("r", "a")],
    { failedJobs: 1, keptJobs: 0 },
  ],
  [
    "of a job that is told by an attempt that dies of it",
    ["a"],
    [[started("r"), tells("r", "a"), ended("r", "error")]],
    { failedJobs: 1, keptJobs: 0 },
  ],
  ["of a job whose report crashes three times", ["a"], times(3, crashed("r")), { keptJobs: 1 }],
  ["of a job whose report throws three times", ["a"], times(3, threw("r")), { keptJobs: 1 }],
  [
    "of a job that ran twice, told once and kept once",
    ["a", "a"],
    [told("r1", "a"), ...times(3, crashed("r2"))],
    { failedJobs: 1, keptJobs: 1 },
  ],
])("the account closes %s", ([, jobs, lines, expected]) => {
  const failures = accountForFailures(jobs.map(letter), lines.flat());
  expect(failures).toMatchObject(expected);
  expect(failuresClose(failures)).toBe(true);
});

test.for<[string, string[], LogLine[][]]>([
  ["a letter is missing of a job that is told", [], [told("r", "a")]],
  ["a letter is missing of a job whose report is given up", [], times(3, crashed("r"))],
  ["a letter is there of which nobody hears", ["a"], []],
  ["a report has an attempt left", ["a"], times(2, crashed("r"))],
  ["a report's last attempt is running", ["a"], [...times(2, crashed("r")), [started("r")]]],
  ["a report succeeds and tells nothing", ["a"], [crashed("r"), crashed("r"), succeeded("r")]],
  ["one letter is missing and another is not told", ["b"], [told("r", "a")]],
  [
    "three handlers crash that are no report of it",
    ["a"],
    [crashed("m1"), crashed("m2"), crashed("m3")],
  ],
  [
    "the processor fails three times, and not the report",
    ["a"],
    times(
      3,
      crashed("r").map((each) => ({ ...each, logGroupName: "/aws/lambda/processor" })),
    ),
  ],
])("the account does not close while %s", ([, jobs, lines]) => {
  expect(failuresClose(accountForFailures(jobs.map(letter), lines.flat()))).toBe(false);
});
