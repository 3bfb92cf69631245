import { describe, expect, test } from "vitest";
import { createManualClock } from "../../manual-clock.ts";
import { awsRequest } from "../../protocols/testing.ts";
import { PATIENTLY, startLambda, type TestLambda, useLambda } from "../testing.ts";
import type { EventInvokeConfig } from "../state.ts";

const lambda = useLambda({ clock: createManualClock(Date.UTC(2026, 0, 1)) });

const FAILS = "exports.handler = async () => { throw new Error('broken'); };";

/** Defines a function without retries, with a dead-letter queue and destinations. */
function define(
  on: TestLambda,
  name: string,
  source: string,
  {
    deadLetters,
    ...destinations
  }: { deadLetters?: string; OnFailure?: string; OnSuccess?: string },
) {
  const target = on.define(name, source, {
    ...(deadLetters && { DeadLetterConfig: { TargetArn: deadLetters } }),
  });
  const DestinationConfig: EventInvokeConfig["DestinationConfig"] = Object.fromEntries(
    Object.entries(destinations).map(([outcome, Destination]) => [outcome, { Destination }]),
  );
  target.eventInvokeConfig = { MaximumRetryAttempts: 0, DestinationConfig, LastModified: 0 };
  return target;
}

test("Event returns only 202, with the request ID that the handler gets", async () => {
  lambda().define(
    "accepts",
    "exports.handler = async (event, { awsRequestId, clientContext }) => console.log(awsRequestId, event.a, clientContext);",
  );
  const { status, payload, headers, requestId } = await lambda().send(
    lambda().request(
      "accepts",
      { a: 1 },
      {
        "x-amz-invocation-type": "Event",
        "x-amz-client-context": Buffer.from('{"custom":{}}').toString("base64"),
      },
    ),
  );
  expect({ status, payload, headers }).toEqual({ status: 202, payload: undefined, headers: {} });
  // The handler gets no client context.
  expect(await lambda().logged("accepts", /INFO/)).toContain(`INFO\t${requestId} 1 undefined\n`);
});

test.for([
  ["a long message", "'x' + 'é'.repeat(1000)", `x${"é".repeat(511)}`],
  [
    "the error in place of one with a message that is not a string",
    "{ toString: 1 }",
    "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
  ],
])("the ErrorMessage of a dead letter is the first KB of %s", async ([, message, expected]) => {
  const name = `cut-${expected?.length}`;
  const deadLetters = lambda().addQueue(name);
  // The stack is created from the message when it is first read.
  const code = `exports.handler = async () => { const error = new Error(); void error.stack;
    throw Object.assign(error, { message: ${message} }); };`;
  define(lambda(), name, code, { deadLetters });
  await lambda().invokeAsync(name, {});
  await expect
    .poll(() => lambda().received(name), PATIENTLY)
    .toMatchObject([{ MessageAttributes: { ErrorMessage: { StringValue: expected } } }]);
});

test("a failed event goes to the dead-letter queue unchanged, and a record goes to the destination", async () => {
  const deadLetters = lambda().addQueue("dead-letters");
  const OnFailure = lambda().addQueue("failures");
  const { configuration } = define(lambda(), "fails", FAILS, { deadLetters, OnFailure });
  const event = '{ "text":\t"as it came" }';
  const request = lambda().request("fails", undefined, { "x-amz-invocation-type": "Event" });
  const { requestId } = await lambda().send({ ...request, body: Buffer.from(event) });
  await lambda().logged("fails", /^REPORT/);

  await expect
    .poll(() => lambda().received("dead-letters"), PATIENTLY)
    .toMatchObject([
      {
        Body: event,
        MessageAttributes: {
          RequestID: { DataType: "String", StringValue: requestId },
          ErrorCode: { DataType: "Number", StringValue: "200" },
          ErrorMessage: { DataType: "String", StringValue: "broken" },
        },
      },
    ]);
  const [record] = await lambda().received("failures");
  const { requestContext, ...rest }: Record<string, unknown> = JSON.parse(record?.Body ?? "");
  expect(requestContext).toEqual({
    requestId,
    functionArn: `${configuration.FunctionArn}:$LATEST`,
    condition: "RetriesExhausted",
    approximateInvokeCount: 1,
  });
  expect(rest).toMatchObject({
    version: "1.0",
    timestamp: "2026-01-01T00:00:00.000Z",
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    responsePayload: { errorType: "Error", errorMessage: "broken" },
  });
  // Checks the order of the members, and that the white space of the event is kept.
  expect(record?.Body).toMatch(
    /^\{"version":"1.0","timestamp":".+","requestContext":\{.+\},"requestPayload":\{ "text":\t"as it came" \},"responseContext":\{.+\},"responsePayload":\{.+\}\}$/,
  );
});

