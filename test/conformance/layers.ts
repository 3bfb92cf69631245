import { createHash } from "node:crypto";
import type { PublishLayerVersionCommandInput } from "@aws-sdk/client-lambda";
import { strToU8, zip, zipSync } from "fflate";
import { expect } from "vitest";
import { type Account, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { documented, reported, snapshots } from "./sources.ts";

const REGION = String.raw`(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}`;
const ARN_PATTERN = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:${REGION}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)`;

const invalid = (message: string) => ({
  name: "InvalidParameterValueException",
  message,
  status: 400,
});
const NOT_FOUND = {
  name: "ResourceNotFoundException",
  message: "The resource you requested does not exist.",
  status: 404,
};
const violation = (...violations: [value: string, member: string, constraint: string][]) => ({
  name: "ValidationException",
  message: `${violations.length} validation ${violations.length === 1 ? "error" : "errors"} detected: ${violations
    .map(
      ([value, member, constraint]) =>
        `Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
    )
    .join("; ")}`,
  status: 400,
});

const layerArn = ({ id, region }: Account, name: string) =>
  `arn:aws:lambda:${region}:${id}:layer:${name}`;

const zipOf = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));

/** A package that exports a text. */
const packageOf = (name: string, text: string, folder = "nodejs/node_modules") => ({
  [`${folder}/${name}/index.js`]: `module.exports = ${JSON.stringify(text)};`,
});

const ZIP = zipOf(packageOf("greeting", "hello"));

/** Publishes a version of a layer. Returns its ARN. */
async function publish(
  { lambda }: Account,
  LayerName = uniqueName("layer"),
  input: Partial<PublishLayerVersionCommandInput> = {},
): Promise<string> {
  const { LayerVersionArn = "" } = await lambda.publishLayerVersion({
    LayerName,
    Content: { ZipFile: ZIP },
    ...input,
  });
  return LayerVersionArn;
}

/** Publishes a version of a layer for each set of files. */
const publishAll = (account: Account, ...layers: Record<string, string>[]) =>
  Promise.all(
    layers.map((files) => publish(account, undefined, { Content: { ZipFile: zipOf(files) } })),
  );

const recorded = { basis: "snapshot", source: snapshots.lambdaApi } as const;

/** An operation, and the error that it has to return. */
const refused = (
  behavior: string,
  refusal: (account: Account) => Promise<[call: Promise<unknown>, refusal: object]>,
  source: Pick<Behavior, "basis" | "source" | "isSlow"> = recorded,
): Behavior => ({
  behavior,
  ...source,
  check: async ({ account }) => {
    const [call, expected] = await refusal(account);
    expect(await refusalOf(call)).toEqual(expected);
  },
});

const settings = {
  Description: "a layer",
  LicenseInfo: "MIT",
  CompatibleRuntimes: ["python3.12" as const],
  CompatibleArchitectures: ["x86_64" as const],
};

