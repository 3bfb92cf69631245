import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "@websocket-lambda/local-aws";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import type { StackOptions } from "../local-stack.ts";
import { startTestStack, type TestStack } from "../test-stack.ts";
import { openDeadLetterQueue } from "../../scripts/redrive/dead-letter-queue.ts";
import { listJobs } from "../../scripts/redrive/redrive-jobs.ts";
import { connect } from "../e2e/client.ts";
import { countDeadLetters } from "../e2e/dead-letters.ts";
import { watchLogs } from "../e2e/log-watch.ts";
import { putDeadLetters, shellOf, sqsOf, startRedrive } from "./redrive-run.ts";

async function startOwnStack(options: StackOptions = {}) {
  const aws = await startTestStack(options);
  onTestFinished(() => aws.close());
  return aws;
}

const redrive = (aws: TestLocalAws, ...args: string[]) => startRedrive(shellOf(aws), ...args).ended;

const connectTo = (aws: TestLocalAws) => connect(aws.webSocketUrl("production"));

/** Changes the handler of the processor. */
function setHandler(aws: TestStack, handler: string): void {
  const processor = aws.functionNamed("processor");
  processor.configuration.Handler = handler;
  aws.refresh(processor.configuration.FunctionArn);
}

/** Jobs that fail, because they have no connection. */
const failingJobs = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ requestId: `r${index}`, action: "echo" }));

const jobLines = (stdout: string) => stdout.split("\n").filter((line) => line.startsWith("job "));

test("a failed job is complete in the dead-letter queue, and succeeds when it is sent again", async () => {
  const aws = await startOwnStack();
  const client = await connectTo(aws);
  setHandler(aws, "index.missing");
  const data = { kept: ["whole", "é", "\ufffe\uffff"] };
  const request = { action: "echo", data, requestId: "mine" };
  expect(await client.ask(request)).toMatchObject({ error: { code: "PROCESSING_FAILED" } });

  const { stdout, ...dryRun } = await redrive(aws, "--dry-run");
  expect(dryRun).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n")).toEqual([
    `Account 000000000000, region us-east-1, ${aws.endpoint}`,
    "In the dead-letter queue: about 1 job",
    expect.stringMatching(
      /^job mine of connection [\w-]+=*, action echo \(failed: index\.missing is undefined or not exported\)$/,
    ),
    "Listed 1 job; 0 already ran.",
  ]);
  expect(await countDeadLetters(aws)).toBe(1);

  setHandler(aws, "index.handler");
  const run = await redrive(aws);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(run.stdout).toMatch(/: sent again\nSent 1 job again; 0 refused\.$/);
  expect(await client.next()).toMatchObject({ result: data, requestId: "mine" });
  expect(await countDeadLetters(aws)).toBe(0);

  expect((await redrive(aws)).stdout).toMatch(/The queue is empty\.\nSent 0 jobs again; 0 refused/);
  expect((await redrive(aws, "--dry-run")).stdout).toMatch(/\nThe queue is empty\.$/);
});

test("jobs that fail again are sent once per run, and return to the queue", async () => {
  const aws = await startOwnStack();
  const { logs } = aws;
  const failures = () =>
    logs.lines.filter(({ content }) => content["errorType"] === "TypeError").length;
  await putDeadLetters(aws, failingJobs(25));
  const { code, stdout } = await redrive(aws);
  expect({ code, last: stdout.split("\n").at(-1) }).toEqual({
    code: 0,
    last: "Sent 25 jobs again; 0 refused.",
  });
  await expect.poll(() => countDeadLetters(aws)).toBe(25);
  expect(failures()).toBe(25);
  const listed = jobLines((await redrive(aws, "--dry-run")).stdout);
  expect(new Set(listed.map((line) => line.split(" ")[1])).size).toBe(25);
});

test("each of 1,000 jobs gets one reply", { tags: ["extended"], timeout: 180_000 }, async () => {
  const aws = await startOwnStack();
  const { logs } = aws;
  const client = await connectTo(aws);
  await client.ask({ action: "timestamp" });
  const { content } = await logs.line((line) => line.content["event"] === "processor invoked");
  const ids = Array.from({ length: 1000 }, (_, index) => `r${index}`);
  const { connectionId } = content;
  const action = "timestamp";
  await putDeadLetters(
    aws,
    ids.map((requestId) => ({ connectionId, requestId, action })),
  );
  const { code, stdout } = await redrive(aws);
  expect({ code, last: stdout.split("\n").at(-1) }).toEqual({
    code: 0,
    last: "Sent 1000 jobs again; 0 refused.",
  });
  const received: string[] = [];
  while (received.length < 1000) received.push((await client.next()).requestId);
  expect(received.toSorted()).toEqual(ids.toSorted());
  expect(await countDeadLetters(aws)).toBe(0);
  expect(client.unread()).toEqual([]);
});

