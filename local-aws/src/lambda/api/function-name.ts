import * as v from "valibot";
import { AwsError, notImplemented } from "../../protocols/aws-error.ts";
import { type Functions, functionNotFound } from "../functions.ts";
import type { LambdaFunction } from "../state.ts";
import { pattern, REGION_PATTERN } from "./pattern.ts";

/*
 * The patterns and lengths are those in the errors of AWS.
 * https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/lambda_/test_lambda_api.snapshot.json
 */
const PREFIX = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?(${REGION_PATTERN}:)?(\d{12}:)?(function:)?`;

/** The parameter of the operations that change a function. */
export const functionName = v.pipe(
  v.string(),
  v.maxLength(140),
  pattern(String.raw`${PREFIX}([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`),
);

/** The parameter of the operations that other accounts can also call. */
export const namespacedFunctionName = v.pipe(
  v.string(),
  v.maxLength(256),
  pattern(String.raw`${PREFIX}([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`),
);

export const qualifier = v.pipe(
  v.string(),
  v.maxLength(128),
  pattern(String.raw`\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+`),
);

/** Captures the parts of a name, a partial ARN or an ARN, with or without a qualifier. */
const REFERENCE = new RegExp(
  String.raw`^(?:arn:[^:]*:lambda:)?(?:(${REGION_PATTERN.replaceAll("(", "(?:")}):)?(?:(\d{12}):)?(?:function:)?([^:]+)(?::([^:]+))?$`,
);

export interface FunctionReference {
  region: string;
  /** The account of the local AWS, unless the request names another one. */
  account: string;
  functionName: string;
  unqualifiedArn: string;
  /** With the qualifier, if there is one. */
  arn: string;
  qualifier: string | undefined;
}

/**
 * Resolves the `FunctionName` and the `Qualifier` of a request, whose patterns have been checked.
 * @throws {AwsError} 404 if the function is in another region, 400 if the two parameters name different
 * qualifiers.
 */
export function resolveFunction(
  accountId: string,
  region: string,
  { FunctionName, Qualifier }: { FunctionName: string; Qualifier?: string },
): FunctionReference {
  const [, ofRegion = region, account = accountId, name = "", suffix] =
    REFERENCE.exec(FunctionName) ?? [];
  if (ofRegion !== region)
    throw notFound(`Functions from '${ofRegion}' are not reachable in this region ('${region}')`);
  if (Qualifier !== undefined && suffix !== undefined && Qualifier !== suffix)
    throw invalid(
      "The derived qualifier from the function name does not match the specified qualifier.",
    );
  const named = Qualifier ?? suffix;
  const unqualifiedArn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  const arn = named === undefined ? unqualifiedArn : `${unqualifiedArn}:${named}`;
  return { region, account, functionName: name, unqualifiedArn, arn, qualifier: named };
}

/** The error of an operation for a function, a version or an alias that does not exist. */
export type MissingFunction = (reference: FunctionReference) => AwsError;

export const missingFunction: MissingFunction = ({ arn }) => functionNotFound(arn);

/** Returns the error of the operations that always name the version. */
export const missingVersion: MissingFunction = ({ unqualifiedArn, qualifier = "$LATEST" }) =>
  functionNotFound(`${unqualifiedArn}:${qualifier}`);

/** Returns whether a qualifier names an alias. A version is a number. */
export const isAlias = (named: string): boolean => /^(?!\d+$)[\w-]+$/.test(named);

/**
 * Returns the function that a request names.
 * @throws {AwsError} if it does not exist, or 501 for a published version, whose code the local AWS does
 * not keep.
 */
export function findFunction(
  functions: Functions,
  reference: FunctionReference,
  missing = missingFunction,
): LambdaFunction {
  const { arn, qualifier: named = "$LATEST" } = reference;
  const found = unqualified(functions, reference);
  if (found !== undefined && named === "$LATEST") return found;
  if (findVersion(functions, reference) !== undefined)
    throw notImplemented(`this operation for the published version ${arn}`);
  throw missing(reference);
}

/** Returns the published version that a request names, or undefined if it names none. */
export function findVersion(functions: Functions, reference: FunctionReference) {
  const target = unqualified(functions, reference);
  const version = target?.versions?.find(({ Version }) => Version === reference.qualifier);
  return target && version && { target, version };
}

function unqualified(
  functions: Functions,
  { region, functionName: name, unqualifiedArn }: FunctionReference,
): LambdaFunction | undefined {
  const found = functions.named(region, name);
  return found?.configuration.FunctionArn === unqualifiedArn ? found : undefined;
}

export const notFound = (message: string) =>
  new AwsError(404, "ResourceNotFoundException", message);

export const invalid = (message: string) =>
  new AwsError(400, "InvalidParameterValueException", message);
