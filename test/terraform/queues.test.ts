/** @module-tag extended */
import { Lambda } from "@aws-sdk/client-lambda";
import { SQS } from "@aws-sdk/client-sqs";
import { strToU8, zipSync } from "fflate";
import { beforeAll, describe, expect, test } from "vitest";
import { APPLY_TIMEOUT } from "./applied-stack.ts";
import { because, reasonToSkip } from "./available.ts";
import { useTerraformFolder } from "./terraform-folder.ts";

const skipped = await reasonToSkip();
const region = "eu-west-1";

/** Sends the body of each message to the queue `results`. Reports messages with the body `fail` as failed. */
const FUNCTION = `
const { SQS } = require("@aws-sdk/client-sqs");

const client = new SQS();
exports.handler = async ({ Records }) => {
  const batchItemFailures = [];
  for (const { body, messageId } of Records)
    if (body === "fail") batchItemFailures.push({ itemIdentifier: messageId });
    else await client.sendMessage({ QueueUrl: process.env.RESULTS, MessageBody: body });
  return { batchItemFailures };
};
`;

/** @param changed whether the settings of the mapping have other values. */
const configuration = (changed = false) => `
provider "aws" {
  region = "${region}"
  default_tags {
    tags = { project = "jobs" }
  }
}

resource "aws_sqs_queue" "dead" {
  name = "dead"
}

resource "aws_sqs_queue" "jobs" {
  name                       = "jobs"
  visibility_timeout_seconds = 3
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 1
  })
}

resource "aws_sqs_queue" "results" {
  name = "results"
}

resource "aws_sqs_queue_redrive_policy" "results" {
  queue_url = aws_sqs_queue.results.id
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 4
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.jobs.arn, aws_sqs_queue.results.arn]
  })
}

data "aws_iam_policy_document" "results" {
  statement {
    sid       = "Worker"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.results.arn]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.worker.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "results" {
  queue_url = aws_sqs_queue.results.id
  policy    = data.aws_iam_policy_document.results.json
}

resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "worker" {
  role       = aws_iam_role.worker.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
}

resource "aws_lambda_function" "worker" {
  function_name    = "worker"
  role             = aws_iam_role.worker.arn
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = "\${abspath(path.module)}/worker.zip"
  source_code_hash = filebase64sha256("\${abspath(path.module)}/worker.zip")
  environment {
    variables = { RESULTS = aws_sqs_queue.results.url }
  }
}

resource "aws_lambda_event_source_mapping" "worker" {
  event_source_arn        = aws_sqs_queue.jobs.arn
  function_name           = aws_lambda_function.worker.arn
  function_response_types = ["ReportBatchItemFailures"]
  enabled                 = ${!changed}
  ${changed ? "batch_size = 5" : ""}
  ${changed ? "" : "maximum_batching_window_in_seconds = 1"}
  filter_criteria {
    filter {
      pattern = jsonencode({ body = [{ "anything-but" = ["ignored"] }] })
    }
  }
  ${changed ? "" : "scaling_config {\n    maximum_concurrency = 2\n  }"}
  depends_on = [aws_iam_role_policy_attachment.worker]
}
`;

describe.skipIf(skipped)(`queues of Terraform${because(skipped)}`, () => {
  const folder = useTerraformFolder({ region });
  let sqs: SQS;

  const configure = (text: string) => folder.write("main.tf", text);
  const planned = () => folder.root.plan("-detailed-exitcode");
  /** Waits for messages of a queue, and deletes them. */
  const receive = async (QueueUrl: string, count: number) => {
    const bodies: (string | undefined)[] = [];
    while (bodies.length < count) {
      const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 20 });
      for (const { Body, ReceiptHandle } of Messages) {
        bodies.push(Body);
        await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
      }
    }
    return new Set(bodies);
  };

  beforeAll(async () => {
    const zip = zipSync({ "index.js": strToU8(FUNCTION) });
    await folder.write("worker.zip", zip);
    await configure(configuration());
    sqs = new SQS(folder.clientOptions);
    await folder.root.apply();
  }, APPLY_TIMEOUT);

  test(
    "and their mapping have no differences after an apply",
    { timeout: APPLY_TIMEOUT },
    async () => {
      expect(await planned()).toContain("No changes.");
    },
  );

  test("invoke a function, and move failed messages to the dead-letter queue", async () => {
    const Entries = ["first", "fail", "ignored", "second"].map((MessageBody, index) => ({
      Id: String(index),
      MessageBody,
    }));
    await sqs.sendMessageBatch({ QueueUrl: "jobs", Entries });
    expect(await receive("results", 2)).toEqual(new Set(["first", "second"]));
    expect(await receive("dead", 1)).toEqual(new Set(["fail"]));
    const AttributeNames = ["ApproximateNumberOfMessages" as const];
    for (const QueueUrl of ["jobs", "results", "dead"])
      expect(await sqs.getQueueAttributes({ QueueUrl, AttributeNames })).toMatchObject({
        Attributes: { ApproximateNumberOfMessages: "0" },
      });
  });

  test("have a mapping that changes in place", { timeout: APPLY_TIMEOUT }, async () => {
    const lambda = new Lambda(folder.clientOptions);
    const mappings = async () => (await lambda.listEventSourceMappings({})).EventSourceMappings;
    const [before] = (await mappings()) ?? [];
    await configure(configuration(true));
    expect(await folder.root.apply()).toContain("1 changed, 0 destroyed");
    expect(await planned()).toContain("No changes.");
    const { ScalingConfig: _, ...settings } = before ?? {};
    expect(await mappings()).toEqual([
      {
        ...settings,
        BatchSize: 5,
        MaximumBatchingWindowInSeconds: 0,
        State: "Disabled",
        LastModified: expect.any(Date),
      },
    ]);
  });

  test("are destroyed", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await folder.root.destroy()).toContain("Destroy complete!");
    const { sqs: queues, lambda } = folder.local.state.regions[region] ?? {};
    expect([queues, lambda]).toEqual([
      { queues: {} },
      { functions: {}, eventSourceMappings: {}, layers: {} },
    ]);
  });
});
