import { createHash, randomUUID } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { LambdaFunction } from "../state.ts";

/** Notes that a function has changed. */
export function touch({ configuration }: LambdaFunction, clock: Clock): void {
  configuration.LastModified = new Date(clock.now()).toISOString().replace("Z", "+0000");
  configuration.RevisionId = randomUUID();
}

/**
 * A function in the form of GetFunctionConfiguration.
 *
 * Our choice: a function is active and its update successful at once, and an environment without
 * variables is left out, however it came to have none.
 */
export function describeFunction(target: LambdaFunction) {
  const { Environment, ...configuration } = target.configuration;
  return {
    ...configuration,
    ...(Object.keys(Environment.Variables).length > 0 && { Environment }),
    ...describeCode(target),
    PackageType: "Zip",
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    State: "Active",
    LastUpdateStatus: "Successful",
    Version: "$LATEST",
  };
}

function describeCode(target: LambdaFunction): { CodeSize: number; CodeSha256: string } {
  const zip = Buffer.from(target.zipFile, "base64");
  return { CodeSize: zip.length, CodeSha256: createHash("sha256").update(zip).digest("base64") };
}
