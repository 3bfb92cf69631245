import * as v from "valibot";
import { describeIssue, failure, type Job, type Reply, success } from "../../shared/protocol.ts";
import type { Action } from "./action.ts";

/**
 * Runs the action that a job names. Returns an error frame for an unknown action or invalid data.
 * @throws every error that the action throws.
 */
export async function runAction(
  job: Job,
  actions: Readonly<Record<string, Action>>,
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
  return success(job, await action.run(data.output, { subject: job.subject }));
}
