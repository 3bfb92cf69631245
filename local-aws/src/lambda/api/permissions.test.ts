import {
  AddPermissionCommand,
  DeleteFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetPolicyCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
} from "@aws-sdk/client-lambda";
import { describe, expect, test } from "vitest";
import { functionArn, serveLambdaApi, zip } from "./testing.ts";

const FunctionName = "processor";

describe("the resource policy", () => {
  const permission = {
    FunctionName,
    StatementId: "api-gateway-connect",
    Action: "lambda:InvokeFunction",
    Principal: "apigateway.amazonaws.com",
    SourceArn: "arn:aws:execute-api:us-east-1:000000000000:abc/production/$connect",
  };

  test("has a statement per permission, and does not exist after the last was removed", async () => {
    await using lambda = await serveLambdaApi();
    const { client } = lambda;
    await lambda.create();
    const { Statement } = await client.send(new AddPermissionCommand(permission));
    const statement = {
      Sid: "api-gateway-connect",
      Effect: "Allow",
      Principal: { Service: "apigateway.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: functionArn(FunctionName),
      Condition: { ArnLike: { "AWS:SourceArn": permission.SourceArn } },
    };
    expect(JSON.parse(Statement ?? "")).toEqual(statement);
    const { Policy } = await client.send(new GetPolicyCommand({ FunctionName }));
    expect(JSON.parse(Policy ?? "")).toEqual({
      Version: "2012-10-17",
      Id: "default",
      Statement: [statement],
    });
    const { StatementId } = permission;
    await client.send(new RemovePermissionCommand({ FunctionName, StatementId }));
    await expect(client.send(new GetPolicyCommand({ FunctionName }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The resource you requested does not exist.",
    });
  });

  test("has unique statement IDs, and an unknown one is an error", async () => {
    await using lambda = await serveLambdaApi();
    const { client } = lambda;
    await lambda.create();
    const remove = () =>
      client.send(new RemovePermissionCommand({ FunctionName, StatementId: "missing" }));
    await expect(remove()).rejects.toThrow("No policy is associated with the given resource.");
    await client.send(new AddPermissionCommand(permission));
    await expect(remove()).rejects.toThrow("Statement missing is not found in resource policy.");
    await expect(client.send(new AddPermissionCommand(permission))).rejects.toMatchObject({
      name: "ResourceConflictException",
      message:
        "The statement id (api-gateway-connect) provided already exists. Please provide a new statement id, or remove the existing statement.",
    });
  });

  test.each([
    { what: "an account", input: { Principal: "000000000000" } },
    { what: "another action", input: { Action: "lambda:GetFunction" } },
    { what: "a condition that is not evaluated", input: { SourceAccount: "000000000000" } },
  ])("does not implement $what", async ({ input }) => {
    await using lambda = await serveLambdaApi();
    await lambda.create();
    const add = new AddPermissionCommand({ ...permission, ...input });
    await expect(lambda.client.send(add)).rejects.toMatchObject({ name: "NotImplemented" });
  });
});

describe("reserved concurrency", () => {
  test("can be set, read and removed", async () => {
    await using lambda = await serveLambdaApi();
    const { client } = lambda;
    await lambda.create();
    const put = new PutFunctionConcurrencyCommand({
      FunctionName,
      ReservedConcurrentExecutions: 0,
    });
    expect((await client.send(put)).ReservedConcurrentExecutions).toBe(0);
    const { Concurrency } = await client.send(new GetFunctionCommand({ FunctionName }));
    expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 0 });
    await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    const get = new GetFunctionConcurrencyCommand({ FunctionName });
    expect((await client.send(get)).ReservedConcurrentExecutions).toBeUndefined();
  });

  test("leaves 100 of the account's 1000 unreserved", async () => {
    await using lambda = await serveLambdaApi();
    const reserve = (name: string, ReservedConcurrentExecutions: number) =>
      lambda.client.send(
        new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions }),
      );
    await lambda.create();
    await lambda.create({ FunctionName: "handler" });
    await reserve("handler", 800);
    await reserve("processor", 100);
    // The former reservation of the function does not count.
    await reserve("processor", 100);
    await expect(reserve("processor", 101)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message:
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    });
  });

  test("is not possible in a new account, which has a concurrency of 10", async () => {
    await using lambda = await serveLambdaApi({ accountConcurrency: 10 });
    await lambda.create();
    const put = new PutFunctionConcurrencyCommand({
      FunctionName,
      ReservedConcurrentExecutions: 1,
    });
    await expect(lambda.client.send(put)).rejects.toThrow("below its minimum value of [10].");
    const none = new PutFunctionConcurrencyCommand({
      FunctionName,
      ReservedConcurrentExecutions: 0,
    });
    expect((await lambda.client.send(none)).ReservedConcurrentExecutions).toBe(0);
  });

  test("changes the unreserved concurrency in the account settings", async () => {
    await using lambda = await serveLambdaApi();
    const { client } = lambda;
    await lambda.create();
    await client.send(
      new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 300 }),
    );
    const { AccountLimit, AccountUsage } = await client.send(new GetAccountSettingsCommand({}));
    expect(AccountLimit).toEqual({
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: 1000,
      UnreservedConcurrentExecutions: 700,
    });
    expect(AccountUsage).toEqual({ TotalCodeSize: zip.length, FunctionCount: 1 });
  });
});
