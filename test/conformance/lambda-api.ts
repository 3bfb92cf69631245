import type { FunctionConfiguration, Lambda } from "@aws-sdk/client-lambda";
import { createManualClock } from "@websocket-lambda/local-aws";
import { strToU8, zipSync } from "fflate";
import { expect, onTestFinished } from "vitest";
import { type Account, createAccount, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { lambdaTrust } from "./policies.ts";
import { captured, snapshots } from "./sources.ts";

const REGION_PATTERN = String.raw`((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?`;
const NAME_PATTERN = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?${REGION_PATTERN}(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`;
const NAMESPACED_PATTERN = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?${REGION_PATTERN}(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`;

const arnOf = ({ id }: Account, name: string) => `arn:aws:lambda:us-east-1:${id}:function:${name}`;

const notFound = (message: string) => ({
  name: "ResourceNotFoundException",
  message,
  status: 404,
});
const invalid = (message: string) => ({
  name: "InvalidParameterValueException",
  message,
  status: 400,
});
const violates = (value: string, member: string, constraint: string) => ({
  name: "ValidationException",
  message: `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  status: 400,
});

/** An operation, and the error that it has to return. */
type Refused = (account: Account) => Promise<[call: Promise<unknown>, refusal: object]>;

const refused = (
  behavior: string,
  refusal: Refused,
  source: Pick<Behavior, "basis" | "source"> = {
    basis: "snapshot",
    source: snapshots.lambdaApi,
  },
): Behavior => ({
  behavior,
  ...source,
  check: async ({ account }) => {
    const [call, expected] = await refusal(account);
    expect(await refusalOf(call)).toEqual(expected);
  },
});

const LATEST = "$LATEST";
const MISMATCH = invalid(
  "The derived qualifier from the function name does not match the specified qualifier.",
);

const inNames: Behavior[] = (
  [
    ["my-function!", "a name with another character"],
    ["invalid-account:function:my-function", "a partial ARN with an invalid account"],
    ["arn:aws:lambda:invalid-region:123456789012:function:f", "an ARN with an invalid region"],
    ["arn:aws:ec2:us-east-1:123456789012:instance:i-1", "an ARN of another service"],
    ["arn:aws:lambda:us-east-1:123456789012:function:f:1:2", "an ARN with two qualifiers"],
    ["arn:aws:lambda::123456789012:function:f", "an ARN without a region"],
    ["arn:aws:lambda:us-east-1::function:f", "an ARN without an account"],
    ["arn:aws:lambda:us-east-1:123456789012:function:f:$LATES", "an ARN with an unknown version"],
  ] as const
).flatMap(([FunctionName, what]) => [
  refused(`GetFunction refuses ${what} with the pattern of its model`, async ({ lambda }) => [
    lambda.getFunction({ FunctionName }),
    violates(
      FunctionName,
      "functionName",
      `Member must satisfy regular expression pattern: ${NAMESPACED_PATTERN}`,
    ),
  ]),
  refused(`CreateFunction refuses ${what} with the pattern of its model`, async (account) => [
    account.createFunction({ FunctionName }),
    violates(
      FunctionName,
      "functionName",
      `Member must satisfy regular expression pattern: ${NAME_PATTERN}`,
    ),
  ]),
]);

const longName = "a".repeat(65);

const names: Behavior[] = [
  ...inNames,
  refused("a name over 64 characters is not found", async (account) => [
    account.lambda.getFunction({ FunctionName: longName }),
    notFound(`Function not found: ${arnOf(account, longName)}`),
  ]),
  refused("Invoke does not find a function in its version $LATEST", async (account) => [
    account.lambda.invoke({ FunctionName: longName }),
    notFound(`Function not found: ${arnOf(account, longName)}:$LATEST`),
  ]),
  refused("a new function cannot have a name over 64 characters", async (account) => [
    account.createFunction({ FunctionName: longName }),
    invalid(
      `1 validation error detected: Value '${longName}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    ),
  ]),
  refused("a new function cannot have an ARN over 140 characters", async (account) => {
    const FunctionName = arnOf(account, "a".repeat(141));
    return [
      account.createFunction({ FunctionName }),
      violates(FunctionName, "functionName", "Member must have length less than or equal to 140"),
    ];
  }),
  {
    behavior: "a function cannot be created in another account",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ account }) => {
      const FunctionName = "arn:aws:lambda:us-east-1:123456789012:function:other";
      expect(await refusalOf(account.createFunction({ FunctionName }))).toMatchObject({
        name: "AccessDeniedException",
        status: 403,
      });
    },
  },
  refused("a qualifier with another character is refused", async ({ lambda }) => [
    lambda.getFunction({ FunctionName: "f", Qualifier: "invalid!" }),
    violates(
      "invalid!",
      "qualifier",
      String.raw`Member must satisfy regular expression pattern: \$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+`,
    ),
  ]),
  ...(["getFunction", "getFunctionConfiguration", "deleteFunction", "invoke"] as const).map(
    (operation) =>
      refused(`${operation} refuses two different qualifiers`, async ({ lambda }) => [
        lambda[operation]({ FunctionName: "f:$LATEST", Qualifier: "1" }),
        MISMATCH,
      ]),
  ),
  refused("the version $LATEST cannot be deleted", async ({ lambda }) => [
    lambda.deleteFunction({ FunctionName: "f:$LATEST", Qualifier: LATEST }),
    invalid("$LATEST version cannot be deleted without deleting the function."),
  ]),
  refused("DeleteFunction does not delete an alias", async ({ lambda }) => [
    lambda.deleteFunction({ FunctionName: "f", Qualifier: "live" }),
    invalid("Deletion of aliases is not currently supported."),
  ]),
  refused("DeleteFunction names a missing function without its version", async (account) => [
    account.lambda.deleteFunction({ FunctionName: "f", Qualifier: "1233" }),
    notFound(`Function not found: ${arnOf(account, "f")}`),
  ]),
  {
    behavior: "deleting a version that does not exist succeeds, and the function stays",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ account: { lambda, createFunction } }) => {
      const { FunctionName } = await createFunction();
      await lambda.deleteFunction({ FunctionName, Qualifier: "1233" });
      const { Configuration } = await lambda.getFunction({ FunctionName });
      expect(Configuration?.FunctionName).toBe(FunctionName);
    },
  },
];

