import * as v from "valibot";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { LambdaFunction } from "../state.ts";
import { createFunctionRoute } from "./create-function.ts";
import {
  describeFunction,
  describeVersion,
  NO_DOWNLOAD,
  summarizeFunction,
} from "./description.ts";
import {
  findFunction,
  invalid,
  isAlias,
  namespacedFunctionName,
  resolveFunction,
} from "./function-name.ts";
import { type FunctionsApi, functionInput, functionRoute } from "./function-route.ts";

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
export function functionRoutes(api: FunctionsApi): Route[] {
  const { functions } = api;
  const collection = "/2015-03-31/functions";
  const path = `${collection}/{FunctionName}`;
  return [
    createFunctionRoute(api),
    {
      name: "ListFunctions",
      method: "GET",
      path: collection,
      operation: {
        input: v.strictObject({}),
        handle: (_, { region }) => ({
          Functions: functions.list(region).map(summarizeFunction),
        }),
      },
    },
    functionRoute(api, {
      name: "GetFunction",
      method: "GET",
      path,
      input: v.strictObject(functionInput),
      handle: (target, _input, _context, { arn }) =>
        getFunction(target, { ...describeFunction(target), FunctionArn: arn }),
      handleVersion: (target, version) => getFunction(target, describeVersion(target, version)),
    }),
    deleteFunctionRoute(api),
    functionRoute(api, {
      name: "GetFunctionCodeSigningConfig",
      method: "GET",
      path: "/2020-06-30/functions/{FunctionName}/code-signing-config",
      input: v.strictObject({ FunctionName: namespacedFunctionName }),
      handle: ({ configuration }) => ({ FunctionName: configuration.FunctionName }),
    }),
  ];
}

function deleteFunctionRoute({ state, functions, onDelete }: FunctionsApi): Route {
  const input = v.strictObject(functionInput);
  type Input = v.InferOutput<typeof input>;
  const referenceTo = (parameters: Input, region: string) =>
    resolveFunction(state.accountId, region, parameters);
  return {
    name: "DeleteFunction",
    method: "DELETE",
    path: "/2015-03-31/functions/{FunctionName}",
    status: 204,
    operation: {
      input,
      resource: (parameters: Input, { region }) => referenceTo(parameters, region).unqualifiedArn,
      handle(parameters: Input, { region }) {
        const { qualifier, ...reference } = referenceTo(parameters, region);
        if (qualifier === "$LATEST")
          throw invalid("$LATEST version cannot be deleted without deleting the function.");
        if (qualifier !== undefined && isAlias(qualifier))
          throw invalid("Deletion of aliases is not currently supported.");
        const { unqualifiedArn: arn } = reference;
        const target = findFunction(functions, { ...reference, arn, qualifier: undefined });
        // As on AWS, deleting a version that does not exist succeeds.
        if (qualifier !== undefined) {
          const { versions = [] } = target;
          target.versions = versions.filter(({ Version }) => Version !== qualifier);
          return;
        }
        functions.remove(target);
        onDelete(target);
      },
    },
  };
}

function getFunction(target: LambdaFunction, Configuration: object) {
  const { tags, reservedConcurrentExecutions } = target;
  return {
    Configuration,
    Code: { RepositoryType: "S3", Location: NO_DOWNLOAD },
    ...(Object.keys(tags).length > 0 && { Tags: tags }),
    ...(reservedConcurrentExecutions !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: reservedConcurrentExecutions },
    }),
  };
}
