import { createHash } from "node:crypto";
import { latestOf } from "../function-changes.ts";
import { arnOf } from "../functions.ts";
import { runtimeVersionArn } from "../runtime-version.ts";
import type { FunctionConfiguration, LambdaFunction, PublishedVersion } from "../state.ts";

/** Returns a function as GetFunctionConfiguration returns it. */
export function describeFunction(target: LambdaFunction) {
  return {
    ...summarizeFunction(target),
    ...runtimeVersion(target.configuration),
    ...STATES[target.change?.type ?? "none"],
  };
}

/** Returns a published version as GetFunctionConfiguration returns it. */
export function describeVersion({ change }: LambdaFunction, version: PublishedVersion) {
  const isPending = change !== undefined && change.version === version.Version;
  return {
    ...summarizeVersion(version),
    ...runtimeVersion(version.configuration),
    ...STATES[isPending ? "creation" : "none"],
  };
}

/**
 * Returns a function as ListFunctions returns it, without states.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
 */
export function summarizeFunction(target: LambdaFunction) {
  const { configuration, zipFile } = latestOf(target);
  return { ...configuration, ...describeCode(zipFile), ...CONSTANT, Version: "$LATEST" };
}

/** Returns a published version as ListVersionsByFunction returns it. */
export function summarizeVersion({ Version, configuration, code }: PublishedVersion) {
  const FunctionArn = `${configuration.FunctionArn}:${Version}`;
  return { ...configuration, ...code, ...CONSTANT, FunctionArn, Version };
}

const CONSTANT = {
  PackageType: "Zip",
  SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
};

const runtimeVersion = (configuration: FunctionConfiguration) => ({
  RuntimeVersionConfig: { RuntimeVersionArn: runtimeVersionArn(arnOf(configuration).region) },
});

const REASON = "The function is being created.";

/** The states of a function and of its last update, by the change in progress. */
const STATES = {
  creation: { State: "Pending", StateReason: REASON, StateReasonCode: "Creating" },
  update: {
    State: "Active",
    LastUpdateStatus: "InProgress",
    LastUpdateStatusReason: REASON,
    LastUpdateStatusReasonCode: "Creating",
  },
  none: { State: "Active", LastUpdateStatus: "Successful" },
};

/** Our choice: code cannot be downloaded. The URL contains a text with this information. */
export const NO_DOWNLOAD = "data:,The%20local%20AWS%20does%20not%20offer%20code%20for%20download.";

export function describeCode(zipFile: string): PublishedVersion["code"] {
  const zip = Buffer.from(zipFile, "base64");
  return { CodeSize: zip.length, CodeSha256: createHash("sha256").update(zip).digest("base64") };
}