/** A local AWS with the times of AWS, whose clock the row advances. */
function slowAccount() {
  const clock = createManualClock(Date.now());
  const account = createAccount({ clock, timing: "aws" });
  onTestFinished(() => account.close());
  return { account, clock };
}

const updating = (arn: string) => ({
  name: "ResourceConflictException",
  message: `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`,
  status: 409,
});

const permission = {
  StatementId: "s3",
  Action: "lambda:InvokeFunction",
  Principal: "s3.amazonaws.com",
};

/** The errors of AddPermission and RemovePermission. */
const permissions: Behavior[] = [
  {
    behavior: "a policy has a revision, which changes with each permission",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ account: { lambda, createFunction } }) => {
      const { FunctionName } = await createFunction();
      const revision = async () => (await lambda.getPolicy({ FunctionName })).RevisionId;
      await lambda.addPermission({ FunctionName, ...permission });
      const first = await revision();
      expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(await revision()).toBe(first);
      const other = { FunctionName, ...permission, StatementId: "s3_2" };
      await lambda.addPermission({ ...other, RevisionId: first });
      const second = await revision();
      expect(second).not.toBe(first);
      await lambda.removePermission({ FunctionName, StatementId: "s3", RevisionId: second });
    },
  },
  refused("a permission for another revision of the policy is refused", async (account) => {
    const { FunctionName } = await account.createFunction();
    return [
      account.lambda.addPermission({ FunctionName, ...permission, RevisionId: "wrong" }),
      {
        name: "PreconditionFailedException",
        message:
          "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id",
        status: 412,
      },
    ];
  }),
  ...(
    [
      ["a missing function", {}, notFound("The resource you requested does not exist.")],
      [
        "a missing version",
        { Qualifier: "77" },
        notFound("The resource you requested does not exist."),
      ],
    ] as const
  ).map(([what, input, refusal]) =>
    refused(`GetPolicy does not find ${what}`, async ({ lambda }) => [
      lambda.getPolicy({ FunctionName: "doesnotexist", ...input }),
      refusal,
    ]),
  ),
  ...(
    [
      ["alias-doesnotexist", "Cannot find alias arn: "],
      ["42", "Function not found: "],
      ["valid-with-$-but-doesnotexist", "Function not found: "],
    ] as const
  ).map(([Qualifier, text]) =>
    refused(`AddPermission does not find the qualifier ${Qualifier}`, async (account) => {
      const { FunctionName } = await account.createFunction();
      return [
        account.lambda.addPermission({ FunctionName, ...permission, Qualifier }),
        notFound(`${text}${arnOf(account, FunctionName)}:${Qualifier}`),
      ];
    }),
  ),
  refused("AddPermission refuses the version $LATEST", async ({ lambda }) => [
    lambda.addPermission({ FunctionName: "f", ...permission, Qualifier: LATEST }),
    invalid("We currently do not support adding policies for $LATEST."),
  ]),
  refused("AddPermission refuses an unknown principal", async ({ lambda }) => [
    lambda.addPermission({ FunctionName: "f", ...permission, Principal: "invalid.nonaws.com" }),
    invalid("The provided principal was invalid. Please check the principal and try again."),
  ]),
  refused("AddPermission refuses the ID of a statement with a dot", async ({ lambda }) => [
    lambda.addPermission({ FunctionName: "f", ...permission, StatementId: "example.com" }),
    violates(
      "example.com",
      "statementId",
      "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)",
    ),
  ]),
  refused("RemovePermission does not find the policy of a missing function", async (account) => [
    account.lambda.removePermission({ FunctionName: "doesnotexist", StatementId: "s3" }),
    notFound(`No policy found for: ${arnOf(account, "doesnotexist")}`),
  ]),
  refused("RemovePermission does not find an alias", async (account) => {
    const { FunctionName } = await account.createFunction();
    return [
      account.lambda.removePermission({ FunctionName, StatementId: "s3", Qualifier: "live" }),
      notFound(`Cannot find alias arn: ${arnOf(account, FunctionName)}:live`),
    ];
  }),
];

