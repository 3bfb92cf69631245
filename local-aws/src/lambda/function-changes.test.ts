import {
  GetFunctionConfigurationCommand,
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

test("a new function is Pending, refuses updates, and is then Active with another revision", async () => {
  await using lambda = await serveLambdaApi({ timing });
  const { client, clock } = lambda;
  const configuration = () => client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const created = await lambda.create();
  const pending = {
    State: "Pending",
    StateReason: "The function is being created.",
    StateReasonCode: "Creating",
    RevisionId: created.RevisionId,
  };
  expect(created).toMatchObject(pending);
  expect(created).not.toHaveProperty("LastUpdateStatus");
  clock.advance(timing.functionChange - 1);
  expect(await configuration()).toMatchObject(pending);
  for (const update of [
    new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 }),
    new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip }),
  ])
    await expect(client.send(update)).rejects.toMatchObject(
      conflict("The function is currently in the following state: Pending"),
    );
  expect(lambda.changed).toEqual([]);

  clock.advance(1);
  const active = await configuration();
  expect(active).toMatchObject({
    State: "Active",
    LastUpdateStatus: "Successful",
    LastModified: created.LastModified,
  });
  expect(active).not.toHaveProperty("StateReason");
  expect(active.RevisionId).not.toBe(created.RevisionId);
  expect(lambda.changed).toEqual(["us-east-1 processor changed"]);
});

test("an update is InProgress with the new configuration, refuses others, and is then Successful", async () => {
  await using lambda = await serveLambdaApi({ timing });
  const { client, clock } = lambda;
  await lambda.create();
  clock.advance(timing.functionChange);
  const update = (input: object) =>
    client.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...input }));
  const updated = await update({ Timeout: 9 });
  expect(updated).toMatchObject({
    Timeout: 9,
    State: "Active",
    LastUpdateStatus: "InProgress",
    LastUpdateStatusReason: "The function is being created.",
    LastUpdateStatusReasonCode: "Creating",
  });
  const inProgress = conflict(
    `An update is in progress for resource: ${functionArn(FunctionName)}`,
  );
  await expect(update({ Timeout: 10 })).rejects.toMatchObject(inProgress);
  const code = new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip });
  await expect(client.send(code)).rejects.toMatchObject(inProgress);
  expect(writeSnapshot(lambda.state, lambda.endpoint)).toContain('"Timeout": 9');

  clock.advance(timing.functionChange);
  const done = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  expect(done).toMatchObject({ Timeout: 9, LastUpdateStatus: "Successful" });
  expect(done).not.toHaveProperty("LastUpdateStatusReason");
  expect(done.RevisionId).not.toBe(updated.RevisionId);
  expect(await update({ Timeout: 10 })).toMatchObject({ Timeout: 10 });
});

test("with short times, the next request finds a change complete", async () => {
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

test("a Pending function cannot be invoked, and during an update the old code runs", async () => {
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
