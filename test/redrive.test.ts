import { LambdaClient } from "@aws-sdk/client-lambda";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import type { LocalAws } from "../local/local-aws.ts";
import { startStack, websocketUrl } from "../local/stack.ts";
import { DIST } from "../scripts/build.ts";
import { redrive } from "../scripts/redrive.ts";
import { connect } from "./e2e/client.ts";
import { countDeadLetters } from "./e2e/dead-letters.ts";

const clientConfiguration = ({ endpoint }: LocalAws) => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});

test("a failed job lies whole in the dead-letter queue, and succeeds when it is sent again", async () => {
  const aws = await startStack({ bundles: DIST });
  onTestFinished(() => aws.close());
  const configuration = clientConfiguration(aws);
  const lines: string[] = [];
  const run = (dryRun: boolean) =>
    redrive({
      lambda: new LambdaClient(configuration),
      sqs: new SQSClient(configuration),
      queueName: "websocket-lambda-dead-letters",
      functionName: "websocket-lambda-processor",
      dryRun,
      say: (line) => lines.push(line),
    });

  const policies = aws.state.iam.roles["websocket-lambda-processor-us-east-1"]?.policies ?? {};
  const { permissions = "" } = policies;
  policies["permissions"] = permissions.replace("POST/@connections/*", "POST/@connections");
  const client = await connect(websocketUrl(aws, "websocket0", "production"));
  const sent = performance.now();
  const request = {
    action: "echo",
    data: { kept: ["whole", "é", "\ufffe\uffff"] },
    requestId: "mine",
  };
  expect(await client.ask(request)).toMatchObject({ error: { code: "PROCESSING_FAILED" } });
  expect(performance.now() - sent).toBeLessThan(2000);

  expect(await run(true)).toEqual({ sent: 0, refused: 0 });
  expect(lines[0]).toMatch(/^job mine of connection \S+, action echo \(failed: User: .*denied|not/);
  expect(await countDeadLetters(aws)).toBe(1);

  policies["permissions"] = permissions;
  expect(await run(false)).toEqual({ sent: 1, refused: 0 });
  expect(await client.next()).toMatchObject({ result: request.data, requestId: "mine" });
  expect(await countDeadLetters(aws)).toBe(0);
});

test("nothing that a client or an error calls itself commands the terminal", async () => {
  const aws = await startStack({ bundles: DIST });
  onTestFinished(() => aws.close());
  const sqs = new SQSClient(clientConfiguration(aws));
  const send = new SendMessageCommand({
    QueueUrl: `${aws.endpoint}/000000000000/websocket-lambda-dead-letters`,
    MessageBody: JSON.stringify({
      connectionId: "c=",
      requestId: "\u001b[2J",
      action: "\u009bA\n",
    }),
    MessageAttributes: { ErrorMessage: { DataType: "String", StringValue: "no\r\n\u0085" } },
  });
  await sqs.send(send);
  const lines: string[] = [];
  await redrive({
    lambda: new LambdaClient(clientConfiguration(aws)),
    sqs,
    queueName: "websocket-lambda-dead-letters",
    functionName: "websocket-lambda-processor",
    dryRun: true,
    say: (line) => lines.push(line),
  });
  expect(lines).toEqual(["job ·[2J of connection c=, action ·A· (failed: no···)"]);
});