const versions: Behavior[] = [
  {
    behavior: "a layer is published, read by its version and by its ARN, and listed",
    ...recorded,
    check: async ({ account }) => {
      const { lambda } = account;
      const LayerName = uniqueName("layer");
      const published = await lambda.publishLayerVersion({
        LayerName,
        Content: { ZipFile: ZIP },
        ...settings,
      });
      const LayerArn = layerArn(account, LayerName);
      const listed = {
        ...settings,
        CreatedDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
        LayerVersionArn: `${LayerArn}:1`,
        Version: 1,
      };
      const described = {
        ...listed,
        LayerArn,
        Content: {
          CodeSha256: createHash("sha256").update(ZIP).digest("base64"),
          CodeSize: ZIP.length,
          Location: expect.any(String),
        },
      };
      expect(published).toEqual({ ...described, $metadata: published.$metadata });
      expect(published.$metadata.httpStatusCode).toBe(201);
      const read = await lambda.getLayerVersion({ LayerName, VersionNumber: 1 });
      expect(read).toEqual({ ...described, $metadata: read.$metadata });
      const byArn = await lambda.getLayerVersionByArn({ Arn: `${LayerArn}:1` });
      expect(byArn).toEqual({ ...described, $metadata: byArn.$metadata });
      const { LayerVersions } = await lambda.listLayerVersions({ LayerName });
      expect(LayerVersions).toEqual([listed]);
      const { Layers = [] } = await lambda.listLayers();
      expect(Layers).toContainEqual({ LayerName, LayerArn, LatestMatchingVersion: listed });
    },
  },
  {
    behavior: "a layer without settings has an empty description, and only the lists it was given",
    ...recorded,
    check: async ({ account: { lambda } }) => {
      const Content = { ZipFile: ZIP };
      const without = await lambda.publishLayerVersion({ LayerName: uniqueName(), Content });
      expect(without.Description).toBe("");
      expect(without).not.toHaveProperty("CompatibleRuntimes");
      expect(without).not.toHaveProperty("CompatibleArchitectures");
      const lists = { CompatibleRuntimes: [], CompatibleArchitectures: [] };
      expect(
        await lambda.publishLayerVersion({ LayerName: uniqueName(), Content, ...lists }),
      ).toMatchObject(lists);
    },
  },
  {
    behavior: "versions are listed from the last one, and numbers of deleted ones are not reused",
    ...recorded,
    check: async ({ account }) => {
      const { lambda } = account;
      const LayerName = uniqueName("layer");
      const numbers = async () =>
        (await lambda.listLayerVersions({ LayerName })).LayerVersions?.map(
          ({ Version }) => Version,
        );
      await publish(account, LayerName);
      await publish(account, LayerName);
      expect(await numbers()).toEqual([2, 1]);
      for (const VersionNumber of [1, 2])
        await lambda.deleteLayerVersion({ LayerName, VersionNumber });
      expect(await numbers()).toEqual([]);
      expect(await publish(account, LayerName)).toMatch(/:3$/);
    },
  },
  {
    behavior: "runtimes that Lambda no longer has can be compatible",
    ...recorded,
    check: async ({ account }) => {
      const CompatibleRuntimes = ["nodejs12.x" as const, "python3.7" as const, "go1.x" as const];
      const LayerName = uniqueName("layer");
      await publish(account, LayerName, { CompatibleRuntimes });
      const read = await account.lambda.getLayerVersion({ LayerName, VersionNumber: 1 });
      expect(read.CompatibleRuntimes?.toSorted()).toEqual(CompatibleRuntimes.toSorted());
    },
  },
  {
    behavior: "versions that do not exist are deleted with success, and a missing layer has none",
    ...recorded,
    check: async ({ account: { lambda } }) => {
      const LayerName = uniqueName("missing");
      await lambda.deleteLayerVersion({ LayerName, VersionNumber: 1 });
      expect((await lambda.listLayerVersions({ LayerName })).LayerVersions).toEqual([]);
    },
  },
  refused("GetLayerVersion does not find a missing layer", async ({ lambda }) => [
    lambda.getLayerVersion({ LayerName: "doesnotexist", VersionNumber: 1 }),
    NOT_FOUND,
  ]),
  refused("GetLayerVersion does not find a missing version", async (account) => {
    const LayerName = uniqueName("layer");
    await publish(account, LayerName);
    return [account.lambda.getLayerVersion({ LayerName, VersionNumber: 2 }), NOT_FOUND];
  }),
  refused("GetLayerVersionByArn does not find a missing version", async (account) => [
    account.lambda.getLayerVersionByArn({ Arn: `${layerArn(account, "doesnotexist")}:2` }),
    NOT_FOUND,
  ]),
  refused("GetLayerVersionByArn refuses an ARN without a version", async (account) => {
    const Arn = layerArn(account, "layer");
    return [
      account.lambda.getLayerVersionByArn({ Arn }),
      violation([Arn, "arn", `Member must satisfy regular expression pattern: ${ARN_PATTERN}`]),
    ];
  }),
  ...(["getLayerVersion", "deleteLayerVersion"] as const).flatMap((operation) =>
    [0, -1].map((VersionNumber) =>
      refused(`${operation} refuses the version ${VersionNumber}`, async ({ lambda }) => [
        lambda[operation]({ LayerName: "layer", VersionNumber }),
        invalid("Layer Version Cannot be less than 1"),
      ]),
    ),
  ),
  {
    behavior: "ListLayers refuses an unknown runtime and an unknown architecture",
    ...recorded,
    check: async ({ account: { lambda } }) => {
      const CompatibleRuntime = "runtimedoesnotexist" as "nodejs22.x";
      expect(await refusalOf(lambda.listLayers({ CompatibleRuntime }))).toMatchObject({
        name: "ValidationException",
        message: expect.stringMatching(
          /^1 validation error detected: Value 'runtimedoesnotexist' at 'compatibleRuntime' failed to satisfy constraint: Member must satisfy enum value set: \[ruby3\.5, .*, python2\.7\]$/,
        ),
      });
      const CompatibleArchitecture = "archdoesnotexist" as "arm64";
      expect(await refusalOf(lambda.listLayers({ CompatibleArchitecture }))).toEqual(
        violation([
          "archdoesnotexist",
          "compatibleArchitecture",
          "Member must satisfy enum value set: [x86_64, arm64]",
        ]),
      );
    },
  },
  refused("PublishLayerVersion names all unknown runtimes and architectures", async (account) => [
    publish(account, undefined, {
      CompatibleRuntimes: ["invalidruntime", "invalidruntime2", "nodejs20.x"] as "nodejs20.x"[],
      CompatibleArchitectures: ["invalidarch", "x86_64"] as "x86_64"[],
    }),
    violation(
      [
        "[invalidruntime, invalidruntime2, nodejs20.x]",
        "compatibleRuntimes",
        "Member must satisfy enum value set: [nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2]",
      ],
      [
        "[invalidarch, x86_64]",
        "compatibleArchitectures",
        "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
      ],
    ),
  ]),
];

