import type { Context } from "aws-lambda";
import * as v from "valibot";
import { createManagementClient } from "../../shared/aws-clients.ts";
import { type Outcome, reply } from "../../shared/connection.ts";
import { required } from "../../shared/environment.ts";
import { failure, Job, type Reply } from "../../shared/protocol.ts";
import { ReplyNotPosted } from "../../shared/reply-not-posted.ts";
import { TimedOut } from "../../shared/timed-out.ts";
import { actions } from "./actions/index.ts";
import { ClientGone, ProgressTooLarge, startAttempt } from "./attempt.ts";
import { runAction } from "./run-action.ts";

const management = createManagementClient(required("MANAGEMENT_ENDPOINT"));

/**
 * Runs a job and posts its result to the connection it came from.
 * @throws {TypeError} if the event isn't a job, `TimedOut` if the action ended because the function would
 * soon time out, `ReplyNotPosted` if the action ran and the post failed, and every error of an action.
 * Lambda then sends the job to the dead-letter queue, and a failure record to the websocket-handler,
 * which sends `TIMED_OUT` or `PROCESSING_FAILED` to the client.
 */
export async function handler(event: unknown, context: Context): Promise<void> {
  const job = parseJob(event);
  const frame = await run(job, context);
  const outcome = frame === undefined ? "gone" : await post(job, frame);
  const { connectionId, requestId, subject } = job;
  const code = codeOf(frame);
  console.info({ event: "reply posted", connectionId, requestId, subject, outcome, code });
}

/** Runs the action of a job. Returns its reply, or undefined if the action ended without a client. */
async function run(job: Job, context: Context): Promise<Reply | undefined> {
  const attempt = startAttempt(job, context, management);
  try {
    return await runAction(job, actions, attempt.context, attempt.postProgress);
  } catch (error) {
    const { aborted, reason } = attempt.context.signal;
    if (reason instanceof ClientGone) return undefined;
    if (reason instanceof ProgressTooLarge) return failure(job, "RESULT_TOO_LARGE", reason.message);
    if (reason instanceof TimedOut) throw new TimedOut({ cause: error });
    // An action that waits with the signal throws an AbortError, which says nothing about the post.
    throw aborted ? reason : error;
  } finally {
    attempt.end();
  }
}

/** Posts a reply. A post that fails is logged as an event of its own, since the action has run. */
async function post(job: Job, frame: Reply): Promise<Outcome> {
  const { connectionId, requestId, action } = job;
  try {
    return await reply(management, connectionId, frame);
  } catch (error) {
    const code = codeOf(frame);
    // The name of an unknown action is client data, which is never logged.
    const logged = code === "UNKNOWN_ACTION" ? undefined : action;
    const line = { event: "reply not posted", connectionId, requestId, action: logged, code };
    console.error({ ...line, error });
    // An error frame means that no action ran, so the job may run again.
    throw frame.status === "success" ? new ReplyNotPosted(error) : error;
  }
}

const codeOf = (frame: Reply | undefined) =>
  frame?.status === "error" ? frame.error.code : undefined;

/** @throws {TypeError} without any data of the event, because Lambda logs the whole error. */
function parseJob(event: unknown): Job {
  const parsed = v.safeParse(Job, event);
  if (parsed.success) return parsed.output;
  const member = v.getDotPath(parsed.issues[0]);
  throw new TypeError(
    `The event is not a job${member === null ? "" : `: ${member} is missing or not valid`}.`,
  );
}
