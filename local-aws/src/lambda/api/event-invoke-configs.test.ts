import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionEventInvokeConfigCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { describe, expect, test } from "vitest";
import { regionOf } from "../../state.ts";
import { addQueue, functionArn, ROLE_ARN, serveLambdaApi } from "./testing.ts";

const FunctionName = "processor";

const onFailure = (Destination: string) => ({ OnFailure: { Destination } });

describe("the configuration of asynchronous invocation", () => {
  test("is returned with the ARN of $LATEST and both destinations, even if they are not set", async () => {
    await using lambda = await serveLambdaApi();
    await lambda.create();
    await lambda.create({ FunctionName: "handler" });
    const config = {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnSuccess: {}, ...onFailure(functionArn("handler")) },
    };
    const put = new PutFunctionEventInvokeConfigCommand({ FunctionName, ...config });
    const { $metadata: _, ...response } = await lambda.client.send(put);
    expect(response).toEqual({
      ...config,
      FunctionArn: `${functionArn(FunctionName)}:$LATEST`,
      LastModified: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
    });
  });

  test("a put replaces all settings, and an update changes only those that it names", async () => {
    await using lambda = await serveLambdaApi();
    const { client } = lambda;
    await lambda.create();
    const queue = addQueue(lambda.state, "failures");
    const put = (input: object) =>
      client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, ...input }));
    await put({ MaximumRetryAttempts: 1, DestinationConfig: onFailure(queue) });
    const update = { FunctionName, Qualifier: "$LATEST", MaximumEventAgeInSeconds: 90 };
    expect(await client.send(new UpdateFunctionEventInvokeConfigCommand(update))).toMatchObject({
      MaximumRetryAttempts: 1,
      MaximumEventAgeInSeconds: 90,
      DestinationConfig: { OnSuccess: {}, ...onFailure(queue) },
    });
    const replaced = await put({ MaximumRetryAttempts: 2 });
    expect(replaced.MaximumEventAgeInSeconds).toBeUndefined();
    expect(replaced.DestinationConfig).toEqual({ OnSuccess: {}, OnFailure: {} });
  });

  test("cannot be read, changed or deleted if it does not exist", async () => {
    await using lambda = await serveLambdaApi();
    const { client } = lambda;
    await lambda.create();
    const missing = {
      name: "ResourceNotFoundException",
      message: `The function ${functionArn(FunctionName)}:$LATEST doesn't have an EventInvokeConfig`,
    };
    const get = new GetFunctionEventInvokeConfigCommand({ FunctionName });
    await expect(client.send(get)).rejects.toMatchObject(missing);
    const update = { FunctionName, MaximumRetryAttempts: 1 };
    const change = new UpdateFunctionEventInvokeConfigCommand(update);
    await expect(client.send(change)).rejects.toMatchObject(missing);
    const remove = new DeleteFunctionEventInvokeConfigCommand({ FunctionName });
    await expect(client.send(remove)).rejects.toMatchObject(missing);
  });

  test.each([
    { input: {}, text: "You must specify at least one of error handling or destination setting." },
    { input: { MaximumRetryAttempts: 3 }, text: "Value '3' at 'maximumRetryAttempts' failed" },
    {
      input: { MaximumEventAgeInSeconds: 59 },
      text: "Value '59' at 'maximumEventAgeInSeconds' failed",
    },
    {
      input: { DestinationConfig: onFailure(functionArn(FunctionName)) },
      text: "You can't specify the function as a destination for itself.",
    },
    {
      input: { DestinationConfig: onFailure(functionArn("missing")) },
      text: `The destination ARN ${functionArn("missing")} is invalid.`,
    },
    {
      input: { DestinationConfig: onFailure("arn:aws:sqs:us-east-1:000000000000:missing") },
      text: "The destination ARN arn:aws:sqs:us-east-1:000000000000:missing is invalid.",
    },
    {
      input: { DestinationConfig: onFailure("arn:aws:sns:us-east-1:000000000000:topic") },
      text: "does not implement destinations of sns",
    },
  ])("is refused: $text", async ({ input, text }) => {
    await using lambda = await serveLambdaApi();
    await lambda.create();
    const put = new PutFunctionEventInvokeConfigCommand({ FunctionName, ...input });
    await expect(lambda.client.send(put)).rejects.toThrow(text);
  });

  test("needs a role with permission for the destination", async () => {
    await using lambda = await serveLambdaApi();
    await lambda.create();
    await lambda.create({ FunctionName: "handler" });
    const asked: string[] = [];
    lambda.iam.allows = (caller, action, resource) => {
      asked.push(`${caller.arn} ${action} ${resource}`);
      return false;
    };
    const DestinationConfig = onFailure(functionArn("handler"));
    const put = new PutFunctionEventInvokeConfigCommand({ FunctionName, DestinationConfig });
    await expect(lambda.client.send(put)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: `The function's execution role does not have permissions to call InvokeFunction on ${functionArn("handler")}`,
    });
    expect(asked).toEqual([
      `arn:aws:sts::000000000000:assumed-role/function/processor lambda:InvokeFunction ${functionArn("handler")}`,
    ]);
  });
});