const ofFunctions: Behavior[] = [
  {
    behavior: "a function has the layers of its last update, also after they were deleted",
    ...recorded,
    check: async ({ account }) => {
      const { lambda, createFunction } = account;
      const { FunctionName, ...created } = await createFunction();
      expect(created).not.toHaveProperty("Layers");
      const LayerName = uniqueName("layer");
      const Arn = await publish(account, LayerName);
      const Layers = [{ Arn, CodeSize: ZIP.length }];
      const updated = await lambda.updateFunctionConfiguration({ FunctionName, Layers: [Arn] });
      expect(updated.Layers).toEqual(Layers);
      await lambda.deleteLayerVersion({ LayerName, VersionNumber: 1 });
      expect((await lambda.getFunctionConfiguration({ FunctionName })).Layers).toEqual(Layers);
    },
  },
  refused("a function has at most 5 layers", async (account) => {
    const Layers = await publishAll(account, ...Array.from({ length: 6 }, () => ({ a: "" })));
    return [account.beginFunction({ Layers }), invalid("Cannot reference more than 5 layers.")];
  }),
  ...(
    [
      ["two versions", [1, 2], [1, 2]],
      ["three versions", [1, 2, 3], [1, 2]],
      ["the same version twice", [1, 1], [1, 1]],
    ] as const
  ).map(([what, given, named]) =>
    refused(`a function cannot have ${what} of a layer`, async (account) => {
      const LayerName = uniqueName("layer");
      for (let count = 0; count < 3; count += 1) await publish(account, LayerName);
      const arn = (version: number) => `${layerArn(account, LayerName)}:${version}`;
      const [one, other] = named.map(arn);
      return [
        account.beginFunction({ Layers: given.map(arn) }),
        invalid(
          `Two different versions of the same layer are not allowed to be referenced in the same function. ${one} and ${other} are versions of the same layer.`,
        ),
      ];
    }),
  ),
  refused("a function cannot have a layer that does not exist", async (account) => {
    const arn = `${layerArn(account, "doesnotexist")}:1`;
    return [
      account.beginFunction({ Layers: [arn] }),
      invalid(`Layer version ${arn} does not exist.`),
    ];
  }),
  refused("a function cannot have a version that does not exist", async (account) => {
    const arn = (await publish(account)).replace(/:1$/, ":9");
    const { FunctionName } = await account.createFunction();
    return [
      account.lambda.updateFunctionConfiguration({ FunctionName, Layers: [arn] }),
      invalid(`Layer version ${arn} does not exist.`),
    ];
  }),
  refused("a function cannot have a layer without a version", async (account) => {
    const arn = layerArn(account, "layer");
    return [
      account.beginFunction({ Layers: [arn] }),
      violation([
        `[${arn}]`,
        "layers",
        `Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ${ARN_PATTERN}, Member must not be null]`,
      ]),
    ];
  }),
  refused("a function cannot have a layer of another region", async (account) => [
    account.beginFunction({ Layers: [`arn:aws:lambda:eu-west-1:${account.id}:layer:other:1`] }),
    invalid(
      `Layers are not in the same region as the function. Layers are expected to be in region ${account.region}.`,
    ),
  ]),
  refused(
    "the code of a function and its layers have at most 250 MB unzipped",
    async (account) => {
      const exact = await zipOfZeros(131_072_000);
      const layer = await publish(account, undefined, { Content: { ZipFile: exact } });
      const { FunctionName } = await account.createFunction({ Layers: [layer] });
      const larger = await zipOfZeros(131_072_001);
      await account.lambda.updateFunctionCode({ FunctionName, ZipFile: exact });
      return [
        account.lambda.updateFunctionCode({ FunctionName, ZipFile: larger }),
        invalid(
          "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is 262144001 bytes.",
        ),
      ];
    },
    { basis: "report", source: reported.layerSize, isSlow: true },
  ),
];

