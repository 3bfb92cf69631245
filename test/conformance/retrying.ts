import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { expect } from "vitest";
import { createManualClock, type ManualClock } from "@websocket-lambda/local-aws";
import type { Behavior } from "./behavior.ts";
import { type Probe, startOwnProbe } from "./probe.ts";
import { request } from "./signed-request.ts";
import { captured, documented, reported, snapshots } from "./sources.ts";

const EVENT = { "X-Amz-Invocation-Type": "Event" };
const QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:websocket-lambda-dead-letters";
const THROWS = `throw new Error("no")`;
const only = "local: it takes minutes, and leaves dead letters";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** Starts a probe with a manual clock, and with the given retries and destination of its processor. */
async function startRetryingProbe(settings: {
  retries: number;
  recordsTo?: "OnFailure" | "OnSuccess";
}) {
  const clock = createManualClock(Date.now());
  const probe = await startOwnProbe({ clock });
  const processor = probe.lambda("processor");
  const { retries, recordsTo } = settings;
  processor.eventInvokeConfig = {
    MaximumRetryAttempts: retries,
    MaximumEventAgeInSeconds: 21_600,
    DestinationConfig: recordsTo === undefined ? {} : { [recordsTo]: { Destination: QUEUE_ARN } },
    LastModified: 0,
  };
  // Records and dead letters would be in the same queue.
  if (recordsTo !== undefined) delete processor.configuration.DeadLetterConfig;
  return { clock, probe };
}

/** Invokes the processor asynchronously. Returns the ID of the request. */
async function invokeAsync(probe: Probe, payload: unknown, more = {}): Promise<string> {
  const sent = { ...EVENT, ...more };
  const { status, headers } = await probe.access.invoke("processor", payload, sent);
  expect(status).toBe(202);
  return headers.get("x-amzn-requestid") ?? "";
}

/** Waits for the only message in the dead-letter queue, deletes and returns it. */
async function messageOf({ aws }: Probe): Promise<Message> {
  const sqs = new SQSClient({ endpoint: aws.endpoint, region: "us-east-1", credentials });
  const QueueUrl = `${aws.endpoint}/000000000000/websocket-lambda-dead-letters`;
  let message: Message | undefined;
  const receive = async () => {
    const input: ReceiveMessageCommandInput = {
      QueueUrl,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["All"],
    };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
    [message] = Messages;
    return Messages.length;
  };
  await expect.poll(receive, { timeout: 5000 }).toBe(1);
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
  return message ?? {};
}

/** Returns the number of attempts of an event. */
const attempts = ({ lines }: Probe, requestId: string) =>
  lines.filter(({ message }) => message.startsWith(`END RequestId: ${requestId}`)).length;

/** Waits until an attempt has ended and Lambda has processed its result. */
async function untilAttempt(probe: Probe, requestId: string, number: number): Promise<void> {
  await expect.poll(() => attempts(probe, requestId), { timeout: 5000 }).toBe(number);
  await probe.run("return 1");
}

/** Advances the clock, and expects no attempt in that time. */
async function quietFor(clock: ManualClock, probe: Probe, requestId: string, milliseconds: number) {
  const before = attempts(probe, requestId);
  clock.advance(milliseconds);
  await probe.run("return 1");
  await probe.run("return 1", { functionName: "processor" });
  expect(attempts(probe, requestId)).toBe(before);
}

/** Invokes the processor with an event that stays throttled until it is older than 90 seconds. */
async function expireThrottled(settings: { recordsTo?: "OnFailure" }) {
  const { clock, probe } = await startRetryingProbe({ retries: 0, ...settings });
  const processor = probe.lambda("processor");
  processor.reservedConcurrentExecutions = 1;
  if (processor.eventInvokeConfig) processor.eventInvokeConfig.MaximumEventAgeInSeconds = 90;
  const run = `console.log("busy"); await new Promise((resolve) => setTimeout(resolve, 500))`;
  const busy = probe.run(run, { functionName: "processor" });
  await probe.line(({ message }) => message.endsWith("\tbusy\n"));
  const event = `{ "run": "return 1", "a":1 }`;
  const requestId = await invokeAsync(probe, event);
  clock.advance(91_000);
  await busy;
  expect(attempts(probe, requestId)).toBe(0);
  return { probe, requestId, event };
}

