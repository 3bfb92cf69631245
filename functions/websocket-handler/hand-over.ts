import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { Job } from "../../shared/protocol.ts";
import { RejectedMessage } from "./rejected-message.ts";

/**
 * Gives a job to the processor and resolves once Lambda has queued it.
 * @throws {RejectedMessage} `UNAVAILABLE`, where Lambda refuses it for good.
 */
export type HandOver = (job: Job) => Promise<void>;

export const createHandOver =
  (lambda: LambdaClient, processorFunctionName: string): HandOver =>
  async (job) => {
    const invoke = new InvokeCommand({
      FunctionName: processorFunctionName,
      InvocationType: "Event",
      Payload: JSON.stringify(job),
    });
    try {
      await lambda.send(invoke);
    } catch (cause) {
      const message = "The request could not be handed over. Try again later.";
      throw new RejectedMessage("UNAVAILABLE", message, job, { cause });
    }
  };
