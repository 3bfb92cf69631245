import { SQSClient, CreateQueueCommand, ListQueuesCommand } from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import { DIST } from "../scripts/build.ts";
import { connect } from "../test/e2e/client.ts";
import { createLocalAws } from "./local-aws.ts";
import { startEmpty, startStack, websocketUrl } from "./stack.ts";

test("two local AWSs in one process don't see each other", async () => {
  const [first, second] = await Promise.all([
    startStack({ bundles: DIST }),
    startStack({ bundles: DIST }),
  ]);
  onTestFinished(async () => {
    await Promise.all([first.close(), second.close()]);
  });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const sqs = ({ endpoint }: typeof first) =>
    new SQSClient({ endpoint, region: "us-east-1", credentials });
  await sqs(first).send(new CreateQueueCommand({ QueueName: "only-here" }));
  const { QueueUrls = [] } = await sqs(second).send(new ListQueuesCommand({}));
  expect(QueueUrls.some((url) => url.includes("only-here"))).toBe(false);

  const lines: string[] = [];
  second.logs.subscribe(({ message }) => lines.push(message));
  const client = await connect(websocketUrl(first, "websocket0", "production"));
  expect(await client.ask({ action: "echo", data: 1 })).toMatchObject({ result: 1 });
  expect(lines).toEqual([]);
});

test("the state survives being written and read as JSON", async () => {
  const aws = await startStack({ bundles: DIST });
  onTestFinished(() => aws.close());
  expect(JSON.parse(JSON.stringify(aws.state))).toEqual(aws.state);
});

test("a taken port rejects, and leaves nothing running", async () => {
  const first = await startEmpty();
  onTestFinished(() => first.close());
  const port = Number(new URL(first.endpoint).port);
  await expect(startEmpty({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("one that never listened can be closed", async () => {
  const aws = await createLocalAws();
  await expect(aws.close()).resolves.toBeUndefined();
});