test("a success sends a record to its destination, and no dead letter", async () => {
  const deadLetters = lambda().addQueue("no-letters");
  const OnSuccess = lambda().addQueue("successes");
  define(lambda(), "works", "exports.handler = async () => [1, 2];", { deadLetters, OnSuccess });
  await lambda().invokeAsync("works", { a: 1 });
  await lambda().logged("works", /^REPORT/);
  await expect.poll(() => lambda().received("successes"), PATIENTLY).toHaveLength(1);
  expect(await lambda().received("no-letters")).toEqual([]);
});

test("a function can be the destination, and is invoked with the record", async () => {
  const { configuration } = lambda().define(
    "told",
    "exports.handler = async ({ requestContext, responseContext, responsePayload }) => console.log(requestContext.condition, responseContext, responsePayload);",
  );
  define(lambda(), "tells", "exports.handler = async () => 'done';", {
    OnSuccess: configuration.FunctionArn,
  });
  await lambda().invokeAsync("tells");
  expect(await lambda().logged("told", /INFO/)).toContain(
    "Success { statusCode: 200, executedVersion: '$LATEST' } done\n",
  );
});

test("with a reserved concurrency of zero, the event fails without an attempt, with the message of AWS", async () => {
  const deadLetters = lambda().addQueue("zero-letters");
  const OnFailure = lambda().addQueue("zero-failures");
  define(lambda(), "zero", FAILS, { deadLetters, OnFailure }).reservedConcurrentExecutions = 0;
  const { status, requestId } = await lambda().invokeAsync("zero", { a: 1 });
  expect(status).toBe(202);
  const [letter] = await lambda().received("zero-letters");
  expect(letter).toMatchObject({ Body: '{"a":1}' });
  expect(letter?.MessageAttributes).toEqual({
    RequestID: { DataType: "String", StringValue: requestId },
    ErrorMessage: {
      DataType: "String",
      StringValue:
        "Function not invoked. Function isconfigured with zero reserved concurrent executions",
    },
  });
  const [record] = await lambda().received("zero-failures");
  expect(record?.Body).toMatch(
    /"condition":"ZeroReservedConcurrency","approximateInvokeCount":0\},"requestPayload":\{"a":1\}\}$/,
  );
});

test("a throttled event waits, and its record has the throttling when the maximum age is over", async () => {
  const clock = createManualClock();
  await using throttling = await startLambda({ clock, accountConcurrency: 0 });
  const deadLetters = throttling.addQueue("letters");
  const OnFailure = throttling.addQueue("failures");
  const target = define(throttling, "throttled", FAILS, { deadLetters, OnFailure });
  target.eventInvokeConfig = {
    DestinationConfig: {},
    LastModified: 0,
    ...target.eventInvokeConfig,
    MaximumEventAgeInSeconds: 60,
  };
  await throttling.invokeAsync("throttled", { a: 1 });
  await expect
    .poll(() => {
      clock.advance(1000);
      return throttling.received("letters");
    }, PATIENTLY)
    .toMatchObject([
      {
        Body: '{"a":1}',
        MessageAttributes: {
          ErrorCode: { StringValue: "429" },
          ErrorMessage: { StringValue: "Rate Exceeded." },
        },
      },
    ]);
  const [record] = await throttling.received("failures");
  expect(record?.Body).toMatch(
    /"condition":"EventAgeExceeded","approximateInvokeCount":0\},"requestPayload":\{"a":1\},"responseContext":\{"statusCode":429\}\}$/,
  );
});

