import * as v from "valibot";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { EventInvokeConfig, LambdaFunction } from "../state.ts";
import { checkDestination } from "./destinations.ts";
import { invalid, notFound } from "./function-name.ts";
import { type FunctionsApi, functionInput, functionRoute } from "./function-route.ts";

const destination = v.exactOptional(v.strictObject({ Destination: v.exactOptional(v.string()) }));

const configInput = v.strictObject({
  ...functionInput,
  MaximumRetryAttempts: v.exactOptional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2)),
  ),
  MaximumEventAgeInSeconds: v.exactOptional(
    v.pipe(v.number(), v.integer(), v.minValue(60), v.maxValue(21_600)),
  ),
  DestinationConfig: v.exactOptional(
    v.strictObject({ OnSuccess: destination, OnFailure: destination }),
  ),
});

type ConfigInput = v.InferOutput<typeof configInput>;

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html */
export function eventInvokeConfigRoutes(api: FunctionsApi): Route[] {
  const path = "/2019-09-25/functions/{FunctionName}/event-invoke-config";
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
      handle: (target, input) => change(target, {}, input),
    }),
    functionRoute(api, {
      name: "UpdateFunctionEventInvokeConfig",
      method: "POST",
      path,
      input: configInput,
      handle: (target, input) => change(target, configOf(target), input),
    }),
    functionRoute(api, {
      name: "GetFunctionEventInvokeConfig",
      method: "GET",
      path,
      input: v.strictObject(functionInput),
      handle: describe,
    }),
    functionRoute(api, {
      name: "DeleteFunctionEventInvokeConfig",
      method: "DELETE",
      path,
      status: 204,
      input: v.strictObject(functionInput),
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
  if (DestinationConfig === undefined && Object.keys(limits).length === 0)
    throw invalid("You must specify at least one of error handling or destination setting.");
  const { OnSuccess, OnFailure } = DestinationConfig ?? base.DestinationConfig ?? {};
  for (const destination of [OnSuccess?.Destination, OnFailure?.Destination])
    if (destination) checkDestination(api, configuration, destination);
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
  throw notFound(
    `The function ${configuration.FunctionArn}:$LATEST doesn't have an EventInvokeConfig`,
  );
}

function describe(target: LambdaFunction) {
  const { DestinationConfig, ...config } = configOf(target);
  return {
    FunctionArn: `${target.configuration.FunctionArn}:$LATEST`,
    ...config,
    DestinationConfig: { OnSuccess: {}, OnFailure: {}, ...DestinationConfig },
  };
}
