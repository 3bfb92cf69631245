import * as v from "valibot";
import { only } from "../../protocols/only.ts";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { FunctionConfiguration } from "../state.ts";
import { checkDeadLetterConfig } from "./dead-letter-config.ts";
import { describeFunction } from "./description.ts";
import { checkEnvironment } from "./environment.ts";
import { checkRole } from "./execution-role.ts";
import { type FunctionsApi, functionInput, functionRoute } from "./function-route.ts";
import { changeLogging, loggingConfig } from "./logging-config.ts";
import { runtime } from "./runtime.ts";
import { checkTracing } from "./tracing-config.ts";

/** Our choice: both are accepted, and the code runs on the architecture of this machine. */
export const architectures = v.tuple([only("Architectures", "x86_64", "arm64")]);

export const roleArn = v.pipe(v.string(), v.regex(/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/));

const between = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.integer(),
    v.minValue(least, `Member must have value greater than or equal to ${least}`),
    v.maxValue(most, `Member must have value less than or equal to ${most}`),
  );

/** What CreateFunction and UpdateFunctionConfiguration have in common. */
export const functionSettings = {
  Runtime: v.exactOptional(runtime),
  Role: v.exactOptional(roleArn),
  Handler: v.exactOptional(v.pipe(v.string(), v.regex(/^\S{1,128}$/))),
  Description: v.exactOptional(v.pipe(v.string(), v.maxLength(256))),
  Timeout: v.exactOptional(between(1, 900)),
  MemorySize: v.exactOptional(between(128, 10_240)),
  Environment: v.exactOptional(
    v.strictObject({ Variables: v.exactOptional(v.record(v.string(), v.string()), {}) }),
  ),
  LoggingConfig: v.exactOptional(loggingConfig),
  TracingConfig: v.exactOptional(
    v.strictObject({ Mode: v.exactOptional(v.picklist(["Active", "PassThrough"])) }),
  ),
  EphemeralStorage: v.exactOptional(v.strictObject({ Size: only("EphemeralStorage.Size", 512) })),
  DeadLetterConfig: v.exactOptional(v.strictObject({ TargetArn: v.exactOptional(v.string()) })),
};

const settingsSchema = v.object(functionSettings);

export type FunctionSettings = v.InferOutput<typeof settingsSchema>;

/** Of an operation's input, what belongs to the configuration. */
export const settingsOf = (input: FunctionSettings): FunctionSettings =>
  v.parse(settingsSchema, input);

/**
 * A configuration with changed settings; what the change leaves out stays as it is.
 * @throws {AwsError} 400 InvalidParameterValueException.
 */
export function changeConfiguration(
  api: FunctionsApi,
  configuration: FunctionConfiguration,
  settings: FunctionSettings,
): FunctionConfiguration {
  const { Environment, LoggingConfig, DeadLetterConfig, ...plain } = settings;
  const changed: FunctionConfiguration = {
    ...configuration,
    ...plain,
    Environment: Environment ?? configuration.Environment,
    LoggingConfig: changeLogging(configuration.LoggingConfig, LoggingConfig ?? {}),
    TracingConfig: { ...configuration.TracingConfig, ...settings.TracingConfig },
    EphemeralStorage: configuration.EphemeralStorage,
  };
  if (settings.Role !== undefined) checkRole(api, settings.Role);
  checkTracing(api.iam, changed);
  checkEnvironment(changed.Environment.Variables);
  const { TargetArn = "" } = DeadLetterConfig ?? configuration.DeadLetterConfig ?? {};
  delete changed.DeadLetterConfig;
  if (TargetArn === "") return changed;
  checkDeadLetterConfig(api.iam, changed, TargetArn);
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
    }),
    functionRoute(api, {
      name: "UpdateFunctionConfiguration",
      method: "PUT",
      path,
      input: v.strictObject({ FunctionName: v.string(), ...functionSettings }),
      handle(target, input, { caller }) {
        if (input.Role !== undefined) api.iam.authorize(caller, "iam:PassRole", input.Role);
        const settings = settingsOf(input);
        const changed = changeConfiguration(api, target.configuration, settings);
        api.settings.deadLetterConfig.changing(target);
        api.changes.update(target, { configuration: changed });
        return describeFunction(target);
      },
    }),
  ];
}