const manyTags = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}_key`, "value"]));
const TOO_MANY_TAGS = invalid("Number of tags exceeds resource tag limit.");

const tags: Behavior[] = [
  refused("a function has at most 50 tags", async ({ lambda, createFunction }) => {
    const { FunctionArn: Resource } = await createFunction();
    await lambda.tagResource({ Resource, Tags: manyTags(50) });
    return [lambda.tagResource({ Resource, Tags: { a_key: "a" } }), TOO_MANY_TAGS];
  }),
  refused("a new function has at most 50 tags", async (account) => [
    account.createFunction({ Tags: manyTags(51) }),
    TOO_MANY_TAGS,
  ]),
  refused("TagResource refuses no tags", async ({ lambda, createFunction }) => {
    const { FunctionArn: Resource } = await createFunction();
    return [
      lambda.tagResource({ Resource, Tags: {} }),
      invalid("An error occurred and the request cannot be processed."),
    ];
  }),
  ...(["v1", LATEST] as const).map((qualifier) =>
    refused(`the version ${qualifier} of a function has no tags`, async (account) => [
      account.lambda.listTags({ Resource: `${arnOf(account, "f")}:${qualifier}` }),
      invalid(
        "Tags on function aliases and versions are not supported. Please specify a function ARN.",
      ),
    ]),
  ),
  refused("ListTags refuses an invalid ARN", async ({ lambda }) => [
    lambda.listTags({ Resource: "arn:aws:something" }),
    violates(
      "arn:aws:something",
      "resource",
      String.raw`Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)`,
    ),
  ]),
];

const missingTarget = notFound("The function doesn't exist.");

const eventInvokeConfigs: Behavior[] = [
  ...(["putFunctionEventInvokeConfig", "updateFunctionEventInvokeConfig"] as const).map(
    (operation) =>
      refused(`${operation} does not find a function`, async ({ lambda }) => [
        lambda[operation]({ FunctionName: "doesnotexist", MaximumRetryAttempts: 1 }),
        missingTarget,
      ]),
  ),
  refused("an event invoke config needs a setting, before it needs a function", async (account) => [
    account.lambda.putFunctionEventInvokeConfig({ FunctionName: "doesnotexist" }),
    invalid("You must specify at least one of error handling or destination setting."),
  ]),
  ...(["getFunctionEventInvokeConfig", "deleteFunctionEventInvokeConfig"] as const).map(
    (operation) =>
      refused(`${operation} finds no config of a missing function`, async (account) => [
        account.lambda[operation]({ FunctionName: "doesnotexist" }),
        notFound(
          `The function ${arnOf(account, "doesnotexist")}:$LATEST doesn't have an EventInvokeConfig`,
        ),
      ]),
  ),
  refused("a destination of another service is refused", async ({ lambda, createFunction, id }) => {
    const { FunctionName } = await createFunction();
    const Destination = `arn:aws:iam:us-east-1:${id}:function:f`;
    return [
      lambda.putFunctionEventInvokeConfig({
        FunctionName,
        DestinationConfig: { OnSuccess: { Destination } },
      }),
      invalid(
        `The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=${Destination}), onFailure=null) is invalid.`,
      ),
    ];
  }),
  refused("a destination that is not an ARN is refused", async ({ lambda }) => [
    lambda.putFunctionEventInvokeConfig({
      FunctionName: "f",
      DestinationConfig: { OnFailure: { Destination: "arn:aws:_-/!lambda:us-east-1::f" } },
    }),
    violates(
      "arn:aws:_-/!lambda:us-east-1::f",
      "destinationConfig.onFailure.destination",
      String.raw`Member must satisfy regular expression pattern: $|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)`,
    ),
  ]),
];

