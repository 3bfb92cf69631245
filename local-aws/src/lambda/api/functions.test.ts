import { createHash } from "node:crypto";
import {
  DeleteFunctionCommand,
  GetFunctionCodeSigningConfigCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  ResourceNotFoundException,
  Runtime,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { AwsError } from "../../protocols/aws-error.ts";
import { regionOf } from "../../state.ts";
import { addRole } from "../../iam/testing.ts";
import { RUNTIMES } from "../environment/node-executable.ts";
import { functionArn, ROLE_ARN, serveLambdaApi, zip } from "./testing.ts";

const FunctionName = "processor";

describe("a function", () => {
  test("is created with Lambda's defaults and the size and hash of the zip", async () => {
    await using lambda = await serveLambdaApi();
    const { $metadata, RevisionId, ...created } = await lambda.create();
    expect($metadata.httpStatusCode).toBe(201);
    expect(RevisionId).toHaveLength(36);
    expect(created).toEqual({
      FunctionName,
      FunctionArn: functionArn(FunctionName),
      Runtime: "nodejs22.x",
      Role: ROLE_ARN,
      Handler: "index.handler",
      Description: "",
      Timeout: 3,
      MemorySize: 128,
      Architectures: ["x86_64"],
      EphemeralStorage: { Size: 512 },
      LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/processor" },
      TracingConfig: { Mode: "PassThrough" },
      RuntimeVersionConfig: {
        RuntimeVersionArn: `arn:aws:lambda:us-east-1::runtime:${"0".repeat(64)}`,
      },
      SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
      LastModified: "2026-01-02T03:04:05.678+0000",
      PackageType: "Zip",
      State: "Pending",
      StateReason: "The function is being created.",
      StateReasonCode: "Creating",
      Version: "$LATEST",
      CodeSize: zip.length,
      CodeSha256: createHash("sha256").update(zip).digest("base64"),
    });
    expect(lambda.changed).toEqual(["us-east-1 processor changed"]);
  });

  test.each([
    FunctionName,
    functionArn(FunctionName),
    `${FunctionName}:$LATEST`,
    `000000000000:function:${FunctionName}`,
  ])("is found as %s", async (name) => {
    await using lambda = await serveLambdaApi();
    await lambda.create({ Tags: { Team: "a" } });
    const found = await lambda.client.send(new GetFunctionCommand({ FunctionName: name }));
    expect(found.Configuration?.FunctionName).toBe(FunctionName);
    expect(found.Tags).toEqual({ Team: "a" });
    expect(decodeURIComponent(found.Code?.Location ?? "")).toContain("does not offer");
  });

  test.each([
    { input: { FunctionName: "missing" }, message: functionArn("missing") },
    { input: { FunctionName: "constructor" }, message: functionArn("constructor") },
    { input: { FunctionName, Qualifier: "7" }, message: `${functionArn(FunctionName)}:7` },
  ])("that does not exist is an error with its ARN: $message", async ({ input, message }) => {
    await using lambda = await serveLambdaApi();
    await lambda.create();
    const error: unknown = await lambda.client
      .send(new GetFunctionCommand(input))
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error).toMatchObject({ Type: "User", message: `Function not found: ${message}` });
  });

  test.each([
    { url: "/2015-03-31/functions/missing", error: "ResourceNotFoundException", member: "Message" },
    { url: "/2015-03-31/functions/a%20b", error: "ValidationException", member: "message" },
  ])("$error has its message in $member", async ({ url, error, member }) => {
    await using lambda = await serveLambdaApi();
    const response = await fetch(lambda.endpoint + url);
    expect(response.headers.get("x-amzn-errortype")).toBe(error);
    expect(await response.json()).toEqual({ Type: "User", [member]: expect.any(String) });
  });

  test("is listed, with $LATEST as its only version", async () => {
    await using lambda = await serveLambdaApi();
    await lambda.create();
    const { Functions } = await lambda.client.send(new ListFunctionsCommand({}));
    expect(Functions).toMatchObject([{ FunctionName }]);
    const versions = new ListVersionsByFunctionCommand({ FunctionName, MaxItems: 10000 });
    expect((await lambda.client.send(versions)).Versions).toMatchObject([
      { Version: "$LATEST", FunctionArn: `${functionArn(FunctionName)}:$LATEST` },
    ]);
    const signing = new GetFunctionCodeSigningConfigCommand({ FunctionName });
    expect((await lambda.client.send(signing)).CodeSigningConfigArn).toBeUndefined();
  });

  test("can get new code", async () => {
    await using lambda = await serveLambdaApi();
    const before = await lambda.create();
    const ZipFile = zipSync({ "index.mjs": strToU8("export const handler = async () => 2;") });
    const update = new UpdateFunctionCodeCommand({
      FunctionName,
      ZipFile,
      Architectures: ["arm64"],
    });
    const after = await lambda.client.send(update);
    expect(after.CodeSha256).toBe(createHash("sha256").update(ZipFile).digest("base64"));
    expect(after.Architectures).toEqual(["arm64"]);
    expect(after.RevisionId).not.toBe(before.RevisionId);
    expect(lambda.changed).toHaveLength(2);
  });

  test("keeps the settings that an update does not name", async () => {
    await using lambda = await serveLambdaApi();
    await lambda.create({ Timeout: 15, Environment: { Variables: { A_: "1" } } });
    const update = new UpdateFunctionConfigurationCommand({
      FunctionName,
      MemorySize: 256,
      EphemeralStorage: { Size: 1024 },
    });
    expect(await lambda.client.send(update)).toMatchObject({
      FunctionName,
      Timeout: 15,
      MemorySize: 256,
      EphemeralStorage: { Size: 1024 },
      Environment: { Variables: { A_: "1" } },
    });
    const emptied = new UpdateFunctionConfigurationCommand({
      FunctionName: functionArn(FunctionName),
      Environment: { Variables: {} },
    });
    expect((await lambda.client.send(emptied)).Environment).toEqual({ Variables: {} });
    const read = new GetFunctionConfigurationCommand({ FunctionName });
    expect((await lambda.client.send(read)).FunctionName).toBe(FunctionName);
  });

  test("can have active tracing if its role is allowed to send traces", async () => {
    await using lambda = await serveLambdaApi();
    const { client, iam } = lambda;
    await lambda.create({ TracingConfig: { Mode: "Active" } });
    const read = new GetFunctionConfigurationCommand({ FunctionName });
    expect((await client.send(read)).TracingConfig).toEqual({ Mode: "Active" });
    const update = (input: object) =>
      client.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...input }));
    expect(await update({ Timeout: 9 })).toMatchObject({ TracingConfig: { Mode: "Active" } });
    iam.allows = (_caller, action) => action !== "xray:PutTraceSegments";
    await expect(update({ Timeout: 10 })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message:
        "The provided execution role does not have permissions to call PutTraceSegments on XRAY",
    });
    const off = await update({ TracingConfig: { Mode: "PassThrough" } });
    expect(off).toMatchObject({ Timeout: 9, TracingConfig: { Mode: "PassThrough" } });
  });

  test("does not exist after its deletion", async () => {
    await using lambda = await serveLambdaApi();
    await lambda.create();
    await lambda.client.send(new DeleteFunctionCommand({ FunctionName }));
    expect(regionOf(lambda.state, "us-east-1").lambda.functions).toEqual({});
    expect(lambda.changed.at(-1)).toBe("us-east-1 processor deleted");
  });

  test("is tagged by ARN", async () => {
    await using lambda = await serveLambdaApi();
    const { client } = lambda;
    await lambda.create({ Tags: { a: "1" } });
    const Resource = functionArn(FunctionName);
    await client.send(new TagResourceCommand({ Resource, Tags: { b: "2", c: "3" } }));
    await client.send(new UntagResourceCommand({ Resource, TagKeys: ["a", "b"] }));
    expect((await client.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ c: "3" });
  });
});

