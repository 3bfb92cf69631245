import { isReplyNotPosted } from "../../shared/reply-not-posted.ts";
import { explainAwsFailure } from "../aws-failure.ts";
import { printable } from "../printable.ts";
import type { DeadLetter, DeadLetterQueue } from "./dead-letter-queue.ts";
import { refusalOf } from "./invoke-again.ts";

/** The number of consecutive refusals after which the run stops. */
const REFUSALS_IN_A_ROW = 5;

/** The outcome of a run. */
export interface Redriven {
  /** Jobs that Lambda accepted. */
  sent: number;
  /** Jobs that Lambda refused. They stay in the queue. */
  refused: number;
  /** Jobs that stay in the queue because their action already ran. */
  alreadyRan: number;
  /** The reason why the run stopped before it had tried all jobs. Absent if it did not stop early. */
  stopped?: string;
}

/**
 * Sends each job that was in the queue when it was opened to the processor again, once, as an
 * asynchronous event. Deletes a job when Lambda has accepted it. Makes all other jobs visible at the
 * end. If they became visible earlier, the same run would receive them again.
 * @param options.invoke rejects if Lambda refuses the event.
 * @param options.rerun whether to send jobs whose action already ran.
 * @param options.say is called with a line per job.
 * @param options.signal stops the run after the current batch.
 */
export async function redriveJobs(options: {
  queue: DeadLetterQueue;
  invoke(body: string, stop: AbortSignal): Promise<void>;
  rerun: boolean;
  say(line: string): void;
  signal: AbortSignal;
}): Promise<Redriven> {
  const { queue, invoke, rerun, say, signal } = options;
  const redriven: Redriven = { sent: 0, refused: 0, alreadyRan: 0 };
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  let refusalsInARow = 0;

  const stopBecause = (reason: string) => {
    redriven.stopped ??= reason;
    failed.abort();
  };

  const onRefusal = (error: unknown, description: string) => {
    const refusal = refusalOf(error);
    redriven.refused += 1;
    say(`${description}: refused: ${reasonOf(error)}`);
    if (refusal === "permanent") stopBecause("Lambda would refuse the other jobs too.");
    if (refusal !== "temporary") return;
    refusalsInARow += 1;
    if (refusalsInARow === REFUSALS_IN_A_ROW)
      stopBecause(`Lambda refused ${REFUSALS_IN_A_ROW} jobs in a row.`);
  };

  const send = async (letter: DeadLetter) => {
    const description = describe(letter);
    if (hasRun(letter) && !rerun) {
      redriven.alreadyRan += 1;
      say(`${description}: left in the queue, because its action already ran`);
      return;
    }
    try {
      await invoke(letter.body, stop);
    } catch (error) {
      onRefusal(error, description);
      return;
    }
    refusalsInARow = 0;
    redriven.sent += 1;
    try {
      await queue.remove(letter);
      say(`${description}: sent again`);
    } catch (error) {
      say(`${description}: sent again, but still in the queue: ${reasonOf(error)}`);
      stopBecause(
        "SQS did not delete a job that was sent again. The next run will send it once more.",
      );
    }
  };

  const failure = await forEachBatch(queue, stop, async (letters) => {
    await Promise.all(letters.map(send));
  });
  if (failure !== undefined) stopBecause(failure);
  return redriven;
}

/** The outcome of a dry run. */
export interface Listed {
  jobs: number;
  /** The number of jobs whose action already ran. */
  alreadyRan: number;
  /** The reason why some jobs were not listed. Absent if all were listed. */
  stopped?: string;
}

/** Lists the jobs in the queue and leaves them there. */
export async function listJobs(options: {
  queue: DeadLetterQueue;
  say(line: string): void;
  signal: AbortSignal;
}): Promise<Listed> {
  const { queue, say, signal } = options;
  const listed: Listed = { jobs: 0, alreadyRan: 0 };
  const failure = await forEachBatch(queue, signal, (letters) => {
    for (const letter of letters) {
      say(describe(letter));
      listed.jobs += 1;
      if (hasRun(letter)) listed.alreadyRan += 1;
    }
  });
  if (failure !== undefined) listed.stopped = failure;
  return listed;
}

/**
 * Handles the jobs in batches and releases them at the end, also after a failure.
 * @returns the reason why SQS failed after some jobs were handled, or undefined if it did not fail.
 * @throws the failure if no job was handled.
 */
async function forEachBatch(
  queue: DeadLetterQueue,
  stop: AbortSignal,
  handle: (letters: readonly DeadLetter[]) => Promise<void> | void,
): Promise<string | undefined> {
  let handledSome = false;
  const failures: unknown[] = [];
  try {
    for await (const letters of queue.batches(stop)) {
      handledSome = true;
      await handle(letters);
    }
  } catch (error) {
    failures.push(error);
  }
  await queue.release().catch((error: unknown) => failures.push(error));
  if (failures.length === 0) return undefined;
  const [failure] = failures;
  const reason = explainAwsFailure(failure);
  if (!handledSome || reason === undefined) throw failure;
  return `${reason} Jobs that this run received can stay invisible for ${queue.visibilityTimeout} s.`;
}

const hasRun = ({ errorMessage = "" }: DeadLetter) => isReplyNotPosted(errorMessage);

const reasonOf = (error: unknown) => explainAwsFailure(error) ?? printable(String(error));

/** Returns the ids of a job and its error, without its data. Clients choose ids, so they are untrusted. */
const describe = ({ body, errorMessage = "unknown error" }: DeadLetter): string =>
  printable(`${idsOf(body)} (failed: ${errorMessage})`);

function idsOf(body: string): string {
  try {
    const { connectionId, requestId, action } = JSON.parse(body);
    return `job ${requestId} of connection ${connectionId}, action ${action}`;
  } catch {
    return "a message that is not a job";
  }
}
