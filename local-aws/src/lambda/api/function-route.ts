import * as v from "valibot";
import type { Clock } from "../../clock.ts";
import type { OperationContext } from "../../protocols/operation.ts";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { Iam } from "../../iam/index.ts";
import type { State } from "../../state.ts";
import type { DelayedSettings } from "../delayed-settings.ts";
import type { FunctionChanges } from "../function-changes.ts";
import type { Functions } from "../functions.ts";
import type { LambdaFunction, PublishedVersion } from "../state.ts";
import {
  findFunction,
  findVersion,
  type FunctionReference,
  type MissingFunction,
  namespacedFunctionName,
  qualifier,
  resolveFunction,
} from "./function-name.ts";

/** The dependencies of Lambda's API for functions. */
export interface FunctionsApi {
  state: State;
  functions: Functions;
  clock: Clock;
  iam: Iam;
  /** The maximum number of concurrent invocations of the account in a region. */
  accountConcurrency: number;
  settings: DelayedSettings;
  changes: FunctionChanges;
  /** Called after a function was deleted. */
  onDelete(target: LambdaFunction): void;
}

/** The parameters of an operation on one function. */
export const functionInput = {
  FunctionName: namespacedFunctionName,
  Qualifier: v.exactOptional(qualifier),
};

/**
 * Defines an operation on one existing function. The caller needs permission for the action of the same
 * name on the function's ARN.
 */
export function functionRoute<
  Input extends v.GenericSchema<unknown, { FunctionName: string; Qualifier?: string }>,
>(
  { state, functions }: FunctionsApi,
  definition: {
    name: string;
    method: Route["method"];
    path: string;
    status?: number;
    input: Input;
    /** Checks the name before the function is looked up. */
    check?(reference: FunctionReference): void;
    /** Default: `Function not found`, with the ARN of the request. */
    missing?: MissingFunction;
    handle(
      target: LambdaFunction,
      input: v.InferOutput<Input>,
      context: OperationContext,
      reference: FunctionReference,
    ): unknown;
    /** Handles a request for a published version. Default: 501. */
    handleVersion?(target: LambdaFunction, version: PublishedVersion): unknown;
  },
): Route {
  const { name, method, path, status, input, check, missing, handle, handleVersion } = definition;
  const referenceTo = (parameters: v.InferOutput<Input>, { region }: { region: string }) =>
    resolveFunction(state.accountId, region, parameters);
  return {
    name,
    method,
    path,
    ...(status !== undefined && { status }),
    operation: {
      input,
      resource: (parameters: v.InferOutput<Input>, context) =>
        referenceTo(parameters, context).unqualifiedArn,
      handle(parameters: v.InferOutput<Input>, context) {
        const reference = referenceTo(parameters, context);
        check?.(reference);
        const version = handleVersion && findVersion(functions, reference);
        if (version !== undefined) return handleVersion?.(version.target, version.version);
        const target = findFunction(functions, reference, missing);
        return handle(target, parameters, context, reference);
      },
    },
  };
}