describe("the dead-letter queue", () => {
  const TargetArn = "arn:aws:sqs:us-east-1:000000000000:dead-letters";

  test("is kept by an update, and removed by an empty ARN", async () => {
    await using lambda = await serveLambdaApi();
    addQueue(lambda.state, "dead-letters");
    const { DeadLetterConfig } = await lambda.create({ DeadLetterConfig: { TargetArn } });
    expect(DeadLetterConfig).toEqual({ TargetArn });
    const configure = (input: object) =>
      lambda.client.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...input }));
    expect((await configure({ Timeout: 9 })).DeadLetterConfig).toEqual({ TargetArn });
    const removed = await configure({ DeadLetterConfig: { TargetArn: "" } });
    expect(removed.DeadLetterConfig).toBeUndefined();
  });

  test("needs a role that is allowed to send messages to it, also when the role changes", async () => {
    await using lambda = await serveLambdaApi();
    addQueue(lambda.state, "dead-letters");
    lambda.iam.allows = () => false;
    const refusal = {
      name: "InvalidParameterValueException",
      message: "The provided execution role does not have permissions to call SendMessage on SQS",
    };
    await expect(lambda.create({ DeadLetterConfig: { TargetArn } })).rejects.toMatchObject(refusal);
    lambda.iam.allows = () => true;
    await lambda.create({ DeadLetterConfig: { TargetArn } });
    lambda.iam.allows = () => false;
    const change = new UpdateFunctionConfigurationCommand({ FunctionName, Role: ROLE_ARN });
    await expect(lambda.client.send(change)).rejects.toMatchObject(refusal);
  });

  test("can be deleted before the function's next change", async () => {
    await using lambda = await serveLambdaApi();
    addQueue(lambda.state, "dead-letters");
    await lambda.create({ DeadLetterConfig: { TargetArn } });
    regionOf(lambda.state, "us-east-1").sqs.queues = {};
    const change = new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 });
    expect((await lambda.client.send(change)).DeadLetterConfig).toEqual({ TargetArn });
  });

  test.each([
    { arn: `${TargetArn}.fifo`, text: "FIFO SQS queue is not supported" },
    { arn: TargetArn.replace("us-east-1", "eu-west-1"), text: "must be in the same region" },
    { arn: functionArn("handler"), text: "Only Amazon SQS queues" },
    { arn: TargetArn.replace("sqs", "sns"), text: "does not implement an SNS topic" },
  ])("cannot be $arn", async ({ arn, text }) => {
    await using lambda = await serveLambdaApi();
    const create = lambda.create({ DeadLetterConfig: { TargetArn: arn } });
    await expect(create).rejects.toThrow(text);
  });
});
