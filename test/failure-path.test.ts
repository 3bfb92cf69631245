import { join } from "node:path";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import type { Overview } from "@websocket-lambda/local-aws";
import { bundleProcessorWith } from "./extra-actions.ts";
import { startTestStack } from "./test-stack.ts";
import { connect } from "./e2e/client.ts";
import { watchLogs } from "./e2e/log-watch.ts";

/**
 * Seconds: short, because a loop runs until then. After it, the process starts again in the time of the
 * next message, so it is long enough for a start on a busy machine.
 */
const TIME_OUT = 3;

/**
 * Seconds in which every other failure comes: V8 collects garbage ever harder before it gives up a full
 * memory.
 */
const LONG_TIME_OUT = 10;

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
  /** Events that are queued, or whose function runs, or that wait for an attempt. */
  const underWay = async () => {
    const overview = (await (await fetch(`${endpoint}/_local/overview`)).json()) as Overview;
    return overview.queued;
  };
  return {
    aws,
    deadLetter,
    underWay,
    client: await connect(aws.webSocketUrl("production")),
  };
}

/** What fails, what is said of it, the function's time-out, and after how long at most it has failed. */
test.for<[string, string, RegExp, number, number]>([
  ["throws", "planted", /success/, LONG_TIME_OUT, 0],
  ["rejects", "planted", /success/, LONG_TIME_OUT, 0],
  ["hangs", "Task timed out after 3.00 seconds", /timeout/, TIME_OUT, TIME_OUT],
  ["loops", "Task timed out after 3.00 seconds", /timeout/, TIME_OUT, TIME_OUT],
  ["exits", "Runtime exited with error: exit status 3", /error/, LONG_TIME_OUT, 0],
  ["fills", "Runtime exited with error: signal: ", /error/, LONG_TIME_OUT, LONG_TIME_OUT],
])(
  "an action that %s: PROCESSING_FAILED once, and the whole event in the dead-letter queue",
  async ([action, message, status, timeout, failed]) => {
    const { aws, client, deadLetter, underWay } = await startFailingStack(timeout);
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
    // A retry would come after 50 seconds or later.
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

    // Nothing that could report the failure again is left.
    await expect.poll(underWay).toBe(0);
    // The next message finds a processor that works. Frames of a connection come in their order, so
    // that a second report would come before this reply.
    expect(await client.ask({ action: "echo", data: 1, requestId: "next" })).toMatchObject({
      requestId: "next",
      result: 1,
    });
    expect(client.unread()).toEqual([]);
  },
);
