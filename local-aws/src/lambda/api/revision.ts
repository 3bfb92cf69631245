import * as v from "valibot";
import { AwsError } from "../../protocols/aws-error.ts";
import { latestOf } from "../function-changes.ts";
import type { LambdaFunction } from "../state.ts";

/** The revision that a client wants to change. */
export const revisionId = v.exactOptional(v.string());

/** @throws {AwsError} 412 if the client names another revision of the function than the latest. */
export function checkRevision(target: LambdaFunction, named: string | undefined): void {
  if (named !== undefined && named !== latestOf(target).configuration.RevisionId)
    throw revisionMismatch("GetFunction/GetAlias");
}

/** @param source the operation that returns the latest revision. */
export const revisionMismatch = (source: string) =>
  new AwsError(
    412,
    "PreconditionFailedException",
    `The Revision Id provided does not match the latest Revision Id. Call the ${source} API to retrieve the latest Revision Id`,
  );
