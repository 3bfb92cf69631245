import { join } from "node:path";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import type { Overview } from "@websocket-lambda/local-aws";
import { bundleProcessorWith } from "./extra-actions.ts";
import { startTestStack } from "./test-stack.ts";
import { connect } from "./e2e/client.ts";
import { watchLogs } from "./e2e/log-watch.ts";

/**
 * Seconds. It is short, because a loop runs until then. It is long enough for a start on a busy machine,
 * because the process starts again during the next message.
 */
const TIMEOUT = 3;

/** Seconds. It is long enough for V8, which collects garbage for a while before it fails without memory. */
const LONG_TIMEOUT = 10;

let code = "";
beforeAll(async () => {
  code = await bundleProcessorWith(join(import.meta.dirname, "failing-actions.ts"));
});

async function startFailingStack(timeout: number) {
  const aws = await startTestStack({ trace: true });
  onTestFinished(() => aws.close());
  aws.functionNamed("processor").configuration.Timeout = timeout;
  aws.replaceCode("processor", code);
  const { endpoint } = aws;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const sqs = new SQSClient({ endpoint, region: "us-east-1", credentials });
  const deadLetter = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: `${endpoint}/000000000000/websocket-lambda-dead-letters`,
        MessageAttributeNames: ["All"],
        WaitTimeSeconds: 5,
      }),
    );
    return Messages;
  };
  /** Returns the number of events that are queued, that run or that wait for a retry. */
  const countQueued = async () => {
    const overview = (await (await fetch(`${endpoint}/_local/overview`)).json()) as Overview;
    return overview.queued;
  };
  return {
    aws,
    deadLetter,
    countQueued,
    client: await connect(aws.webSocketUrl("production")),
  };
}

/** The action, its error message, its status, the timeout of the function, and the seconds to the failure. */
test.for<[string, string, RegExp, number, number]>([
  ["throws", "planted", /success/, LONG_TIMEOUT, 0],
  ["rejects", "planted", /success/, LONG_TIMEOUT, 0],
  ["hangs", "Task timed out after 3.00 seconds", /timeout/, TIMEOUT, TIMEOUT],
  ["loops", "Task timed out after 3.00 seconds", /timeout/, TIMEOUT, TIMEOUT],
  ["exits", "Runtime exited with error: exit status 3", /error/, LONG_TIMEOUT, 0],
  ["fills", "Runtime exited with error: signal: ", /error/, LONG_TIMEOUT, LONG_TIMEOUT],
])(
  "an action that %s causes PROCESSING_FAILED once, and a dead letter with the whole event",
  async ([action, message, status, timeout, failed]) => {
    const { aws, client, deadLetter, countQueued } = await startFailingStack(timeout);
    const logs = watchLogs(aws);
    await client.ask({ action: "echo", data: "warm" });
    const sent = performance.now();
    const data = { kept: ["whole", "é", null] };
    expect(await client.ask({ action, data, requestId: "mine" })).toEqual({
      action,
      status: "error",
      error: { code: "PROCESSING_FAILED", message: "The request could not be processed." },
      requestId: "mine",
    });
    // A retry would start after 50 seconds or later.
    expect(performance.now() - sent).toBeLessThan(1000 * failed + 5000);

    const [letter, ...others] = await deadLetter();
    expect(others).toEqual([]);
    const body = JSON.parse(letter?.Body ?? "");
    expect(body).toEqual({ connectionId: expect.any(String), requestId: "mine", action, data });
    const attributes = letter?.MessageAttributes ?? {};
    expect(attributes["ErrorCode"]).toMatchObject({ DataType: "Number", StringValue: "200" });
    expect(attributes["ErrorMessage"]?.StringValue).toContain(message);
    const { content } = await logs.line(
      (line) =>
        line.content["requestId"] === attributes["RequestID"]?.StringValue &&
        "metrics" in line.content,
    );
    expect(content["status"]).toMatch(status);

    // No event that could report the failure again is left.
    await expect.poll(countQueued).toBe(0);
    // The processor works for the next message. Frames of a connection arrive in order, so a second
    // report would arrive before this reply.
    expect(await client.ask({ action: "echo", data: 1, requestId: "next" })).toMatchObject({
      requestId: "next",
      result: 1,
    });
    expect(client.unread()).toEqual([]);
  },
);
