import * as v from "valibot";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { EventInvokeConfig, LambdaFunction } from "../state.ts";
import { checkDestinations, destinationConfig } from "./destinations.ts";
import { type FunctionReference, invalid, notFound } from "./function-name.ts";
import { type FunctionsApi, functionInput, functionRoute } from "./function-route.ts";

const configInput = v.pipe(
  v.strictObject({
    ...functionInput,
    MaximumRetryAttempts: v.exactOptional(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2)),
    ),
    MaximumEventAgeInSeconds: v.exactOptional(
      v.pipe(v.number(), v.integer(), v.minValue(60), v.maxValue(21_600)),
    ),
    DestinationConfig: v.exactOptional(destinationConfig),
  }),
  v.check(({ MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig }) => {
    const settings = [MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig];
    if (settings.some((setting) => setting !== undefined)) return true;
    throw invalid("You must specify at least one of error handling or destination setting.");
  }),
);

type ConfigInput = v.InferOutput<typeof configInput>;

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html */
export function eventInvokeConfigRoutes(api: FunctionsApi): Route[] {
  const path = "/2019-09-25/functions/{FunctionName}/event-invoke-config";
  const functionExists = ({ unqualifiedArn }: FunctionReference) =>
    api.functions.find(unqualifiedArn) !== undefined;
  const change = (target: LambdaFunction, base: Partial<EventInvokeConfig>, input: ConfigInput) => {
    const changed = changeConfig(api, target, base, input);
    api.settings.eventInvokeConfig.changing(target);
    target.eventInvokeConfig = changed;
    return describe(target);
  };
  return [
    functionRoute(api, {
      name: "PutFunctionEventInvokeConfig",
      method: "PUT",
      path,
      input: configInput,
      missing: missingTarget,
      handle: (target, input) => change(target, {}, input),
    }),
    functionRoute(api, {
      name: "UpdateFunctionEventInvokeConfig",
      method: "POST",
      path,
      input: configInput,
      missing: (reference) =>
        functionExists(reference) ? missingConfig(reference) : missingTarget(),
      handle: (target, input) => change(target, configOf(target), input),
    }),
    functionRoute(api, {
      name: "GetFunctionEventInvokeConfig",
      method: "GET",
      path,
      input: v.strictObject(functionInput),
      missing: missingConfig,
      handle: describe,
    }),
    functionRoute(api, {
      name: "DeleteFunctionEventInvokeConfig",
      method: "DELETE",
      path,
      status: 204,
      input: v.strictObject(functionInput),
      missing: missingConfig,
      handle(target) {
        configOf(target);
        api.settings.eventInvokeConfig.changing(target);
        delete target.eventInvokeConfig;
      },
    }),
  ];
}

function changeConfig(
  api: FunctionsApi,
  { configuration }: LambdaFunction,
  base: Partial<EventInvokeConfig>,
  { DestinationConfig, MaximumRetryAttempts, MaximumEventAgeInSeconds }: ConfigInput,
): EventInvokeConfig {
  const limits = {
    ...(MaximumRetryAttempts !== undefined && { MaximumRetryAttempts }),
    ...(MaximumEventAgeInSeconds !== undefined && { MaximumEventAgeInSeconds }),
  };
  const { OnSuccess, OnFailure } = DestinationConfig ?? base.DestinationConfig ?? {};
  if (DestinationConfig !== undefined) checkDestinations(api, configuration, DestinationConfig);
  return {
    ...base,
    ...limits,
    DestinationConfig: {
      ...(OnSuccess?.Destination && { OnSuccess: { Destination: OnSuccess.Destination } }),
      ...(OnFailure?.Destination && { OnFailure: { Destination: OnFailure.Destination } }),
    },
    LastModified: api.clock.now() / 1000,
  };
}

function configOf({ configuration, eventInvokeConfig }: LambdaFunction): EventInvokeConfig {
  if (eventInvokeConfig !== undefined) return eventInvokeConfig;
  throw missingConfig({ unqualifiedArn: configuration.FunctionArn, qualifier: undefined });
}

/** The errors as recorded: https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/lambda_/test_lambda_api.snapshot.json */
const missingConfig = ({
  unqualifiedArn,
  qualifier = "$LATEST",
}: Pick<FunctionReference, "unqualifiedArn" | "qualifier">) =>
  notFound(`The function ${unqualifiedArn}:${qualifier} doesn't have an EventInvokeConfig`);

const missingTarget = () => notFound("The function doesn't exist.");

function describe(target: LambdaFunction) {
  const { DestinationConfig, ...config } = configOf(target);
  return {
    FunctionArn: `${target.configuration.FunctionArn}:$LATEST`,
    ...config,
    DestinationConfig: { OnSuccess: {}, OnFailure: {}, ...DestinationConfig },
  };
}
