import {
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { expect, test } from "vitest";
import { createManualClock } from "../manual-clock.ts";
import { awsRequest } from "../protocols/testing.ts";
import { writeSnapshot } from "../snapshot.ts";
import { timingNamed } from "../timing.ts";
import { functionArn, ROLE_ARN, serveLambdaApi, zip } from "./api/testing.ts";
import { PATIENTLY, startLambda, type TestLambda, zipOf } from "./testing.ts";

const FunctionName = "processor";
const timing = timingNamed("aws");

const conflict = (reason: string) => ({
  name: "ResourceConflictException",
  $metadata: expect.objectContaining({ httpStatusCode: 409 }),
  message: `The operation cannot be performed at this time. ${reason}`,
});

test("both updates are rejected while a change is in progress, and a snapshot contains the completed change", async () => {
  await using lambda = await serveLambdaApi({ timing });
  const { client, clock } = lambda;
  const updates = async (refusal: object) => {
    const configuration = { FunctionName, Timeout: 10 };
    await expect(
      client.send(new UpdateFunctionConfigurationCommand(configuration)),
    ).rejects.toMatchObject(refusal);
    const code = { FunctionName, ZipFile: zip };
    await expect(client.send(new UpdateFunctionCodeCommand(code))).rejects.toMatchObject(refusal);
  };
  await lambda.create();
  clock.advance(timing.functionChange - 1);
  await updates(conflict("The function is currently in the following state: Pending"));
  expect(lambda.changed).toEqual([]);
  clock.advance(1);
  expect(lambda.changed).toEqual(["us-east-1 processor changed"]);

  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 }));
  clock.advance(timing.functionChange - 1);
  await updates(conflict(`An update is in progress for resource: ${functionArn(FunctionName)}`));
  const snapshot = writeSnapshot(lambda.state, lambda.endpoint);
  expect(snapshot).toContain('"Timeout": 9');
  expect(snapshot).not.toContain('"change"');
  clock.advance(1);
  expect(lambda.changed).toHaveLength(2);
});

test("with the timing short, a change is complete at the next request", async () => {
  await using lambda = await serveLambdaApi();
  expect(await lambda.create()).toMatchObject({ State: "Pending" });
  const update = () =>
    lambda.client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 }));
  expect(await update()).toMatchObject({ LastUpdateStatus: "InProgress" });
  expect(await update()).toMatchObject({ LastUpdateStatus: "InProgress" });
});

/** Calls Lambda's API. */
const call = (lambda: TestLambda, method: string, path: string, input: object) =>
  lambda.send(awsRequest({ method, path, body: Buffer.from(JSON.stringify(input)) }));

const returns = (text: string) => zipOf({ "index.js": `exports.handler = async () => "${text}";` });

test("a Pending function cannot be invoked, and the old code runs during an update", async () => {
  const clock = createManualClock();
  await using lambda = await startLambda({ clock, timing });
  const functions = "/2015-03-31/functions";
  const code = { Code: { ZipFile: returns("old") }, Handler: "index.handler" };
  await call(lambda, "POST", functions, {
    ...code,
    FunctionName,
    Role: ROLE_ARN,
    Runtime: "nodejs22.x",
  });
  const refusal = {
    status: 409,
    payload: {
      message:
        "The operation cannot be performed at this time. The function is currently in the following state: Pending",
    },
  };
  expect(await lambda.invoke(FunctionName)).toMatchObject(refusal);
  expect(await lambda.invokeAsync(FunctionName)).toMatchObject(refusal);
  clock.advance(timing.functionChange);
  expect((await lambda.invoke(FunctionName)).payload).toBe("old");

  await call(lambda, "PUT", `${functions}/${FunctionName}/code`, { ZipFile: returns("new") });
  expect((await lambda.invoke(FunctionName)).payload).toBe("old");
  clock.advance(timing.functionChange);
  await expect.poll(async () => (await lambda.invoke(FunctionName)).payload, PATIENTLY).toBe("new");
});
