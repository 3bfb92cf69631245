import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { Job } from "../../shared/protocol.ts";
import { RejectedMessage } from "./rejected-message.ts";

/**
 * Bytes. A job that fails has to fit into the dead-letter queue, which takes 262,144 with what Lambda
 * adds. A message of 128 KB can grow beyond: `1e20` is written out with all its zeros.
 */
const JOB_LIMIT = 256_000;

/**
 * Gives a job to the processor and resolves once Lambda has queued it.
 * @throws {RejectedMessage} `INVALID_REQUEST`, where it is too large to be kept if it fails;
 * `UNAVAILABLE`, where Lambda refuses it for good.
 */
export type HandOver = (job: Job) => Promise<void>;

export const createHandOver =
  (lambda: LambdaClient, processorFunctionName: string): HandOver =>
  async (job) => {
    const payload = JSON.stringify(job);
    if (Buffer.byteLength(payload) > JOB_LIMIT) {
      const message = "The message is over 256,000 bytes with its numbers written out.";
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
