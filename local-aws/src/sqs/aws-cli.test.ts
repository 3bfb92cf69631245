/** @module-tag extended */
import { describe, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { awsClis } from "../protocols/testing-aws-cli.ts";
import { serve } from "../server/testing.ts";
import { permissiveIam } from "../iam/testing.ts";
import { emptyState } from "../state.ts";
import { createSqs } from "./index.ts";

// The versions use two protocols: 2.9 the query protocol, and current versions AWS JSON.
describe.skipIf(awsClis.length === 0)("the AWS CLI", { timeout: 120_000 }, () => {
  test.for(awsClis)("$version sends, receives, returns and deletes a message", async (cli) => {
    const options = { state: emptyState(), clock: systemClock, iam: permissiveIam };
    const { service } = createSqs({ ...options, endpoint: (): string => served.endpoint });
    await using served = await serve(service);
    const sqs = async (...args: string[]): Promise<unknown> =>
      JSON.parse((await cli.run(served.endpoint, "sqs", ...args)) || "{}");

    const created = await sqs("create-queue", "--queue-name", "jobs", "--tags", "stage=test");
    const url = `${served.endpoint}/000000000000/jobs`;
    const queue = ["--queue-url", url];
    expect(created).toEqual({ QueueUrl: url });
    expect(await sqs("list-queue-tags", ...queue)).toEqual({ Tags: { stage: "test" } });
    const MessageAttributes = {
      RequestID: { DataType: "String", StringValue: "r-1" },
      key: { DataType: "Binary", BinaryValue: "AQID" },
    };
    // The CLI checks the digests. The binary value that it sends depends on its version.
    const Body = '<hällo & "co">\r\n\t\u{1f600}';
    const input = { QueueUrl: url, MessageBody: Body, MessageAttributes };
    await sqs("send-message", "--cli-input-json", JSON.stringify(input));
    const wanted = ["--message-attribute-names", "All", "--attribute-names", "All"];
    const received = await sqs("receive-message", ...queue, ...wanted, "--wait-time-seconds", "1");
    expect(received).toMatchObject({
      Messages: [
        {
          Body,
          Attributes: { ApproximateReceiveCount: "1" },
          MessageAttributes: {
            RequestID: MessageAttributes.RequestID,
            key: { DataType: "Binary", BinaryValue: expect.any(String) },
          },
        },
      ],
    });
    const { Messages } = received as { Messages: [{ ReceiptHandle: string }] };
    const [{ ReceiptHandle }] = Messages;
    const entries = [
      { Id: "a", ReceiptHandle, VisibilityTimeout: 600 },
      { Id: "b", ReceiptHandle: "x", VisibilityTimeout: 600 },
    ];
    const batch = ["--entries", JSON.stringify(entries)];
    expect(await sqs("change-message-visibility-batch", ...queue, ...batch)).toMatchObject({
      Successful: [{ Id: "a" }],
      Failed: [{ Id: "b", SenderFault: true, Code: "ReceiptHandleIsInvalid" }],
    });
    const names = ["--attribute-names", "ApproximateNumberOfMessagesNotVisible"];
    const attributes = (count: string) => ({
      Attributes: { ApproximateNumberOfMessagesNotVisible: count },
    });
    expect(await sqs("get-queue-attributes", ...queue, ...names)).toEqual(attributes("1"));
    await sqs("delete-message", ...queue, "--receipt-handle", ReceiptHandle);
    expect(await sqs("get-queue-attributes", ...queue, ...names)).toEqual(attributes("0"));
    await expect(sqs("get-queue-url", "--queue-name", "x")).rejects.toThrow(
      "(AWS.SimpleQueueService.NonExistentQueue) when calling the GetQueueUrl operation",
    );
  });
});
