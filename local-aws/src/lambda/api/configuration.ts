import * as v from "valibot";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import { findAttachedLayers, withLayers } from "../layers/attached-layers.ts";
import { layerVersionArns } from "../layers/layer-arn.ts";
import type { FunctionConfiguration } from "../state.ts";
import { checkCombinedSize } from "./code-size.ts";
import { checkDeadLetterConfig, checkDeadLetterQueue } from "./dead-letter-config.ts";
import { describeFunction, describeVersion } from "./description.ts";
import { checkEnvironment, variableName } from "./environment.ts";
import { checkRole } from "./execution-role.ts";
import { functionName } from "./function-name.ts";
import { type FunctionsApi, functionInput, functionRoute } from "./function-route.ts";
import { changeLogging, loggingConfig } from "./logging-config.ts";
import { pattern } from "./pattern.ts";
import { checkRevision, revisionId } from "./revision.ts";
import { runtime } from "./runtime.ts";
import { checkTracing } from "./tracing-config.ts";

/** Our choice: both are accepted, and the code runs on the architecture of this machine. */
export const architectures = v.pipe(
  v.array(v.picklist(["x86_64", "arm64"])),
  v.minLength(1),
  v.maxLength(1),
);

export const roleArn = v.pipe(
  v.string(),
  pattern(String.raw`arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`),
);

const between = (minimum: number, maximum: number) =>
  v.pipe(
    v.number(),
    v.integer(),
    v.minValue(minimum, `Member must have value greater than or equal to ${minimum}`),
    v.maxValue(maximum, `Member must have value less than or equal to ${maximum}`),
  );

/** The parameters that CreateFunction and UpdateFunctionConfiguration have in common. */
export const functionSettings = {
  Runtime: v.exactOptional(runtime),
  Role: v.exactOptional(roleArn),
  Handler: v.exactOptional(v.pipe(v.string(), v.maxLength(128), pattern(String.raw`[^\s]+`))),
  Description: v.exactOptional(v.pipe(v.string(), v.maxLength(256))),
  Timeout: v.exactOptional(between(1, 900)),
  MemorySize: v.exactOptional(between(128, 10_240)),
  Environment: v.exactOptional(
    v.strictObject({
      Variables: v.exactOptional(v.record(variableName, v.string()), {}),
    }),
  ),
  LoggingConfig: v.exactOptional(loggingConfig),
  TracingConfig: v.exactOptional(
    v.strictObject({ Mode: v.exactOptional(v.picklist(["Active", "PassThrough"])) }),
  ),
  /** It has no effect, because the local AWS does not limit `/tmp`. */
  EphemeralStorage: v.exactOptional(v.strictObject({ Size: between(512, 10_240) })),
  DeadLetterConfig: v.exactOptional(v.strictObject({ TargetArn: v.exactOptional(v.string()) })),
  Layers: v.exactOptional(layerVersionArns),
};

const settingsSchema = v.object(functionSettings);

export type FunctionSettings = v.InferOutput<typeof settingsSchema>;

/** Returns the members of an operation's input that are settings of the configuration. */
export const settingsOf = (input: FunctionSettings): FunctionSettings =>
  v.parse(settingsSchema, input);

/**
 * Returns a configuration with changed settings other than the layers. Settings that are not in the
 * change stay the same.
 * @throws {AwsError} 400 InvalidParameterValueException.
 */
export function changeConfiguration(
  api: FunctionsApi,
  configuration: FunctionConfiguration,
  settings: FunctionSettings,
): FunctionConfiguration {
  const { Environment, LoggingConfig, DeadLetterConfig, Layers: _, ...plain } = settings;
  const changed: FunctionConfiguration = {
    ...configuration,
    ...plain,
    ...(Environment && { Environment }),
    LoggingConfig: changeLogging(configuration.LoggingConfig, LoggingConfig ?? {}),
    TracingConfig: { ...configuration.TracingConfig, ...settings.TracingConfig },
    EphemeralStorage: settings.EphemeralStorage ?? configuration.EphemeralStorage,
  };
  if (settings.Role !== undefined) checkRole(api, settings.Role);
  checkTracing(api.iam, changed);
  checkEnvironment(changed.Environment?.Variables ?? {});
  // A DeadLetterConfig without an ARN keeps the queue. An empty ARN removes it.
  const { TargetArn = configuration.DeadLetterConfig?.TargetArn ?? "" } = DeadLetterConfig ?? {};
  delete changed.DeadLetterConfig;
  if (TargetArn === "") return changed;
  checkDeadLetterConfig(api, changed, TargetArn);
  if (DeadLetterConfig?.TargetArn !== undefined) checkDeadLetterQueue(api.state, TargetArn);
  return { ...changed, DeadLetterConfig: { TargetArn } };
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html */
export function configurationRoutes(api: FunctionsApi): Route[] {
  const path = "/2015-03-31/functions/{FunctionName}/configuration";
  return [
    functionRoute(api, {
      name: "GetFunctionConfiguration",
      method: "GET",
      path,
      input: v.strictObject(functionInput),
      handle: describeFunction,
      handleVersion: describeVersion,
    }),
    functionRoute(api, {
      name: "UpdateFunctionConfiguration",
      method: "PUT",
      path,
      input: v.strictObject({
        FunctionName: functionName,
        RevisionId: revisionId,
        ...functionSettings,
      }),
      handle(target, input, context) {
        checkRevision(target, input.RevisionId);
        if (input.Role !== undefined) api.iam.authorize(context.caller, "iam:PassRole", input.Role);
        const settings = settingsOf(input);
        const changed = changeConfiguration(api, target.configuration, settings);
        api.settings.deadLetterConfig.changing(target);
        if (input.Layers === undefined) api.changes.update(target, { configuration: changed });
        else {
          const attached = findAttachedLayers(api, input.Layers, context);
          checkCombinedSize(target.zipFile, attached.zipFiles);
          const configuration = withLayers(changed, attached);
          api.changes.update(target, { configuration, layers: attached.zipFiles });
        }
        return describeFunction(target);
      },
    }),
  ];
}