const putConcurrency = (lambda: Lambda, FunctionName: string) =>
  lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 0 });

const concurrency: Behavior[] = [
  refused(
    "the concurrency of a function that does not exist is refused with the function's ARN",
    async (account) => [
      account.lambda.getFunctionConcurrency({ FunctionName: "nope" }),
      notFound(`Function not found: ${arnOf(account, "nope")}`),
    ],
    { basis: "capture", source: captured.concurrencyAdmission },
  ),
  refused(
    "PutFunctionConcurrency names a missing function in its version $LATEST",
    async (account) => [
      putConcurrency(account.lambda, "nope"),
      notFound(`Function not found: ${arnOf(account, "nope")}:$LATEST`),
    ],
    { basis: "capture", source: captured.concurrencyAdmission },
  ),
  refused(
    "DeleteFunctionConcurrency names a missing function in its version $LATEST",
    async (account) => [
      account.lambda.deleteFunctionConcurrency({ FunctionName: "nope" }),
      notFound(`Function not found: ${arnOf(account, "nope")}:$LATEST`),
    ],
    { basis: "capture", source: captured.concurrencyAdmission },
  ),
  refused("a version has no reserved concurrency", async (account) => [
    putConcurrency(account.lambda, `${arnOf(account, "f")}:$LATEST`),
    invalid(
      "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.",
    ),
  ]),
  {
    behavior: "the fraction of a reserved concurrency is ignored",
    basis: "capture",
    source: captured.concurrencyNumbers,
    check: async ({ account: { createFunction, request } }) => {
      const { FunctionName } = await createFunction();
      for (const [given, kept] of [
        [1.5, 1],
        [2.9, 2],
        [-0.5, 0],
      ] as const) {
        const { status, body } = await request("lambda", {
          method: "PUT",
          path: `/2017-10-31/functions/${FunctionName}/concurrency`,
          body: { ReservedConcurrentExecutions: given },
        });
        expect({ status, body }).toEqual({
          status: 200,
          body: `{"ReservedConcurrentExecutions":${kept}}`,
        });
      }
    },
  },
];