test("a job whose action ran stays in the queue without --rerun", async () => {
  const aws = await startOwnStack({ faults: { "fail-connections": 1 } });
  const client = await connectTo(aws);
  client.send({ action: "echo", data: "charged", requestId: "ran" });
  client.send({ action: "nonsense", requestId: "did not run" });
  await expect.poll(() => countDeadLetters(aws)).toBe(2);
  // The error frame for its failure record cannot be posted either.
  const logs = watchLogs(aws);
  aws.faults.rates["fail-connections"] = 0;

  const listed = (await redrive(aws, "--dry-run")).stdout;
  expect(listed).toMatch(
    /job ran of .*\(failed: The action ran, but its reply could not be posted: InternalServerE/,
  );
  expect(listed).toMatch(/Listed 2 jobs; 1 already ran\.$/);

  const first = await redrive(aws);
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toMatch(/job ran .*: left in the queue, because its action already ran$/m);
  expect(first.stdout).toMatch(/job did not run .*: sent again$/m);
  expect(first.stdout).toMatch(
    /Sent 1 job again; 0 refused; 1 left in the queue \(already ran\)\.$/,
  );
  await logs.line(
    ({ content }) => content["event"] === "reply posted" && content["requestId"] === "did not run",
  );
  expect(await countDeadLetters(aws)).toBe(1);

  expect((await redrive(aws, "--rerun")).stdout).toMatch(/Sent 1 job again; 0 refused\.$/);
  await logs.line(
    ({ content }) => content["event"] === "reply posted" && content["requestId"] === "ran",
  );
  expect(await countDeadLetters(aws)).toBe(0);
});

test("if the processor does not exist, it is invoked once, and all jobs are visible at once", async () => {
  const aws = await startOwnStack();
  delete aws.state.regions["us-east-1"]?.lambda.functions["websocket-lambda-processor"];
  await putDeadLetters(aws, failingJobs(30));
  const { code, stdout, stderr } = await redrive(aws);
  expect(code).toBe(1);
  expect(stderr).toBe("Stopped: Lambda would refuse the other jobs too.\n");
  expect(jobLines(stdout)).toEqual([
    expect.stringMatching(
      /: refused: AWS returned an error: ResourceNotFoundException: Function not found/,
    ),
  ]);
  expect(stdout).toMatch(/Sent 0 jobs again; 1 refused \(still in the queue\)\.$/);
  expect(await countDeadLetters(aws)).toBe(30);
});

test("a dry run lists each job once, and leaves all of them visible", async () => {
  const aws = await startOwnStack();
  await putDeadLetters(aws, failingJobs(25));
  const { code, stdout } = await redrive(aws, "--dry-run");
  expect(code).toBe(0);
  const ids = jobLines(stdout).map((line) => line.split(" ")[1]);
  expect(ids).toHaveLength(25);
  expect(new Set(ids)).toEqual(new Set(failingJobs(25).map(({ requestId }) => requestId)));
  expect(stdout).toMatch(/Listed 25 jobs; 0 already ran\.$/);
  expect(await countDeadLetters(aws)).toBe(25);
});

test("a dry run that takes longer than the visibility timeout ends, and leaves all jobs visible", async () => {
  let late = 0;
  const clock = { ...systemClock, now: () => Date.now() + late };
  const aws = await startOwnStack({ clock });
  await putDeadLetters(aws, failingJobs(25));
  const queue = await openDeadLetterQueue(sqsOf(aws), "websocket-lambda-dead-letters");
  const lines: string[] = [];
  const say = (line: string) => {
    // When the third batch is listed, all jobs are visible again.
    if (lines.push(line) === 21) late += (queue.visibilityTimeout + 1) * 1000;
  };
  const { signal } = new AbortController();
  expect(await listJobs({ queue, say, signal })).toEqual({ jobs: 25, alreadyRan: 0 });
  expect(new Set(lines).size).toBe(25);
  expect(await countDeadLetters(aws)).toBe(25);
});

test("a dry run that is interrupted leaves every job visible", async () => {
  const aws = await startOwnStack();
  await putDeadLetters(aws, failingJobs(500));
  const run = startRedrive(shellOf(aws), "--dry-run");
  await run.line(/^job /);
  run.child.kill("SIGINT");
  const { code, stdout, stderr } = await run.ended;
  expect(code).toBe(130);
  expect(stderr).toBe("Interrupted. The remaining jobs stay in the queue.\n");
  expect(jobLines(stdout).length).toBeLessThan(500);
  expect(await countDeadLetters(aws)).toBe(500);
});

test.for([-1, 1])(
  "a local clock that is off by %i day makes no difference",
  { tags: ["extended"] },
  async (days) => {
    const aws = await startOwnStack();
    await putDeadLetters(aws, failingJobs(12));
    const clock = `const { now } = Date; const shift = ${days} * 86_400_000;
    globalThis.Date = class extends Date {
      constructor(...args) { if (args.length === 0) super(now() + shift); else super(...args); }
      static now() { return now() + shift; }
    };`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(clock)}`;
    const { code, stdout } = await startRedrive({ ...shellOf(aws), NODE_OPTIONS }).ended;
    expect({ code, last: stdout.split("\n").at(-1) }).toEqual({
      code: 0,
      last: "Sent 12 jobs again; 0 refused.",
    });
    await expect.poll(() => countDeadLetters(aws)).toBe(12);
  },
);

test("control characters in ids and errors are not printed", async () => {
  const aws = await startOwnStack();
  const job = { connectionId: "c=", requestId: "\u001b[2J", action: "\u009bA\n" };
  await putDeadLetters(aws, [job], "no\r\n\u0085");
  const { stdout } = await redrive(aws, "--dry-run");
  expect(jobLines(stdout)).toEqual(["job ·[2J of connection c=, action ·A· (failed: no···)"]);
});

test("messages that are not jobs are reported, and do not stop the run", async () => {
  const aws = await startOwnStack();
  await putDeadLetters(aws, [...Array.from({ length: 7 }, () => "not JSON"), ...failingJobs(3)]);
  const { code, stdout } = await redrive(aws);
  expect(code).toBe(1);
  expect(
    stdout.match(/^a message that is not a job .*: refused: AWS returned an error: Invalid/gm),
  ).toHaveLength(7);
  expect(stdout).toMatch(/Sent 3 jobs again; 7 refused \(still in the queue\)\.$/);
});