/** Deletes a function whose failed event waits for a retry. */
async function startDeletion() {
  const clock = createManualClock();
  const lambda = await startLambda({ clock });
  const OnFailure = lambda.addQueue("failures");
  const retrying = { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 180 };
  const target = define(lambda, "deleted", FAILS, { OnFailure });
  Object.assign(target.eventInvokeConfig ?? {}, retrying);
  await lambda.invokeAsync("deleted");
  await lambda.logged("deleted", /^REPORT/);
  await lambda.send(awsRequest({ method: "DELETE", path: "/2015-03-31/functions/deleted" }));
  const queued = async () => (await lambda.lambda.overview()).queued;
  return { clock, lambda, queued };
}

test("an event that waits when its function is deleted runs in a new function with the same name", async () => {
  const { clock, lambda, queued } = await startDeletion();
  await using deleting = lambda;
  expect(await queued()).toBe(1);
  const OnSuccess = deleting.addQueue("successes");
  define(deleting, "deleted", "exports.handler = async () => 'another';", { OnSuccess });
  clock.advance(70_000);
  await expect.poll(queued, PATIENTLY).toBe(0);
  const [record] = await deleting.received("successes");
  expect(record?.Body).toContain('"responsePayload":"another"');
  expect(await deleting.received("failures")).toEqual([]);
});

test("without a new function, the event is dropped at its maximum age without a record", async () => {
  const { clock, lambda, queued } = await startDeletion();
  await using deleting = lambda;
  for (let minute = 0; minute < 3; minute += 1) clock.advance(60_000);
  await expect.poll(queued, PATIENTLY).toBe(0);
  expect(await deleting.received("failures")).toEqual([]);
});

test("a changed number of retries applies to waiting events", async () => {
  const clock = createManualClock();
  await using changing = await startLambda({ clock });
  const OnFailure = changing.addQueue("failures");
  const target = define(changing, "changes", FAILS, { OnFailure });
  delete target.eventInvokeConfig?.MaximumRetryAttempts;
  await changing.invokeAsync("changes");
  await changing.logged("changes", /^REPORT/);
  const path = "/2019-09-25/functions/changes/event-invoke-config";
  const body = Buffer.from(
    JSON.stringify({
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: OnFailure } },
    }),
  );
  await changing.send(awsRequest({ method: "PUT", path, body }));
  clock.advance(71_000);
  await expect.poll(() => changing.received("failures"), PATIENTLY).toHaveLength(1);
});

describe("failed deliveries are counted, and have no other effect", () => {
  const NOBODY = "arn:aws:lambda:us-east-1:000000000000:function:nobody";
  const MISSING = "arn:aws:sqs:us-east-1:000000000000:missing";

  const invokeAndCount = async (name: string, targets: Parameters<typeof define>[3]) => {
    const { FunctionArn } = define(lambda(), name, FAILS, targets).configuration;
    await lambda().invokeAsync(name);
    const failures = () => lambda().lambda.deliveryFailures(FunctionArn);
    await expect.poll(() => failures().DestinationDeliveryFailures, PATIENTLY).toBeGreaterThan(0);
    return failures();
  };

  test("if the target does not exist", async () => {
    expect(await invokeAndCount("no-queue", { deadLetters: MISSING, OnFailure: MISSING })).toEqual({
      DeadLetterErrors: 1,
      DestinationDeliveryFailures: 1,
    });
    expect(await invokeAndCount("no-function", { OnFailure: NOBODY })).toEqual({
      DeadLetterErrors: 0,
      DestinationDeliveryFailures: 1,
    });
  });

  test("if the role does not allow them", async () => {
    const queue = lambda().addQueue("forbidden");
    const { FunctionArn } = lambda().define(
      "uninvited",
      "exports.handler = () => {};",
    ).configuration;
    lambda().allow(["logs:*"]);
    try {
      expect(
        await invokeAndCount("may-not-send", { deadLetters: queue, OnFailure: queue }),
      ).toEqual({ DeadLetterErrors: 1, DestinationDeliveryFailures: 1 });
      expect(await invokeAndCount("may-not-invoke", { OnFailure: FunctionArn })).toEqual({
        DeadLetterErrors: 0,
        DestinationDeliveryFailures: 1,
      });
    } finally {
      lambda().allow(["logs:*", "sqs:*", "lambda:*"]);
    }
    expect(await lambda().received("forbidden")).toEqual([]);
    expect(lambda().messages("uninvited")).toEqual([]);
  });
});