const configurations: Behavior[] = [
  {
    behavior: "a new function is Pending, and becomes Active with another revision",
    basis: "capture",
    source: captured.functionArchitectures,
    check: async () => {
      const { account, clock } = slowAccount();
      const FunctionName = uniqueName();
      const created = await account.beginFunction({ FunctionName });
      const read = () => account.lambda.getFunctionConfiguration({ FunctionName });
      const pending = {
        State: "Pending",
        StateReason: "The function is being created.",
        StateReasonCode: "Creating",
        RevisionId: created.RevisionId,
      };
      expect(created).toMatchObject(pending);
      expect(created).not.toHaveProperty("LastUpdateStatus");
      clock.advance(300);
      expect(await read()).toMatchObject(pending);
      const update = account.lambda.updateFunctionConfiguration({ FunctionName, Timeout: 9 });
      expect((await refusalOf(update)).name).toBe("ResourceConflictException");
      clock.advance(2700);
      const { State, LastUpdateStatus, LastModified, RevisionId } = await read();
      expect({ State, LastUpdateStatus }).toEqual({
        State: "Active",
        LastUpdateStatus: "Successful",
      });
      expect(LastModified).toBe(created.LastModified);
      expect(RevisionId).not.toBe(created.RevisionId);
    },
  },
  {
    behavior: "an update is InProgress, and the next one is refused until it is Successful",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async () => {
      const { account, clock } = slowAccount();
      const { lambda } = account;
      const FunctionName = uniqueName();
      await account.beginFunction({ FunctionName });
      clock.advance(3000);
      const update = (Timeout: number) =>
        lambda.updateFunctionConfiguration({ FunctionName, Timeout });
      const updated = await update(9);
      expect(updated).toMatchObject({
        State: "Active",
        LastUpdateStatus: "InProgress",
        LastUpdateStatusReason: "The function is being created.",
        LastUpdateStatusReasonCode: "Creating",
      });
      const conflict = updating(arnOf(account, FunctionName));
      expect(await refusalOf(update(10))).toEqual(conflict);
      clock.advance(3000);
      const done = await lambda.getFunctionConfiguration({ FunctionName });
      expect(done).toMatchObject({ Timeout: 9, LastUpdateStatus: "Successful" });
      expect(done.RevisionId).not.toBe(updated.RevisionId);
    },
  },
  refused("an update of another revision is refused", async ({ lambda, createFunction }) => {
    const { FunctionName } = await createFunction();
    return [
      lambda.updateFunctionConfiguration({ FunctionName, Timeout: 9, RevisionId: "wrong" }),
      {
        name: "PreconditionFailedException",
        message:
          "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
        status: 412,
      },
    ];
  }),
  {
    behavior: "an empty DeadLetterConfig keeps the queue, and an empty ARN removes it",
    basis: "capture",
    source: captured.deadLetterOwnership,
    check: async ({ account: { id, lambda, sqs, createFunction } }) => {
      const QueueName = uniqueName();
      await sqs.createQueue({ QueueName });
      const TargetArn = `arn:aws:sqs:us-east-1:${id}:${QueueName}`;
      const { FunctionName } = await createFunction({ DeadLetterConfig: { TargetArn } });
      const update = async (DeadLetterConfig: { TargetArn?: string }) =>
        (await lambda.updateFunctionConfiguration({ FunctionName, DeadLetterConfig }))
          .DeadLetterConfig;
      expect(await update({})).toEqual({ TargetArn });
      expect(await update({ TargetArn: "" })).toBeUndefined();
    },
  },
  {
    behavior: "a dead-letter queue that does not exist is refused, and the function is not created",
    fact: "ASY-13",
    basis: "capture",
    source: captured.outcomesAdmission,
    check: async ({ account: { id, lambda, createFunction } }) => {
      const DeadLetterConfig = { TargetArn: `arn:aws:sqs:us-east-1:${id}:${uniqueName()}` };
      const missing = invalid(
        "Error occurred while SendMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
      );
      const FunctionName = uniqueName();
      expect(await refusalOf(createFunction({ FunctionName, DeadLetterConfig }))).toEqual(missing);
      const read = lambda.getFunction({ FunctionName });
      expect((await refusalOf(read)).name).toBe("ResourceNotFoundException");
      const { FunctionName: other } = await createFunction();
      const update = lambda.updateFunctionConfiguration({ FunctionName: other, DeadLetterConfig });
      expect(await refusalOf(update)).toEqual(missing);
    },
  },
  {
    behavior: "a role that may not send to the dead-letter queue is refused",
    fact: "ASY-14",
    basis: "capture",
    source: captured.outcomesAdmission,
    check: async ({ account: { iam, id, sqs, createFunction } }) => {
      const [QueueName, RoleName] = [uniqueName(), uniqueName()];
      await sqs.createQueue({ QueueName });
      const { Role } = await iam.createRole({
        RoleName,
        AssumeRolePolicyDocument: lambdaTrust(),
      });
      const create = createFunction({
        ...(Role?.Arn !== undefined && { Role: Role.Arn }),
        DeadLetterConfig: { TargetArn: `arn:aws:sqs:us-east-1:${id}:${QueueName}` },
      });
      expect(await refusalOf(create)).toEqual(
        invalid("The provided execution role does not have permissions to call SendMessage on SQS"),
      );
    },
  },
  {
    behavior: "a destination that does not exist is refused, and the config stays as it was",
    fact: "ASY-15",
    basis: "capture",
    source: captured.outcomesAdmission,
    check: async ({ account: { id, lambda, createFunction } }) => {
      const { FunctionName } = await createFunction();
      await lambda.putFunctionEventInvokeConfig({ FunctionName, MaximumRetryAttempts: 1 });
      const Destination = `arn:aws:sqs:us-east-1:${id}:${uniqueName()}`;
      const put = lambda.putFunctionEventInvokeConfig({
        FunctionName,
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnSuccess: { Destination }, OnFailure: { Destination } },
      });
      expect(await refusalOf(put)).toEqual(
        invalid(`The destination ARN ${Destination} is invalid.`),
      );
      const config = await lambda.getFunctionEventInvokeConfig({ FunctionName });
      expect(config.MaximumRetryAttempts).toBe(1);
      expect(config.DestinationConfig).toEqual({ OnSuccess: {}, OnFailure: {} });
    },
  },
  {
    behavior: "a configuration has its runtime version, and an environment that is empty",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ account: { lambda, createFunction } }) => {
      const { FunctionName } = await createFunction({ Environment: { Variables: {} } });
      const { Configuration, Code } = await lambda.getFunction({ FunctionName });
      expect(Configuration?.Environment).toEqual({ Variables: {} });
      expect(Configuration?.RuntimeVersionConfig?.RuntimeVersionArn).toMatch(
        /^arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}$/,
      );
      expect(Code?.RepositoryType).toBe("S3");
      const { FunctionName: without } = await createFunction();
      const read = await lambda.getFunctionConfiguration({ FunctionName: without });
      expect(read).not.toHaveProperty("Environment");
    },
  },
  refused("a function has one architecture", async (account) => [
    account.createFunction({ Architectures: ["x86_64", "arm64"] }),
    violates("[x86_64, arm64]", "architectures", "Member must have length less than or equal to 1"),
  ]),
  refused("a role that is not an ARN is refused", async (account) => [
    account.createFunction({ Role: "r1" }),
    violates(
      "r1",
      "role",
      String.raw`Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`,
    ),
  ]),
  refused(
    "the role of another account is refused",
    async (account) => [
      account.createFunction({ Role: "arn:aws:iam::123456789012:role/other" }),
      {
        name: "AccessDeniedException",
        message: "Cross-account pass role is not allowed.",
        status: 403,
      },
    ],
    {
      basis: "report",
      source:
        "https://github.com/getmoto/moto/blob/11c1443916e529049b7ac658111c79b38a6508e1/moto/awslambda/exceptions.py",
    },
  ),
];

