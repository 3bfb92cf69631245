import { InvokeCommand } from "@aws-sdk/client-lambda";
import type { Lambda } from "../../shared/aws-clients.ts";
import type { Job } from "../../shared/protocol.ts";
import { RejectedMessage } from "./rejected-message.ts";

/**
 * The maximum size of a job in bytes. A failed job must fit into the dead-letter queue, which accepts
 * 262,144 bytes including the attributes that Lambda adds. A message of 128 KB can become larger,
 * because `JSON.stringify` writes numbers such as `1e20` with all their zeros.
 */
const JOB_LIMIT = 256_000;

/**
 * Returns a job as JSON that the dead-letter queue accepts. SQS rejects some characters.
 * `JSON.stringify` escapes all of them except U+FFFE and U+FFFF.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const payloadOf = (job: Job): string =>
  JSON.stringify(job).replaceAll("\uFFFE", "\\uFFFE").replaceAll("\uFFFF", "\\uFFFF");

/**
 * Invokes the processor asynchronously and resolves once Lambda has queued the job.
 * @throws {RejectedMessage} `INVALID_REQUEST` if the job is too large for the dead-letter queue;
 * `UNAVAILABLE` if the last attempt of the Invoke fails.
 */
export type ProcessorInvoker = (job: Job) => Promise<void>;

export const createProcessorInvoker =
  (lambda: Lambda, processorFunctionName: string): ProcessorInvoker =>
  async (job) => {
    const payload = payloadOf(job);
    if (Buffer.byteLength(payload) > JOB_LIMIT) {
      const message =
        "The message is over 256,000 bytes after the server has encoded it as JSON again.";
      throw new RejectedMessage("INVALID_REQUEST", message, job);
    }
    const invoke = new InvokeCommand({
      FunctionName: processorFunctionName,
      InvocationType: "Event",
      Payload: payload,
    });
    try {
      await lambda.send(invoke);
    } catch (cause) {
      const message = "The processor is unavailable. Try again later.";
      throw new RejectedMessage("UNAVAILABLE", message, job, { cause });
    }
  };