describe("CreateFunction refuses", () => {
  const cases = [
    {
      what: "a runtime of another language",
      input: { Runtime: "python3.13" },
      name: "NotImplemented",
      text: 'Runtime "python3.13"',
    },
    {
      what: "a runtime that AWS has retired",
      input: { Runtime: "nodejs14.x" },
      name: "InvalidParameterValueException",
      text: "The runtime parameter of nodejs14.x is no longer supported for creating or updating AWS Lambda functions. We recommend you use the new runtime (nodejs24.x) while creating or updating functions.",
    },
    {
      what: "a runtime that does not exist",
      input: { Runtime: "nodejs23.x" },
      name: "InvalidParameterValueException",
      text: "Value nodejs23.x at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs16.x, nodejs18.x, nodejs20.x, nodejs22.x, nodejs24.x] or be a valid ARN",
    },
    {
      what: "code from S3",
      input: { Code: { S3Bucket: "b", S3Key: "k" } },
      name: "NotImplemented",
      text: "S3Bucket",
    },
    {
      what: "a layer of another account",
      input: { Layers: ["arn:aws:lambda:us-east-1:111122223333:layer:tools:1"] },
      name: "NotImplemented",
      text: "the layer arn:aws:lambda:us-east-1:111122223333:layer:tools:1 of another account",
    },
    {
      what: "a layer of AWS",
      input: { Layers: ["arn:aws:lambda:::awslayer:AmazonLinux1803"] },
      name: "NotImplemented",
      text: "the layer arn:aws:lambda:::awslayer:AmazonLinux1803 of another account",
    },
    {
      what: "an unknown tracing mode",
      input: { TracingConfig: { Mode: "On" } },
      name: "ValidationException",
      text: "Value 'On' at 'tracingConfig.mode' failed",
    },
    {
      what: "too little ephemeral storage",
      input: { EphemeralStorage: { Size: 511 } },
      name: "ValidationException",
      text: "Value '511' at 'ephemeralStorage.size' failed",
    },
    {
      what: "too little memory",
      input: { MemorySize: 64 },
      name: "ValidationException",
      text: "Value '64' at 'memorySize' failed",
    },
    {
      what: "too long a timeout",
      input: { Timeout: 901 },
      name: "ValidationException",
      text: "Value '901' at 'timeout' failed",
    },
    {
      what: "code that is not a zip",
      input: { Code: { ZipFile: strToU8("text") } },
      name: "InvalidParameterValueException",
      text: "Could not unzip uploaded file. Please check your file, then try to upload again.",
    },
    {
      what: "an empty zip",
      input: { Code: { ZipFile: zipSync({}) } },
      name: "InvalidParameterValueException",
      text: "non-empty zip",
    },
    {
      what: "no handler",
      input: { Handler: undefined },
      name: "InvalidParameterValueException",
      text: "Runtime and Handler are mandatory",
    },
    {
      what: "a role that does not exist",
      input: { Role: `${ROLE_ARN}s` },
      name: "InvalidParameterValueException",
      text: "The role defined for the function cannot be assumed by Lambda.",
    },
    {
      what: "an ARN that is not of a role",
      input: { Role: "role" },
      name: "ValidationException",
      text: "Value 'role' at 'role' failed",
    },
    {
      what: "reserved variables",
      input: { Environment: { Variables: { AWS_REGION: "x", OK_: "y" } } },
      name: "InvalidParameterValueException",
      text: "Reserved keys used in this request: AWS_REGION",
    },
    {
      what: "a malformed variable",
      input: { Environment: { Variables: { "a-b": "x" } } },
      name: "ValidationException",
      text: "a-b",
    },
    {
      what: "more than 4 KB of variables",
      input: { Environment: { Variables: { AB: "x".repeat(4090) } } },
      name: "InvalidParameterValueException",
      text: "exceeded the 4KB limit. String measured: {",
    },
    {
      what: "a log level with Text",
      input: { LoggingConfig: { SystemLogLevel: "INFO" as const } },
      name: "InvalidParameterValueException",
      text: "LogLevel is not supported when LogFormat is set to",
    },
  ];
  test.each(cases)("$what", async ({ input, name, text }) => {
    await using lambda = await serveLambdaApi();
    await expect(lambda.create(input as object)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(text),
    });
    expect(regionOf(lambda.state, "us-east-1").lambda.functions).toEqual({});
  });

  test("a role that trusts another service", async () => {
    await using lambda = await serveLambdaApi();
    addRole(lambda.state, "gateway", "apigateway.amazonaws.com");
    const Role = "arn:aws:iam::000000000000:role/gateway";
    await expect(lambda.create({ Role })).rejects.toThrow("cannot be assumed by Lambda");
  });

  test("a name that is taken", async () => {
    await using lambda = await serveLambdaApi();
    await lambda.create();
    await expect(lambda.create()).rejects.toMatchObject({
      name: "ResourceConflictException",
      message: "Function already exist: processor",
    });
  });

  test("a caller without the permission iam:PassRole", async () => {
    await using lambda = await serveLambdaApi();
    lambda.iam.authorize = (_, action, resource) => {
      if (action === "iam:PassRole")
        throw new AwsError(403, "AccessDeniedException", `no ${action} on ${resource}`);
    };
    await expect(lambda.create()).rejects.toThrow(`no iam:PassRole on ${ROLE_ARN}`);
  });
});