/** Returns the members of a version that the conformance row compares. */
const versionOf = (described: FunctionConfiguration) => ({
  arn: described.FunctionArn?.replace(/.*:function:[^:]+/, ""),
  version: described.Version,
  description: described.Description,
});

const version = (number: number, description: string) => ({
  arn: `:${number}`,
  version: `${number}`,
  description,
});

const versions: Behavior[] = [
  {
    behavior: "a function can be created with its first version, which is published once",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ account: { lambda, beginFunction } }) => {
      const FunctionName = uniqueName();
      const created = await beginFunction({ FunctionName, Publish: true });
      expect(versionOf(created)).toEqual({ arn: "", version: "1", description: "" });
      expect(created.State).toBe("Pending");
      const { Configuration } = await lambda.getFunction({ FunctionName, Qualifier: "1" });
      expect(versionOf(Configuration ?? {})).toEqual(version(1, ""));
      expect(Configuration).toMatchObject({ State: "Active", LastUpdateStatus: "Successful" });
      const again = await lambda.publishVersion({ FunctionName });
      expect(again.RevisionId).toBe(Configuration?.RevisionId);
      const latest = await lambda.getFunction({ FunctionName });
      expect(latest.Configuration?.RevisionId).not.toBe(created.RevisionId);
      const { Versions = [] } = await lambda.listVersionsByFunction({ FunctionName });
      expect(Versions.map(versionOf)).toEqual([
        { arn: ":$LATEST", version: "$LATEST", description: "" },
        version(1, ""),
      ]);
      for (const each of Versions) expect(each).not.toHaveProperty("State");
    },
  },
  {
    behavior: "a version keeps its settings, a new one needs a change, a deleted one is not listed",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async ({ account: { lambda, createFunction } }) => {
      const { FunctionName } = await createFunction();
      const change = (Description: string) =>
        lambda.updateFunctionConfiguration({ FunctionName, Description });
      const publish = (options = {}) => lambda.publishVersion({ FunctionName, ...options });
      await change("one");
      const first = await publish({ Description: "first" });
      expect(versionOf(first)).toEqual(version(1, "first"));
      await change("two");
      const read = { FunctionName, Qualifier: "1" };
      expect(versionOf(await lambda.getFunctionConfiguration(read))).toEqual(version(1, "first"));
      expect(versionOf(await publish())).toEqual(version(2, "two"));
      expect(versionOf(await publish({ Description: "third" }))).toEqual(version(2, "two"));
      await lambda.deleteFunction(read);
      const { Versions = [] } = await lambda.listVersionsByFunction({ FunctionName });
      expect(Versions.map(({ Version }) => Version)).toEqual(["$LATEST", "2"]);
    },
  },
  {
    behavior: "an update can publish the new code, and the version is Pending with it",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    check: async () => {
      const { account, clock } = slowAccount();
      const { lambda } = account;
      const FunctionName = uniqueName();
      await account.beginFunction({ FunctionName });
      clock.advance(3000);
      const updated = await lambda.updateFunctionCode({
        FunctionName,
        ZipFile: zipSync({ "index.js": strToU8("exports.handler = async () => 2;") }),
        Publish: true,
      });
      expect(versionOf(updated)).toEqual(version(1, ""));
      expect(updated).toMatchObject({ State: "Pending", StateReasonCode: "Creating" });
      const latest = await lambda.getFunctionConfiguration({ FunctionName });
      expect(latest).toMatchObject({ Version: "$LATEST", LastUpdateStatus: "InProgress" });
      expect(latest.CodeSha256).toBe(updated.CodeSha256);
      clock.advance(3000);
      const read = { FunctionName, Qualifier: "1" };
      expect(await lambda.getFunctionConfiguration(read)).toMatchObject({ State: "Active" });
    },
  },
  refused("a version of other code is refused", async (account) => {
    const { FunctionName, CodeSha256 = "" } = await account.createFunction();
    return [
      account.lambda.publishVersion({ FunctionName, CodeSha256: "other" }),
      invalid(
        `CodeSHA256 (other) is different from current CodeSHA256 in $LATEST (${CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
      ),
    ];
  }),
  refused("a version of another revision is refused", async (account) => {
    const { FunctionName } = await account.createFunction();
    return [
      account.lambda.publishVersion({ FunctionName, RevisionId: "wrong" }),
      {
        name: "PreconditionFailedException",
        message:
          "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
        status: 412,
      },
    ];
  }),
];

/** Functions and their settings. */
export const lambdaApi: Behavior[] = [
  ...names,
  ...configurations,
  ...versions,
  ...concurrency,
  ...permissions,
  ...eventInvokeConfigs,
  ...tags,
];
