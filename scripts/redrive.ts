/**
 * `npm run redrive`: sends the jobs in the dead-letter queue to the processor again, on AWS or
 * wherever `AWS_ENDPOINT_URL` leads.
 */
import { parseArgs } from "node:util";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { printable } from "./printable.ts";

const USAGE = `Usage: npm run redrive -- [options]

  --project <name>  the project of the stack (default: websocket-lambda)
  --dry-run         say what lies in the queue, and leave it there
`;

/** How long SQS hides a message that was received. Seconds; long enough to hand over ten. */
const VISIBILITY_TIMEOUT = 60;

export interface Redriven {
  /** Jobs that Lambda accepted again; they have left the queue. */
  sent: number;
  /** Jobs that it refused; they are in the queue again after a minute. */
  refused: number;
}

/**
 * Sends every job that is visible in the queue to the processor, as the asynchronous event it was.
 * A job leaves the queue once Lambda has accepted it: cut short in between, it is run twice and
 * never lost.
 * @param say gets a line per job.
 */
export async function redrive(options: {
  lambda: LambdaClient;
  sqs: SQSClient;
  queueName: string;
  functionName: string;
  dryRun: boolean;
  say(line: string): void;
}): Promise<Redriven> {
  const { lambda, sqs, queueName, functionName, dryRun } = options;
  // What clients and errors call themselves may hold anything.
  const say = (line: string) => options.say(printable(line));
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName }));
  const redriven: Redriven = { sent: 0, refused: 0 };
  const received: Message[] = [];

  const sendAgain = async ({ Body = "", ReceiptHandle }: Message, what: string) => {
    try {
      await lambda.send(
        new InvokeCommand({ FunctionName: functionName, InvocationType: "Event", Payload: Body }),
      );
    } catch (error) {
      redriven.refused += 1;
      say(`${what}: refused: ${String(error)}`);
      return;
    }
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    redriven.sent += 1;
    say(`${what}: sent again`);
  };

  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        // A dry run leaves each message hidden until the end, or it would see it again and again.
        VisibilityTimeout: VISIBILITY_TIMEOUT,
        // Long polling asks every server of the queue; a short look can miss some.
        WaitTimeSeconds: 1,
      }),
    );
    if (Messages.length === 0) break;
    received.push(...Messages);
    for (const message of Messages) {
      const what = describe(message);
      if (dryRun) say(what);
      else await sendAgain(message, what);
    }
  }
  if (dryRun) await makeVisible(sqs, QueueUrl, received);
  return redriven;
}

async function makeVisible(
  sqs: SQSClient,
  QueueUrl: string | undefined,
  messages: Message[],
): Promise<void> {
  for (const { ReceiptHandle } of messages)
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
    );
}

/** The ids of a job and what it failed of; of its data, nothing. */
function describe({ Body = "", MessageAttributes = {} }: Message): string {
  const failure = MessageAttributes["ErrorMessage"]?.StringValue ?? "unknown reason";
  return `${idsOf(Body)} (failed: ${failure})`;
}

function idsOf(body: string): string {
  try {
    const { connectionId, requestId, action } = JSON.parse(body);
    return `job ${requestId} of connection ${connectionId}, action ${action}`;
  } catch {
    return "a message that is no job";
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      project: { type: "string", default: "websocket-lambda" },
      "dry-run": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { project, "dry-run": dryRun } = values;
  try {
    const { sent, refused } = await redrive({
      lambda: new LambdaClient({}),
      sqs: new SQSClient({}),
      queueName: `${project}-dead-letters`,
      functionName: `${project}-processor`,
      dryRun,
      say: console.log,
    });
    if (!dryRun) console.log(`Sent ${sent} again; ${refused} refused, which stay in the queue.`);
    if (refused > 0) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist)) throw error;
    console.error(`There is no stack named "${project}" here: it has no dead-letter queue.`);
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
