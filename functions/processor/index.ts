import * as v from "valibot";
import { createManagementClient } from "../../shared/aws-clients.ts";
import { reply } from "../../shared/connection.ts";
import { required } from "../../shared/environment.ts";
import { Job } from "../../shared/protocol.ts";
import { actions } from "./actions/index.ts";
import { runAction } from "./run-action.ts";

const management = createManagementClient(required("MANAGEMENT_ENDPOINT"));

/**
 * Runs a job and posts its result to the connection it came from.
 * @throws {TypeError} where the event isn't a job, and whatever an action or the SDK throws. Lambda
 * then keeps the job in the dead-letter queue and has the websocket-handler tell the client.
 */
export async function handler(event: unknown): Promise<void> {
  const job = parseJob(event);
  const frame = await runAction(job, actions);
  const outcome = await reply(management, job.connectionId, frame);
  const { connectionId, requestId, subject } = job;
  const code = frame.status === "error" ? frame.error.code : undefined;
  console.info({ event: "reply posted", connectionId, requestId, subject, outcome, code });
}

/** @throws {TypeError} that says nothing of the event's data, for Lambda logs the whole error. */
function parseJob(event: unknown): Job {
  const parsed = v.safeParse(Job, event);
  if (parsed.success) return parsed.output;
  const member = v.getDotPath(parsed.issues[0]);
  throw new TypeError(
    `The event is not a job${member === null ? "" : `: ${member} is missing or wrong`}.`,
  );
}
