import * as v from "valibot";
import { AwsError } from "../../protocols/aws-error.ts";
import { latestOf } from "../function-changes.ts";
import type { LambdaFunction } from "../state.ts";

/** The revision that the client expects. */
export const revisionId = v.exactOptional(v.string());

/**
 * Checks the revision in a request.
 * @throws {AwsError} 412 if it is not the latest revision of the function.
 */
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
