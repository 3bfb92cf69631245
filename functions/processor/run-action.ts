import * as v from "valibot";
import {
  describeIssue,
  failure,
  type Job,
  type Progress,
  progress,
  type Reply,
  success,
} from "../../shared/protocol.ts";
import type { Action, ActionContext } from "./action.ts";
import { postEach } from "./post-each.ts";

/**
 * Runs the action of a job and returns the reply: the result, or an error frame for an unknown action or
 * invalid data.
 * @param postProgress posts a progress frame. Called for each value that the action yields.
 * @throws any error of the action or of `postProgress`.
 */
export async function runAction(
  job: Job,
  actions: Readonly<Record<string, Action>>,
  context: ActionContext,
  postProgress: (frame: Progress) => Promise<void>,
): Promise<Reply> {
  const action = Object.hasOwn(actions, job.action) ? actions[job.action] : undefined;
  if (action === undefined) {
    const known = Object.keys(actions).join(", ");
    return failure(job, "UNKNOWN_ACTION", `Unknown action. Available actions: ${known}.`);
  }
  const data = v.safeParse(action.input, job.data);
  if (!data.success) {
    return failure(job, "INVALID_DATA", describeIssue(data.issues[0], "data"));
  }
  const returned = await action.run(data.output, context);
  if (!isGenerator(returned)) return success(job, returned);
  const post = (value: unknown, sequence: number) => postProgress(progress(job, value, sequence));
  return success(job, await postEach(returned, post, context.signal));
}

/** Whether an action streams. A result is JSON, so it cannot have a function `next`. */
const isGenerator = (returned: unknown): returned is AsyncGenerator | Generator =>
  typeof returned === "object" &&
  returned !== null &&
  "next" in returned &&
  typeof returned.next === "function";
