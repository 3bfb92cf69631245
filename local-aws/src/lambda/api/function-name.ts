import { AwsError } from "../../protocols/aws-error.ts";
import { type Functions, functionNotFound } from "../functions.ts";
import type { LambdaFunction } from "../state.ts";

/** A name, a partial or a whole ARN, each with a qualifier or without. */
const REFERENCE =
  /^(?:arn:aws:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([\w-]{1,64})(?::(\$LATEST|[\w-]+))?$/;

export interface FunctionReference {
  region: string;
  functionName: string;
  unqualifiedArn: string;
  /** With the qualifier, where one was given. */
  arn: string;
  qualifier: string | undefined;
}

/**
 * What a request means by `FunctionName` and `Qualifier`.
 * @throws {AwsError} 400 ValidationException, where it has no form of a function's name; 404, where
 * it is of another region.
 */
export function resolveFunction(
  accountId: string,
  region: string,
  { FunctionName, Qualifier }: { FunctionName: string; Qualifier?: string },
): FunctionReference {
  const [matched, ofRegion = region, account = accountId, functionName = "", suffix] =
    REFERENCE.exec(FunctionName) ?? [];
  if (matched === undefined)
    throw new AwsError(
      400,
      "ValidationException",
      `1 validation error detected: Value '${FunctionName}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${REFERENCE.source}`,
    );
  if (ofRegion !== region)
    throw notFound(`Functions from '${ofRegion}' are not reachable in this region ('${region}')`);
  const qualifier = Qualifier ?? suffix;
  const unqualifiedArn = `arn:aws:lambda:${region}:${account}:function:${functionName}`;
  const arn = qualifier === undefined ? unqualifiedArn : `${unqualifiedArn}:${qualifier}`;
  return { region, functionName, unqualifiedArn, arn, qualifier };
}

/** @throws {AwsError} 404 ResourceNotFoundException; there are no versions but `$LATEST`. */
export function findFunction(functions: Functions, reference: FunctionReference): LambdaFunction {
  const { region, functionName, unqualifiedArn, arn, qualifier = "$LATEST" } = reference;
  const found = functions.named(region, functionName);
  const isKnown = found?.configuration.FunctionArn === unqualifiedArn && qualifier === "$LATEST";
  if (found === undefined || !isKnown) throw functionNotFound(arn);
  return found;
}

export const notFound = (message: string) =>
  new AwsError(404, "ResourceNotFoundException", message);

export const invalid = (message: string) =>
  new AwsError(400, "InvalidParameterValueException", message);
