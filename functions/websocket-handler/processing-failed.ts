import * as v from "valibot";
import type { Management } from "../../shared/aws-clients.ts";
import { reply } from "../../shared/connection.ts";
import { failure, Job } from "../../shared/protocol.ts";
import type { FailureRecord } from "./events.ts";

/** Tells the client that its job failed for good. The job itself lies in the dead-letter queue. */
export async function onProcessingFailed(
  { requestContext, requestPayload }: FailureRecord,
  management: Management,
): Promise<void> {
  const { requestId: invocationId, condition, approximateInvokeCount } = requestContext;
  const record = { invocationId, condition, approximateInvokeCount };
  const job = v.safeParse(Job, requestPayload);
  if (!job.success) {
    console.error({ event: "a failed invocation held no job, so nobody can be told", ...record });
    return;
  }
  const { connectionId, requestId } = job.output;
  const frame = failure(job.output, "PROCESSING_FAILED", "The request could not be processed.");
  const outcome = await reply(management, connectionId, frame);
  console.warn({ event: "processing failed", connectionId, requestId, outcome, ...record });
}
