import { InvokeCommand } from "@aws-sdk/client-lambda";
import type { Lambda } from "../../shared/aws-clients.ts";
import type { Job } from "../../shared/protocol.ts";
import { RejectedMessage } from "./rejected-message.ts";

/**
 * Bytes. A job that fails has to fit into the dead-letter queue, which takes 262,144 with what Lambda
 * adds. A message of 128 KB can grow beyond: `1e20` is written out with all its zeros.
 */
const JOB_LIMIT = 256_000;

/**
 * A job in JSON that the dead-letter queue can hold. Of the characters that no message of SQS may
 * have, JSON leaves only these two as they are.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const payloadOf = (job: Job): string =>
  JSON.stringify(job).replaceAll("\uFFFE", "\\uFFFE").replaceAll("\uFFFF", "\\uFFFF");

/**
 * Gives a job to the processor and resolves once Lambda has queued it.
 * @throws {RejectedMessage} `INVALID_REQUEST`, where it is too large to be kept if it fails;
 * `UNAVAILABLE`, where Lambda refuses it for good.
 */
export type HandOver = (job: Job) => Promise<void>;

export const createHandOver =
  (lambda: Lambda, processorFunctionName: string): HandOver =>
  async (job) => {
    const payload = payloadOf(job);
    if (Buffer.byteLength(payload) > JOB_LIMIT) {
      const message = "The message is over 256,000 bytes with its numbers and escapes written out.";
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
      const message = "The request could not be handed over. Try again later.";
      throw new RejectedMessage("UNAVAILABLE", message, job, { cause });
    }
  };
