import { type Arn, parseArn } from "../arn.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { regionOf as resourcesOf, type State } from "../state.ts";
import type { FunctionConfiguration, LambdaFunction } from "./state.ts";

/**
 * The functions of all regions. The name in a request is resolved once. After that, code passes the
 * `LambdaFunction` itself.
 *
 * A function is one object from its creation to its deletion. Updates change the object in place, so
 * waiting events and running invocations see them. A function that is deleted and created again with the
 * same name is another object.
 */
export interface Functions {
  /** Returns undefined if there is no function with this ARN, which has no qualifier. */
  find(functionArn: string): LambdaFunction | undefined;
  /** @throws {AwsError} 404 ResourceNotFoundException. */
  get(functionArn: string): LambdaFunction;
  named(region: string, functionName: string): LambdaFunction | undefined;
  /** Returns all functions of a region. */
  list(region: string): LambdaFunction[];
  add(target: LambdaFunction): void;
  remove(target: LambdaFunction): void;
  /** Returns whether the function still exists. */
  exists(target: LambdaFunction): boolean;
  regionOf(target: LambdaFunction): string;
}

export function createFunctions(state: State): Functions {
  /**
   * The region of each function, parsed from its ARN only once, because every invocation needs it.
   */
  const regions = new WeakMap<LambdaFunction, string>();

  const regionOf = (target: LambdaFunction): string => {
    const known = regions.get(target);
    if (known !== undefined) return known;
    const { region } = arnOf(target.configuration);
    regions.set(target, region);
    return region;
  };
  const functionsIn = (region: string): Readonly<Record<string, LambdaFunction>> =>
    Object.hasOwn(state.regions, region) ? resourcesOf(state, region).lambda.functions : {};
  const named = (region: string, functionName: string): LambdaFunction | undefined => {
    const functions = functionsIn(region);
    return Object.hasOwn(functions, functionName) ? functions[functionName] : undefined;
  };
  const find = (functionArn: string): LambdaFunction | undefined => {
    const { region = "", resource = "" } = parseArn(functionArn) ?? {};
    const found = named(region, resource.replace(/^function:/, ""));
    return found?.configuration.FunctionArn === functionArn ? found : undefined;
  };

  return {
    find,
    get(functionArn) {
      const found = find(functionArn);
      if (found === undefined) throw functionNotFound(functionArn);
      return found;
    },
    named,
    list: (region) => Object.values(functionsIn(region)),
    add(target) {
      const { functions } = resourcesOf(state, regionOf(target)).lambda;
      functions[target.configuration.FunctionName] = target;
    },
    remove(target) {
      const { functions } = resourcesOf(state, regionOf(target)).lambda;
      delete functions[target.configuration.FunctionName];
    },
    exists: (target) => named(regionOf(target), target.configuration.FunctionName) === target,
    regionOf,
  };
}

/** Returns the parts of a function's ARN. */
export function arnOf({ FunctionArn }: Pick<FunctionConfiguration, "FunctionArn">): Arn {
  const arn = parseArn(FunctionArn);
  if (arn === undefined)
    throw new Error(`The state has a function with an invalid ARN: ${FunctionArn}`);
  return arn;
}

export const functionNotFound = (functionArn: string): AwsError =>
  new AwsError(404, "ResourceNotFoundException", `Function not found: ${functionArn}`);
