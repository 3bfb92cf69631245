import { SQSClient, CreateQueueCommand, ListQueuesCommand } from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import { startTestStack } from "./test-stack.ts";
import { request } from "./conformance/signed-request.ts";
import { connect } from "./e2e/client.ts";

test("two local AWS instances in one process have separate state", async () => {
  const [first, second] = await Promise.all([startTestStack(), startTestStack()]);
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
  second.subscribe({ log: ({ message }) => lines.push(message) });
  const client = await connect(first.webSocketUrl("production"));
  expect(await client.ask({ action: "echo", data: 1 })).toMatchObject({ result: 1 });
  expect(lines).toEqual([]);
});

test("the state can be written and read as JSON", async () => {
  const aws = await startTestStack();
  onTestFinished(() => aws.close());
  expect(JSON.parse(JSON.stringify(aws.state))).toEqual(aws.state);
});

test("the account can be chosen, and STS and every ARN contain it", async () => {
  const aws = await startTestStack({ accountId: "111122223333" });
  onTestFinished(() => aws.close());
  const { body: identity } = await request(
    {
      method: "POST",
      url: aws.endpoint,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from("Action=GetCallerIdentity&Version=2011-06-15"),
    },
    {
      service: "sts",
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    },
  );
  expect(identity).toContain("<Account>111122223333</Account>");
  expect(identity).toContain("<Arn>arn:aws:iam::111122223333:root</Arn>");
  const arns = JSON.stringify(aws.state).match(/arn:aws:\w+:[\w-]*:\d{12}:/g) ?? [];
  expect(arns.length).toBeGreaterThan(10);
  expect(arns.filter((arn) => !arn.includes(":111122223333:"))).toEqual([]);
  const client = await connect(aws.webSocketUrl("production"));
  expect(await client.ask({ action: "echo", data: 1 })).toMatchObject({ result: 1 });
});
