/** @module-tag extended */
import { expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { aws, awsCliVersion } from "../protocols/testing-aws-cli.ts";
import { serve } from "../server/testing.ts";
import { permissiveIam } from "../iam/testing.ts";
import { emptyState } from "../state.ts";
import { createSqs } from "./index.ts";

test.skipIf(awsCliVersion === undefined)(
  "the aws CLI sends, receives and deletes a message",
  { timeout: 30_000 },
  async () => {
    const options = { state: emptyState(), clock: systemClock, iam: permissiveIam };
    const { service } = createSqs({ ...options, endpoint: (): string => served.endpoint });
    await using served = await serve(service);
    const sqs = async (...args: string[]): Promise<unknown> =>
      JSON.parse((await aws(served.endpoint, "sqs", ...args)) || "{}");

    const created = await sqs("create-queue", "--queue-name", "jobs");
    const url = `${served.endpoint}/000000000000/jobs`;
    expect(created).toEqual({ QueueUrl: url });
    const attributes = '{"RequestID": {"DataType": "String", "StringValue": "r-1"}}';
    const message = ["--message-body", "hello", "--message-attributes", attributes];
    await sqs("send-message", "--queue-url", url, ...message);
    const wanted = ["--message-attribute-names", "All", "--wait-time-seconds", "1"];
    const received = await sqs("receive-message", "--queue-url", url, ...wanted);
    expect(received).toMatchObject({
      Messages: [
        {
          Body: "hello",
          MessageAttributes: { RequestID: { DataType: "String", StringValue: "r-1" } },
        },
      ],
    });
    const { Messages } = received as { Messages: [{ ReceiptHandle: string }] };
    const handle = ["--receipt-handle", Messages[0].ReceiptHandle];
    await sqs("delete-message", "--queue-url", url, ...handle);
    await expect(sqs("get-queue-url", "--queue-name", "x")).rejects.toThrow(
      "(AWS.SimpleQueueService.NonExistentQueue) when calling the GetQueueUrl operation",
    );
  },
);
