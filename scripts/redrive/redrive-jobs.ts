import { isReplyNotPosted } from "../../shared/reply-not-posted.ts";
import { explainAwsFailure } from "../aws-failure.ts";
import { printable } from "../printable.ts";
import type { DeadLetter, DeadLetterQueue } from "./dead-letter-queue.ts";
import { refusalOf } from "./invoke-again.ts";

/** Refusals in a row after which no further job is tried. */
const REFUSALS_IN_A_ROW = 5;

/** What became of the jobs that were in the queue. */
export interface Redriven {
  /** Jobs that Lambda accepted. */
  sent: number;
  /** Jobs that it refused; they stay in the queue. */
  refused: number;
  /** Jobs that stay in the queue because their actions have run already. */
  alreadyRan: number;
  /** Why the run ended before it had tried every job; absent where it had. */
  stopped?: string;
}

/**
 * Sends each job that was in the queue when it was opened to the processor, once, as the
 * asynchronous event it was. A job leaves the queue when Lambda has accepted it. At the end all
 * others are visible again, and not before: they would come back within the same run.
 * @param options.invoke rejects where Lambda refuses the event.
 * @param options.rerun whether to send the jobs that have run already as well.
 * @param options.say gets a line per job.
 * @param options.signal ends the run once the jobs in hand are done.
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

  const onRefusal = (error: unknown, what: string) => {
    const refusal = refusalOf(error);
    redriven.refused += 1;
    say(`${what}: refused: ${reasonOf(error)}`);
    if (refusal === "permanent") stopBecause("Lambda would refuse the other jobs too.");
    if (refusal !== "passing") return;
    refusalsInARow += 1;
    if (refusalsInARow === REFUSALS_IN_A_ROW)
      stopBecause(`Lambda refused ${REFUSALS_IN_A_ROW} jobs in a row.`);
  };

  const send = async (letter: DeadLetter) => {
    const what = describe(letter);
    if (hasRun(letter) && !rerun) {
      redriven.alreadyRan += 1;
      say(`${what}: left in the queue, because its action already ran`);
      return;
    }
    try {
      await invoke(letter.body, stop);
    } catch (error) {
      onRefusal(error, what);
      return;
    }
    refusalsInARow = 0;
    redriven.sent += 1;
    try {
      await queue.remove(letter);
      say(`${what}: sent again`);
    } catch (error) {
      say(`${what}: sent again, but still in the queue: ${reasonOf(error)}`);
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

/** The jobs that a dry run saw. */
export interface Listed {
  jobs: number;
  /** Those of them whose actions have run already. */
  alreadyRan: number;
  /** Why not all were seen; absent where they were. */
  stopped?: string;
}

/** Says which jobs are in the queue, and leaves them there. */
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
 * Handles the jobs batch by batch and releases them at the end, also after a failure.
 * @returns why SQS failed once jobs had been handled; undefined where it did not.
 * @throws the failure where no job had been handled.
 */
async function forEachBatch(
  queue: DeadLetterQueue,
  stop: AbortSignal,
  handle: (letters: readonly DeadLetter[]) => Promise<void> | void,
): Promise<string | undefined> {
  let begun = false;
  const failures: unknown[] = [];
  try {
    for await (const letters of queue.batches(stop)) {
      begun = true;
      await handle(letters);
    }
  } catch (error) {
    failures.push(error);
  }
  await queue.release().catch((error: unknown) => failures.push(error));
  if (failures.length === 0) return undefined;
  const [failure] = failures;
  const reason = explainAwsFailure(failure);
  if (!begun || reason === undefined) throw failure;
  return `${reason} Jobs that this run received can stay invisible for ${queue.hiding} s.`;
}

const hasRun = ({ errorMessage = "" }: DeadLetter) => isReplyNotPosted(errorMessage);

const reasonOf = (error: unknown) => explainAwsFailure(error) ?? printable(String(error));

/** The ids of a job and its failure; none of its data. What clients name their ids may hold anything. */
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