/** Retries, dead letters and destinations of asynchronous invocations. */
export const retrying: Behavior[] = [
  {
    behavior:
      "a failed event is retried after about one minute and then about two, with the same ID",
    basis: "documentation",
    source: documented.retries,
    only,
    check: async () => {
      const { clock, probe } = await startRetryingProbe({ retries: 2 });
      const requestId = await invokeAsync(probe, { run: THROWS });
      await untilAttempt(probe, requestId, 1);
      await quietFor(clock, probe, requestId, 49_000);
      clock.advance(21_000);
      await untilAttempt(probe, requestId, 2);
      // The second attempt was made up to 20 s ago.
      await quietFor(clock, probe, requestId, 89_000);
      clock.advance(41_000);
      await untilAttempt(probe, requestId, 3);
      expect((await messageOf(probe)).MessageAttributes?.["RequestID"]?.StringValue).toBe(
        requestId,
      );
    },
  },
  {
    behavior: "a dead letter has the event as its body and three attributes",
    basis: "documentation",
    source: documented.retries,
    only,
    check: async () => {
      const { probe } = await startRetryingProbe({ retries: 0 });
      const event = `{ "run": ${JSON.stringify(THROWS)}, "a":1 }`;
      const requestId = await invokeAsync(probe, event);
      const { Body, MessageAttributes } = await messageOf(probe);
      expect(Body).toBe(event);
      expect(MessageAttributes).toEqual({
        RequestID: { DataType: "String", StringValue: requestId },
        ErrorCode: { DataType: "Number", StringValue: "200" },
        ErrorMessage: { DataType: "String", StringValue: "no" },
      });
    },
  },
  {
    behavior: "Lambda sends records with the function's role and the trace ID of the event",
    basis: "snapshot",
    source: snapshots.lambdaDestinations,
    only,
    check: async () => {
      const { probe } = await startRetryingProbe({ retries: 0, recordsTo: "OnFailure" });
      const Root = "Root=1-5759e988-bd862e3fe1be46a994272793";
      const { configuration } = probe.lambda("processor");
      const iam = new IAMClient({ endpoint: probe.aws.endpoint, region: "us-east-1", credentials });
      const RoleName = configuration.Role.split("/").at(-1);
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
      await invokeAsync(probe, { run: THROWS }, { "X-Amzn-Trace-Id": `${Root};Sampled=0` });
      expect((await messageOf(probe)).Attributes).toMatchObject({
        SenderId: `${Role?.RoleId}:${configuration.FunctionName}`,
        AWSTraceHeader: expect.stringMatching(`^${Root};Parent=[0-9a-f]{16};Sampled=0$`),
      });
      await invokeAsync(probe, { run: THROWS });
      expect((await messageOf(probe)).Attributes).toMatchObject({
        AWSTraceHeader: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=/),
      });
    },
  },
  {
    behavior: "a failure record has the event and the result unchanged, with their white space",
    basis: "documentation",
    source: documented.records,
    only,
    check: async () => {
      const { probe } = await startRetryingProbe({ retries: 0, recordsTo: "OnFailure" });
      const event = `{ "run": ${JSON.stringify(THROWS)}, "a":1 }`;
      const requestId = await invokeAsync(probe, event);
      const { Body = "" } = await messageOf(probe);
      const functionArn =
        "arn:aws:lambda:us-east-1:000000000000:function:websocket-lambda-processor";
      const requestContext = `{"requestId":"${requestId}","functionArn":"${functionArn}:$LATEST","condition":"RetriesExhausted","approximateInvokeCount":1}`;
      const responseContext = `{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"}`;
      const [timestamp] = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/.exec(Body) ?? [];
      const { responsePayload } = JSON.parse(Body);
      expect(responsePayload).toMatchObject({ errorType: "Error", errorMessage: "no" });
      expect(Body).toBe(
        `{"version":"1.0","timestamp":"${timestamp}","requestContext":${requestContext},"requestPayload":${event},"responseContext":${responseContext},"responsePayload":${JSON.stringify(responsePayload)}}`,
      );
    },
  },
  {
    behavior: "a success record counts one attempt and has the result",
    basis: "capture",
    source: captured.outcomes,
    only,
    check: async () => {
      const { probe } = await startRetryingProbe({ retries: 0, recordsTo: "OnSuccess" });
      await invokeAsync(probe, { run: "return { ok: true }" });
      const record = JSON.parse((await messageOf(probe)).Body ?? "");
      expect(record).toMatchObject({
        requestContext: { condition: "Success", approximateInvokeCount: 1 },
        responseContext: { statusCode: 200, executedVersion: "$LATEST" },
        responsePayload: { ok: true },
      });
      expect(record.responseContext).not.toHaveProperty("functionError");
    },
  },
  {
    behavior:
      "an event for a function with a reserved concurrency of zero becomes a dead letter at once",
    basis: "documentation",
    source: documented.retries,
    only,
    check: async () => {
      const { probe } = await startRetryingProbe({ retries: 2 });
      probe.lambda("processor").reservedConcurrentExecutions = 0;
      const requestId = await invokeAsync(probe, { run: "return 1" });
      expect((await messageOf(probe)).MessageAttributes?.["RequestID"]?.StringValue).toBe(
        requestId,
      );
      expect(attempts(probe, requestId)).toBe(0);
    },
  },
  {
    behavior: "a throttled event stays in the queue without using a retry",
    basis: "documentation",
    source: documented.retries,
    only,
    check: async () => {
      const { clock, probe } = await startRetryingProbe({ retries: 0 });
      probe.lambda("processor").reservedConcurrentExecutions = 1;
      const busy = probe.run(
        `console.log("busy"); await new Promise((resolve) => setTimeout(resolve, 500)); return "done"`,
        { functionName: "processor" },
      );
      await probe.line(({ message }) => message.endsWith("\tbusy\n"));
      const requestId = await invokeAsync(probe, { run: "return 1" });
      expect(await busy).toMatchObject({ body: '"done"' });
      expect(attempts(probe, requestId)).toBe(0);
      clock.advance(1000);
      await untilAttempt(probe, requestId, 1);
    },
  },
  {
    behavior: "an event that expires while it is throttled becomes a dead letter with the code 429",
    fact: "ASY-5",
    basis: "capture",
    source: captured.expiredEvents,
    only,
    check: async () => {
      const { probe, requestId, event } = await expireThrottled({});
      const { Body, MessageAttributes } = await messageOf(probe);
      expect(Body).toBe(event);
      expect(MessageAttributes).toEqual({
        RequestID: { DataType: "String", StringValue: requestId },
        ErrorCode: { DataType: "Number", StringValue: "429" },
        ErrorMessage: { DataType: "String", StringValue: "Rate Exceeded." },
      });
    },
  },
  {
    behavior: "the record of an event that expires while it is throttled counts no attempt",
    fact: "ASY-5",
    basis: "capture",
    source: captured.expiredEvents,
    only,
    check: async () => {
      const { probe, requestId } = await expireThrottled({ recordsTo: "OnFailure" });
      const { requestContext } = JSON.parse((await messageOf(probe)).Body ?? "");
      expect(requestContext).toMatchObject({
        requestId,
        condition: "EventAgeExceeded",
        approximateInvokeCount: 0,
      });
    },
  },
  {
    behavior: "a function cannot be its own destination",
    basis: "report",
    source: reported.ownDestination,
    only: "local: if it could, the deployed function would be changed",
    check: async ({ probe }) => {
      const name = "websocket-lambda-processor";
      const Destination = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
      const response = await request(
        {
          method: "PUT",
          url: `${probe.aws.endpoint}/2019-09-25/functions/${name}/event-invoke-config`,
          body: Buffer.from(JSON.stringify({ DestinationConfig: { OnFailure: { Destination } } })),
        },
        { service: "lambda", region: "us-east-1", credentials },
      );
      expect(response.status).toBe(400);
      expect(response.headers.get("x-amzn-errortype")).toBe("InvalidParameterValueException");
      expect(JSON.parse(response.body)).toMatchObject({
        message: "You can't specify the function as a destination for itself.",
      });
    },
  },
];
