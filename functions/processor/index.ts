import type { Context } from "aws-lambda";
import * as v from "valibot";
import { createManagementClient } from "../../shared/aws-clients.ts";
import { type Outcome, reply } from "../../shared/connection.ts";
import { required } from "../../shared/environment.ts";
import { failure, Job, type Reply } from "../../shared/protocol.ts";
import { ReplyNotPosted } from "../../shared/reply-not-posted.ts";
import { TimedOut } from "../../shared/timed-out.ts";
import { actions } from "./actions/index.ts";
import { type Attempt, ClientGone, ProgressTooLarge, startAttempt } from "./attempt.ts";
import { runAction } from "./run-action.ts";

const management = createManagementClient(required("MANAGEMENT_ENDPOINT"));

/**
 * Runs a job and posts its result to the connection of its request.
 * @throws {TypeError} if the event isn't a job, `TimedOut` if the action was stopped shortly before the
 * function's timeout, `ReplyNotPosted` if the action ran and the post failed, and any error of an action.
 * Lambda then sends the job to the dead-letter queue, and a failure record to the websocket-handler,
 * which sends `TIMED_OUT` or `PROCESSING_FAILED` to the client.
 */
export async function handler(event: unknown, context: Context): Promise<void> {
  const job = parseJob(event);
  const start = performance.now();
  const attempt = startAttempt(job, context, management);
  const frame = await run(job, attempt);
  const outcome = frame === undefined ? "gone" : await post(job, frame);
  const { connectionId, requestId, subject } = job;
  console.info({
    event: "reply posted",
    connectionId,
    requestId,
    subject,
    action: loggedAction(job, frame),
    durationMs: Math.round((performance.now() - start) * 10) / 10,
    outcome,
    code: outcome === "too large" ? "RESULT_TOO_LARGE" : codeOf(frame),
    progress: attempt.posted > 0 ? attempt.posted : undefined,
  });
}

/** Runs the action of a job. Returns its reply, or undefined if the client has disconnected. */
async function run(job: Job, attempt: Attempt): Promise<Reply | undefined> {
  try {
    return await runAction(job, actions, attempt.context, attempt.postProgress);
  } catch (error) {
    const { aborted, reason } = attempt.context.signal;
    if (reason instanceof ClientGone) return undefined;
    if (reason instanceof ProgressTooLarge) return failure(job, "RESULT_TOO_LARGE", reason.message);
    if (reason instanceof TimedOut) throw new TimedOut({ cause: error });
    // An action that passes the signal on throws an AbortError, which does not contain the reason.
    throw aborted ? reason : error;
  } finally {
    attempt.end();
  }
}

/** Posts a reply. Logs a failed post as a separate event, because the action may have run. */
async function post(job: Job, frame: Reply): Promise<Outcome> {
  const { connectionId, requestId } = job;
  try {
    return await reply(management, connectionId, frame);
  } catch (error) {
    const line = { event: "reply not posted", connectionId, requestId };
    console.error({ ...line, action: loggedAction(job, frame), code: codeOf(frame), error });
    // An error frame means that the action did not run, so the job may run again.
    throw frame.status === "success" ? new ReplyNotPosted(error) : error;
  }
}

const codeOf = (frame: Reply | undefined) =>
  frame?.status === "error" ? frame.error.code : undefined;

/** The name of an unknown action is client data, which is never logged. */
const loggedAction = ({ action }: Job, frame: Reply | undefined) =>
  codeOf(frame) === "UNKNOWN_ACTION" ? undefined : action;

/** @throws {TypeError} The message contains no data of the event, because Lambda logs the error. */
function parseJob(event: unknown): Job {
  const parsed = v.safeParse(Job, event);
  if (parsed.success) return parsed.output;
  const member = v.getDotPath(parsed.issues[0]);
  throw new TypeError(
    `The event is not a job${member === null ? "" : `: ${member} is missing or not valid`}.`,
  );
}
