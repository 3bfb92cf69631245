import * as v from "valibot";
import { AwsError } from "../../protocols/aws-error.ts";
import { only } from "../../protocols/only.ts";
import type { OperationContext } from "../../protocols/operation.ts";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import { findAttachedLayers, withLayers } from "../layers/attached-layers.ts";
import type { FunctionConfiguration, LambdaFunction } from "../state.ts";
import { checkZip, zipFile as zipFileInput } from "./code.ts";
import { checkCombinedSize } from "./code-size.ts";
import {
  architectures,
  changeConfiguration,
  functionSettings,
  roleArn,
  settingsOf,
} from "./configuration.ts";
import { describeFunction } from "./description.ts";
import { functionName, type FunctionReference, invalid, resolveFunction } from "./function-name.ts";
import type { FunctionsApi } from "./function-route.ts";
import { checkTagCount } from "./tags.ts";
import { publishVersion } from "./versions.ts";

const createInput = v.strictObject({
  ...functionSettings,
  FunctionName: functionName,
  Role: roleArn,
  Code: v.strictObject({ ZipFile: zipFileInput }),
  Architectures: v.exactOptional(architectures, ["x86_64"]),
  PackageType: v.exactOptional(only("PackageType", "Zip")),
  Publish: v.exactOptional(v.boolean(), false),
  Tags: v.exactOptional(v.record(v.string(), v.string()), {}),
});

type CreateInput = v.InferOutput<typeof createInput>;

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export const createFunctionRoute = (api: FunctionsApi): Route => ({
  name: "CreateFunction",
  method: "POST",
  path: "/2015-03-31/functions",
  status: 201,
  operation: {
    input: createInput,
    resource: (input: CreateInput, { region }) =>
      resolveFunction(api.state.accountId, region, input).unqualifiedArn,
    handle: (input: CreateInput, context) => createFunction(api, input, context),
  },
});

function createFunction(api: FunctionsApi, input: CreateInput, context: OperationContext): unknown {
  const { region, caller } = context;
  const reference = resolveFunction(api.state.accountId, region, input);
  checkName(reference, input.FunctionName, api.state.accountId);
  api.iam.authorize(caller, "iam:PassRole", input.Role);
  const { functionName: name } = reference;
  if (api.functions.named(region, name) !== undefined)
    throw new AwsError(409, "ResourceConflictException", `Function already exist: ${name}`);
  const { Code, Tags, Publish } = input;
  checkTagCount(Tags);
  const defaults = defaultConfiguration(reference, input);
  const configuration = changeConfiguration(api, defaults, settingsOf(input));
  const zipFile = checkZip(Code.ZipFile, "CreateFunction");
  const attached = findAttachedLayers(api, input.Layers ?? [], context);
  checkCombinedSize(zipFile, attached.zipFiles);
  const created: LambdaFunction = {
    configuration: withLayers(configuration, attached),
    zipFile,
    layers: attached.zipFiles,
    policy: {},
    tags: Tags,
  };
  api.functions.add(created);
  api.changes.create(created);
  if (!Publish) return describeFunction(created);
  const { Version } = publishVersion(created);
  if (created.change) created.change.version = Version;
  return { ...describeFunction(created), Version };
}

const NAME_LENGTH = 64;

/**
 * Rejects references that match the pattern of a function name, but cannot be the name of a new function.
 * @throws {AwsError} 400 for a name that is too long or has a qualifier, 403 for another account.
 */
function checkName(
  { functionName: name, qualifier, account }: FunctionReference,
  given: string,
  accountId: string,
): void {
  if (name.length > NAME_LENGTH)
    throw invalid(
      `1 validation error detected: Value '${given}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to ${NAME_LENGTH}`,
    );
  // Our choice, because there is no source: the message.
  if (qualifier !== undefined)
    throw invalid(`The name of a new function cannot have a qualifier, such as ${qualifier}.`);
  if (account !== accountId) throw new AwsError(403, "AccessDeniedException", "");
}

function defaultConfiguration(
  { functionName: name, unqualifiedArn }: FunctionReference,
  { Runtime, Handler, Role, Architectures }: CreateInput,
): FunctionConfiguration {
  if (Runtime === undefined || Handler === undefined)
    throw invalid(
      "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
    );
  return {
    FunctionName: name,
    FunctionArn: unqualifiedArn,
    Runtime,
    Role,
    Handler,
    Description: "",
    Timeout: 3,
    MemorySize: 128,
    Architectures,
    LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${name}` },
    TracingConfig: { Mode: "PassThrough" },
    EphemeralStorage: { Size: 512 },
    LastModified: "",
    RevisionId: "",
  };
}
