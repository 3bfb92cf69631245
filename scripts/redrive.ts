/**
 * `npm run redrive`: sends the jobs in the dead-letter queue to the processor again, on AWS or at
 * `AWS_ENDPOINT_URL`.
 */
import { constants } from "node:os";
import { parseArgs } from "node:util";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { QueueDoesNotExist, SQSClient } from "@aws-sdk/client-sqs";
import { type DeadLetterQueue, openDeadLetterQueue } from "./redrive/dead-letter-queue.ts";
import { invokeAgain } from "./redrive/invoke-again.ts";
import { listJobs, type Redriven, redriveJobs } from "./redrive/redrive-jobs.ts";
import { runScript, UserError } from "./run-script.ts";

const USAGE = `Usage: npm run redrive -- [options]

Sends each job in the dead-letter queue to the processor again, once. A job that fails again returns
to the queue. Only the next run sends it again.

  --project <name>  the project of the stack (default: websocket-lambda)
  --dry-run         list the jobs and leave them in the queue
  --rerun           also send jobs whose action already ran, but whose reply could not be posted
  --help            print this text

Without --rerun, jobs whose action already ran stay in the queue. Their clients received
PROCESSING_FAILED, but a second run could repeat side effects, such as a payment. To delete these
jobs, purge the queue.

Ctrl-C stops the run after the current batch of at most ten jobs. The other jobs stay in the queue.

Exit codes:
  0    Each job was sent again, or was left in the queue because its action already ran.
  1    Lambda refused some jobs, or the run stopped early. The output says why.
  2    Nothing was done: invalid option, no credentials, no region, unknown stack or no access.
  130  Stopped by Ctrl-C (143: SIGTERM, 129: SIGHUP).
`;

/** The exit code of a run that did not send every job. */
const INCOMPLETE = 1;

interface Options {
  project: string;
  dryRun: boolean;
  rerun: boolean;
}

function parseOptions(): Options {
  const { values } = parseArgs({
    options: {
      project: { type: "string", default: "websocket-lambda" },
      "dry-run": { type: "boolean", default: false },
      rerun: { type: "boolean", default: false },
    },
  });
  const { project, "dry-run": dryRun, rerun } = values;
  return { project, dryRun, rerun };
}

/** Requests a stop after the current batch on a signal, or when the reader of the output exits. */
function listenForSignals(): { stop: AbortSignal; received(): NodeJS.Signals | undefined } {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      received ??= signal;
      controller.abort();
    });
  process.stdout.on("error", () => controller.abort());
  return { stop: controller.signal, received: () => received };
}

async function openQueue(sqs: SQSClient, project: string): Promise<DeadLetterQueue> {
  try {
    return await openDeadLetterQueue(sqs, `${project}-dead-letters`);
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist)) throw error;
    const region = await sqs.config.region();
    throw new UserError(
      `No stack named "${project}" in ${region}: its dead-letter queue does not exist. Check --project, AWS_REGION and the account.`,
    );
  }
}

const counted = (count: number) => `${count} ${count === 1 ? "job" : "jobs"}`;

function introduce({ account, region, endpoint, visible, inFlight }: DeadLetterQueue): void {
  console.log(`Account ${account}, region ${region}, ${endpoint}`);
  const hidden =
    inFlight === 0 ? "" : `; ${inFlight} more in flight (received by another consumer)`;
  console.log(`In the dead-letter queue: about ${counted(visible)}${hidden}`);
}

async function list(queue: DeadLetterQueue, signal: AbortSignal): Promise<boolean> {
  const { jobs, alreadyRan, stopped } = await listJobs({ queue, say: console.log, signal });
  if (stopped !== undefined) console.error(`Stopped: ${stopped}`);
  if (jobs > 0) console.log(`Listed ${counted(jobs)}; ${alreadyRan} already ran.`);
  else if (stopped === undefined && !signal.aborted) console.log(emptyQueue(queue));
  return stopped === undefined;
}

async function send(options: {
  queue: DeadLetterQueue;
  sqs: SQSClient;
  functionName: string;
  rerun: boolean;
  signal: AbortSignal;
}): Promise<boolean> {
  const { queue, sqs, functionName, rerun, signal } = options;
  // Without retries: a repeated Invoke after a lost response would run the job twice. The SDK corrects a
  // wrong clock by a retry, so the offset that it found for SQS is passed on.
  const lambda = new LambdaClient({
    maxAttempts: 1,
    systemClockOffset: sqs.config.systemClockOffset,
    requestHandler: {
      connectionTimeout: 3000,
      requestTimeout: 20_000,
      throwOnRequestTimeout: true,
    },
  });
  const redriven = await redriveJobs({
    queue,
    invoke: (body, stop) => invokeAgain(lambda, functionName, body, stop),
    rerun,
    say: console.log,
    signal,
  });
  report(redriven, queue, signal);
  return redriven.stopped === undefined && redriven.refused === 0;
}

function report(redriven: Redriven, queue: DeadLetterQueue, signal: AbortSignal): void {
  const { sent, refused, alreadyRan, stopped } = redriven;
  if (stopped !== undefined) console.error(`Stopped: ${stopped}`);
  if (sent + refused + alreadyRan === 0 && !signal.aborted) console.log(emptyQueue(queue));
  const left = refused > 0 ? " (still in the queue)" : "";
  const ran = alreadyRan === 0 ? "" : `; ${alreadyRan} left in the queue (already ran)`;
  console.log(`Sent ${counted(sent)} again; ${refused} refused${left}${ran}.`);
}

const emptyQueue = ({ inFlight, visibilityTimeout }: DeadLetterQueue): string =>
  inFlight === 0
    ? "The queue is empty."
    : `No job is visible. In flight (received by another consumer): about ${counted(inFlight)}. If a previous run of npm run redrive was killed, try again in ${visibilityTimeout} s.`;

async function main(): Promise<void> {
  const { project, dryRun, rerun } = parseOptions();
  const { stop: signal, received } = listenForSignals();
  const sqs = new SQSClient({
    requestHandler: {
      connectionTimeout: 3000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
    },
  });
  const queue = await openQueue(sqs, project);
  introduce(queue);
  const functionName = `${project}-processor`;
  const complete = dryRun
    ? await list(queue, signal)
    : await send({ queue, sqs, functionName, rerun, signal });
  if (signal.aborted) console.error("Interrupted. The remaining jobs stay in the queue.");
  const ended = received();
  if (ended !== undefined) process.exitCode = 128 + constants.signals[ended];
  else if (!complete || signal.aborted) process.exitCode = INCOMPLETE;
}

await runScript({ command: "npm run redrive --", usage: USAGE, main });
