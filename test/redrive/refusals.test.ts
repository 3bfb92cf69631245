/** @module-tag extended */
import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { startTestStack } from "../test-stack.ts";
import { startRecordingServer } from "../../shared/testing.ts";
import { countDeadLetters } from "../e2e/dead-letters.ts";
import { putDeadLetters, shellOf, startRedrive } from "./redrive-run.ts";

/** A fake Lambda that refuses events. SQS is that of the local AWS. */
let respond: (response: ServerResponse) => void = () => {};
const lambda = await startRecordingServer((_path, response) => respond(response));

const JOBS = 30;
const ids = Array.from({ length: JOBS }, (_, index) => `r${index}`);

/** Starts a run with jobs in the queue and a fake Lambda. @param responder responds to each call. */
async function redriveWith(responder: (response: ServerResponse, call: number) => void) {
  lambda.calls.length = 0;
  respond = (response) => responder(response, lambda.calls.length);
  const aws = await startTestStack();
  onTestFinished(() => aws.close());
  await putDeadLetters(
    aws,
    ids.map((requestId) => ({ connectionId: "c=", requestId, action: "echo" })),
  );
  const env = { ...shellOf(aws), AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint };
  return { ...startRedrive(env), visible: () => countDeadLetters(aws) };
}

const refuse = (response: ServerResponse, status: number, name = "") =>
  void response.writeHead(status, name === "" ? {} : { "x-amzn-errortype": name }).end("{}");
const accept = (response: ServerResponse) => void response.writeHead(202).end();

/** Returns the number of calls of Lambda for each job. */
const callsPerJob = () => {
  const counts = new Map<string, number>();
  for (const { body } of lambda.calls) {
    const { requestId } = JSON.parse(body);
    counts.set(requestId, (counts.get(requestId) ?? 0) + 1);
  }
  return counts;
};

test("a refusal that applies to all jobs stops the run after the first", async () => {
  const run = await redriveWith((response) => refuse(response, 403, "AccessDeniedException"));
  const { code, stdout, stderr } = await run.ended;
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: "Stopped: Lambda would refuse the other jobs too.\n",
  });
  expect(stdout).toMatch(/Sent 0 jobs again; 1 refused \(still in the queue\)\.$/);
  expect(lambda.calls).toHaveLength(1);
  expect(await run.visible()).toBe(JOBS);
});

test.for<[string, number, (response: ServerResponse) => void]>([
  ["throttles", 4, (response) => refuse(response, 429, "TooManyRequestsException")],
  ["fails", 1, (response) => refuse(response, 500, "ServiceException")],
  ["closes the connection", 1, (response) => void response.destroy()],
])(
  "a Lambda that %s is called at most %i times per job, for eleven jobs",
  async ([, attempts, respondTo]) => {
    const run = await redriveWith(respondTo);
    const { code, stdout, stderr } = await run.ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "Stopped: Lambda refused 5 jobs in a row.\n",
    });
    expect(stdout).toMatch(/Sent 0 jobs again; 11 refused \(still in the queue\)\.$/);
    // The fifth refusal also ends the back-off of the other jobs.
    const calls = [...callsPerJob().values()];
    expect(calls).toHaveLength(11);
    expect(Math.max(...calls)).toBe(attempts);
    expect(await run.visible()).toBe(JOBS);
  },
);

test("jobs that were throttled at first are sent once", async () => {
  const run = await redriveWith((response, call) =>
    call <= 3 ? refuse(response, 429, "TooManyRequestsException") : accept(response),
  );
  const { code, stdout } = await run.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/Sent 30 jobs again; 0 refused\.$/);
  expect(lambda.calls).toHaveLength(JOBS + 3);
  expect(await run.visible()).toBe(0);
});

test("refusals that are not in a row do not stop the run, and only refused jobs stay", async () => {
  const run = await redriveWith((response, call) =>
    call % 3 === 0 ? refuse(response, 500, "ServiceException") : accept(response),
  );
  const { code, stdout, stderr } = await run.ended;
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(stdout).toMatch(/Sent 20 jobs again; 10 refused \(still in the queue\)\.$/);
  expect([...callsPerJob().values()]).toEqual(Array.from({ length: JOBS }, () => 1));
  expect(await run.visible()).toBe(10);
});

test.for<[NodeJS.Signals, number]>([
  ["SIGTERM", 143],
  ["SIGINT", 130],
])("%s stops a run after the current batch", async ([signal, exitCode]) => {
  const held: ServerResponse[] = [];
  const batch = Promise.withResolvers<void>();
  const run = await redriveWith((response, call) => {
    if (call === 1) accept(response);
    else if (held.push(response) === 10) batch.resolve();
  });
  await batch.promise;
  run.child.kill(signal);
  for (const response of held) accept(response);
  const { code, stdout, stderr } = await run.ended;
  expect({ code, stderr }).toEqual({
    code: exitCode,
    stderr: "Interrupted. The remaining jobs stay in the queue.\n",
  });
  expect(stdout).toMatch(/Sent 11 jobs again; 0 refused\.$/);
  expect(lambda.calls).toHaveLength(11);
  expect(await run.visible()).toBe(JOBS - 11);
});
