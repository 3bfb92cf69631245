import { createHash } from "node:crypto";
import { latestOf } from "../function-changes.ts";
import { arnOf } from "../functions.ts";
import { runtimeVersionArn } from "../runtime-version.ts";
import type { LambdaFunction } from "../state.ts";

/** A function in the form of GetFunctionConfiguration. */
export function describeFunction(target: LambdaFunction) {
  const { configuration, zipFile } = latestOf(target);
  return {
    ...configuration,
    ...describeCode(zipFile),
    PackageType: "Zip",
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    RuntimeVersionConfig: { RuntimeVersionArn: runtimeVersionArn(arnOf(configuration).region) },
    ...STATES[target.change?.type ?? "none"],
    Version: "$LATEST",
  };
}

const REASON = "The function is being created.";

/** The states of a function and of its last update, by the change that is in progress. */
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

function describeCode(zipFile: string): { CodeSize: number; CodeSha256: string } {
  const zip = Buffer.from(zipFile, "base64");
  return { CodeSize: zip.length, CodeSha256: createHash("sha256").update(zip).digest("base64") };
}
