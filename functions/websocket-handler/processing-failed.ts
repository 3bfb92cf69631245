import * as v from "valibot";
import type { Management } from "../../shared/aws-clients.ts";
import { reply } from "../../shared/connection.ts";
import { failure, Job } from "../../shared/protocol.ts";
import { isTimedOut } from "../../shared/timed-out.ts";
import type { FailureRecord } from "./events.ts";

/**
 * Sends `TIMED_OUT` to the client if the action was stopped at its time limit, and `PROCESSING_FAILED`
 * after any other failure. The job is in the dead-letter queue.
 */
export async function onProcessingFailed(
  { requestContext, requestPayload, responsePayload }: FailureRecord,
  management: Management,
): Promise<void> {
  const { requestId: invocationId, condition, approximateInvokeCount } = requestContext;
  const record = { invocationId, condition, approximateInvokeCount };
  const job = v.safeParse(Job, requestPayload);
  if (!job.success) {
    console.error({ event: "failure record without a job", ...record });
    return;
  }
  const { connectionId, requestId } = job.output;
  const frame = isTimedOut(responsePayload?.errorType)
    ? failure(job.output, "TIMED_OUT", "The action took too long and was stopped.")
    : failure(job.output, "PROCESSING_FAILED", "The request could not be processed.");
  const outcome = await reply(management, connectionId, frame);
  const { code } = frame.error;
  console.warn({ event: "processing failed", connectionId, requestId, code, outcome, ...record });
}
