import * as v from "valibot";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { LambdaFunction } from "../state.ts";
import { findFunction, invalid, resolveFunction } from "./function-name.ts";
import type { FunctionsApi } from "./function-route.ts";

const Resource = v.string();

const tagInput = v.strictObject({ Resource, Tags: v.record(v.string(), v.string()) });

const untagInput = v.strictObject({
  Resource,
  tagKeys: v.union([v.string(), v.array(v.string())]),
});

const listInput = v.strictObject({ Resource });

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html */
export function tagRoutes({ state, functions }: FunctionsApi): Route[] {
  const path = "/2017-03-31/tags/{Resource}";
  const tagged = (region: string, arn: string): LambdaFunction => {
    // Our choice: the text, because there is no source.
    if (!/^arn:aws:lambda:[^:]+:[^:]+:function:[^:]+$/.test(arn))
      throw invalid(`Tags require the ARN of a function without a qualifier, not ${arn}`);
    return findFunction(functions, resolveFunction(state.accountId, region, { FunctionName: arn }));
  };
  const resource = (input: { Resource: string }) => input.Resource;
  return [
    {
      name: "TagResource",
      method: "POST",
      path,
      status: 204,
      operation: {
        input: tagInput,
        resource,
        handle(input: v.InferOutput<typeof tagInput>, { region }) {
          Object.assign(tagged(region, input.Resource).tags, input.Tags);
        },
      },
    },
    {
      name: "UntagResource",
      method: "DELETE",
      path,
      status: 204,
      operation: {
        input: untagInput,
        resource,
        handle(input: v.InferOutput<typeof untagInput>, { region }) {
          const { tags } = tagged(region, input.Resource);
          for (const key of [input.tagKeys].flat()) delete tags[key];
        },
      },
    },
    {
      name: "ListTags",
      method: "GET",
      path,
      operation: {
        input: listInput,
        resource,
        handle: (input: v.InferOutput<typeof listInput>, { region }) => ({
          Tags: tagged(region, input.Resource).tags,
        }),
      },
    },
  ];
}
