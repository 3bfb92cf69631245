import { AwsError } from "../../protocols/aws-error.ts";
import { regionOf, type State } from "../../state.ts";
import type { LambdaFunction } from "../state.ts";

/** A name, a partial or a whole ARN, each with a qualifier or without. */
const REFERENCE =
  /^(?:arn:aws:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([\w-]{1,64})(?::(\$LATEST|[\w-]+))?$/;

export interface FunctionReference {
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
  return { functionName, unqualifiedArn, arn, qualifier };
}

/** @throws {AwsError} 404 ResourceNotFoundException; there are no versions but `$LATEST`. */
export function findFunction(
  state: State,
  region: string,
  input: { FunctionName: string; Qualifier?: string },
): LambdaFunction {
  const reference = resolveFunction(state.accountId, region, input);
  const { functionName, unqualifiedArn, arn, qualifier = "$LATEST" } = reference;
  const { functions } = regionOf(state, region).lambda;
  const found = Object.hasOwn(functions, functionName) ? functions[functionName] : undefined;
  const known = found?.configuration.FunctionArn === unqualifiedArn && qualifier === "$LATEST";
  if (found === undefined || !known) throw notFound(`Function not found: ${arn}`);
  return found;
}

export const notFound = (message: string) =>
  new AwsError(404, "ResourceNotFoundException", message);

export const invalid = (message: string) =>
  new AwsError(400, "InvalidParameterValueException", message);
