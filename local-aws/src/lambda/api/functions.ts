import * as v from "valibot";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { LambdaFunction } from "../state.ts";
import { createFunctionRoute } from "./create-function.ts";
import { describeFunction } from "./description.ts";
import { resolveFunction } from "./function-name.ts";
import { type FunctionsApi, functionInput, functionRoute } from "./function-route.ts";

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
export function functionRoutes(api: FunctionsApi): Route[] {
  const { state, functions } = api;
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
          Functions: functions.list(region).map(describeFunction),
        }),
      },
    },
    functionRoute(api, {
      name: "GetFunction",
      method: "GET",
      path,
      input: v.strictObject(functionInput),
      handle(target, input, { region }) {
        const { arn } = resolveFunction(state.accountId, region, input);
        return getFunction(target, arn);
      },
    }),
    functionRoute(api, {
      name: "DeleteFunction",
      method: "DELETE",
      path,
      status: 204,
      input: v.strictObject({ FunctionName: v.string() }),
      handle(target) {
        functions.remove(target);
        api.onDelete(target);
      },
    }),
    functionRoute(api, {
      name: "ListVersionsByFunction",
      method: "GET",
      path: `${path}/versions`,
      input: v.strictObject({
        FunctionName: v.string(),
        // There is only ever one version to list.
        MaxItems: v.exactOptional(v.string()),
      }),
      handle(target) {
        const described = describeFunction(target);
        const FunctionArn = `${described.FunctionArn}:$LATEST`;
        return { Versions: [{ ...described, FunctionArn }] };
      },
    }),
    functionRoute(api, {
      name: "GetFunctionCodeSigningConfig",
      method: "GET",
      path: "/2020-06-30/functions/{FunctionName}/code-signing-config",
      input: v.strictObject({ FunctionName: v.string() }),
      handle: ({ configuration }) => ({ FunctionName: configuration.FunctionName }),
    }),
  ];
}

/** Our choice: the code isn't offered for download; what a download gets says so. */
const NO_DOWNLOAD = "data:,The%20local%20AWS%20does%20not%20offer%20code%20for%20download.";

function getFunction(target: LambdaFunction, arn: string) {
  const { tags, reservedConcurrentExecutions } = target;
  return {
    Configuration: { ...describeFunction(target), FunctionArn: arn },
    Code: { RepositoryType: "local", Location: NO_DOWNLOAD },
    ...(Object.keys(tags).length > 0 && { Tags: tags }),
    ...(reservedConcurrentExecutions !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: reservedConcurrentExecutions },
    }),
  };
}