/**
 * Compresses outside of the event loop: while it is blocked for seconds, the server closes connections that
 * the SDK then uses.
 */
function zipOfZeros(bytes: number): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  zip({ zeros: [new Uint8Array(bytes), { level: 1 }] }, (error, data) =>
    error === null ? resolve(data) : reject(error),
  );
  return promise;
}

/** Returns the result of a function with layers. */
async function resultOf(
  account: Account,
  Layers: string[],
  options: { source: string } | { module: string },
): Promise<unknown> {
  const { FunctionName } = await account.createFunction({
    Layers,
    ...("module" in options
      ? { Code: { ZipFile: zipOf({ "index.mjs": options.module }) } }
      : options),
  });
  const { Payload = new Uint8Array() } = await account.lambda.invoke({ FunctionName });
  return JSON.parse(Buffer.from(Payload).toString());
}

const packages = { basis: "documentation", source: documented.layers } as const;

const atRunTime: Behavior[] = [
  {
    behavior: "a function requires a package in nodejs/node_modules of a layer",
    ...packages,
    check: async ({ account }) => {
      const layers = await publishAll(account, packageOf("greeting", "hello"));
      const source = "exports.handler = async () => require('greeting');";
      expect(await resultOf(account, layers, { source })).toBe("hello");
    },
  },
  {
    behavior: "packages for the version of Node.js come before those for all versions",
    ...packages,
    check: async ({ account }) => {
      const layers = await publishAll(account, {
        ...packageOf("greeting", "hello"),
        ...packageOf("greeting", "hello 22", "nodejs/node22/node_modules"),
        ...packageOf("greeting", "hello 20", "nodejs/node20/node_modules"),
      });
      const source = "exports.handler = async () => require('greeting');";
      expect(await resultOf(account, layers, { source })).toBe("hello 22");
    },
  },
  {
    behavior: "since Node.js 18, a function imports a package of a layer",
    basis: "documentation",
    source: documented.importedLayers,
    check: async ({ account }) => {
      const layers = await publishAll(account, packageOf("greeting", "hello"));
      const module = "import text from 'greeting'; export const handler = async () => text;";
      expect(await resultOf(account, layers, { module })).toBe("hello");
    },
  },
  {
    behavior: "layers are merged in their order, and a later one overrides an earlier one",
    basis: "documentation",
    source: documented.addingLayers,
    check: async ({ account }) => {
      const source =
        "exports.handler = async () => ['one', 'other', 'both'].map((name) => require(name));";
      const layers = await publishAll(
        account,
        { ...packageOf("one", "first"), ...packageOf("both", "first") },
        { ...packageOf("other", "second"), ...packageOf("both", "second") },
      );
      expect(await resultOf(account, layers, { source })).toEqual(["first", "second", "second"]);
      expect(await resultOf(account, layers.toReversed(), { source })).toEqual([
        "first",
        "second",
        "first",
      ]);
    },
  },
  {
    behavior: "a function runs on after its layer was deleted",
    basis: "documentation",
    source: documented.addingLayers,
    check: async ({ account }) => {
      const { lambda, createFunction } = account;
      const LayerName = uniqueName("layer");
      const Layers = [await publish(account, LayerName)];
      const source = "exports.handler = async () => require('greeting');";
      const { FunctionName } = await createFunction({ Layers, source });
      await lambda.deleteLayerVersion({ LayerName, VersionNumber: 1 });
      const { Payload = new Uint8Array() } = await lambda.invoke({ FunctionName });
      expect(Buffer.from(Payload).toString()).toBe('"hello"');
    },
  },
];

/** Layers, and functions that have some. */
export const layers: Behavior[] = [...versions, ...ofFunctions, ...atRunTime];