test.for(Object.values(Runtime))(
  "the runtime %s of AWS is implemented, or refused as not implemented or retired",
  async (name) => {
    await using lambda = await serveLambdaApi();
    await lambda.create({ Runtime: name }).then(
      (created) => expect(created).toMatchObject({ Runtime: expect.toBeOneOf([...RUNTIMES]) }),
      (error: unknown) =>
        expect(error).toMatchObject({
          message: expect.stringMatching(/does not implement Runtime|no longer supported/),
        }),
    );
  },
);

test("the runtime of a function can be changed", async () => {
  await using lambda = await serveLambdaApi();
  const { client } = lambda;
  await lambda.create();
  const change = (name: string) =>
    client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Runtime: name as Runtime }));
  expect(await change("nodejs24.x")).toMatchObject({ Runtime: "nodejs24.x" });
  await expect(change("nodejs14.x")).rejects.toThrow("no longer supported");
});

test("versions are listed in pages, and operations that need their code are not implemented", async () => {
  await using lambda = await serveLambdaApi();
  const { client } = lambda;
  await lambda.create();
  for (const Description of ["one", "two"]) {
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description }));
    await client.send(new PublishVersionCommand({ FunctionName }));
  }
  const list = (Marker?: string) =>
    client.send(new ListVersionsByFunctionCommand({ FunctionName, MaxItems: 2, Marker }));
  const first = await list();
  const second = await list(first.NextMarker);
  expect([first, second].map(({ Versions }) => Versions?.map(({ Version }) => Version))).toEqual([
    ["$LATEST", "1"],
    ["2"],
  ]);
  expect(second.NextMarker).toBeUndefined();
  await expect(
    client.send(new GetPolicyCommand({ FunctionName, Qualifier: "2" })),
  ).rejects.toMatchObject({
    message: expect.stringContaining(
      `does not implement this operation for the published version ${functionArn(FunctionName)}:2`,
    ),
    $metadata: { httpStatusCode: 501 },
  });
});

describe("logging", () => {
  test("JSON logs have the default level INFO, and a change keeps the other settings", async () => {
    await using lambda = await serveLambdaApi();
    const { LoggingConfig } = await lambda.create({
      LoggingConfig: { LogFormat: "JSON", LogGroup: "/own", ApplicationLogLevel: "DEBUG" },
    });
    const json = { LogFormat: "JSON", LogGroup: "/own", ApplicationLogLevel: "DEBUG" };
    expect(LoggingConfig).toEqual({ ...json, SystemLogLevel: "INFO" });
    const warn = new UpdateFunctionConfigurationCommand({
      FunctionName,
      LoggingConfig: { SystemLogLevel: "WARN" },
    });
    const changed = await lambda.client.send(warn);
    expect(changed.LoggingConfig).toEqual({ ...json, SystemLogLevel: "WARN" });
    const text = new UpdateFunctionConfigurationCommand({
      FunctionName,
      LoggingConfig: { LogFormat: "Text" },
    });
    const plain = await lambda.client.send(text);
    expect(plain.LoggingConfig).toEqual({ LogFormat: "Text", LogGroup: "/own" });
  });
});
