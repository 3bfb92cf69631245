import * as v from "valibot";
import { parseArn } from "../../arn.ts";
import { notImplemented } from "../../protocols/aws-error.ts";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import { regionOf, type State } from "../../state.ts";
import type { LambdaFunction } from "../state.ts";
import { findFunction, invalid, notFound, resolveFunction } from "./function-name.ts";
import type { FunctionsApi } from "./function-route.ts";
import { pattern, REGION_PATTERN } from "./pattern.ts";

/** The ARN of a resource of Lambda that can have tags on AWS. */
const Resource = v.pipe(
  v.string(),
  v.maxLength(256),
  pattern(
    String.raw`arn:(aws[a-zA-Z-]*):lambda:${REGION_PATTERN}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)`,
  ),
);

const tagInput = v.strictObject({ Resource, Tags: v.record(v.string(), v.string()) });

const untagInput = v.strictObject({
  Resource,
  tagKeys: v.union([v.string(), v.array(v.string())]),
});

const listInput = v.strictObject({ Resource });

const MAX_TAGS = 50;

/**
 * Checks the number of tags.
 * @throws {AwsError} 400 if there are more than a function can have.
 */
export function checkTagCount(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > MAX_TAGS)
    throw invalid("Number of tags exceeds resource tag limit.");
}

type Tagged = Pick<LambdaFunction, "tags">;

/**
 * Returns the event source mapping with an ARN.
 * @throws {AwsError} 404 if it does not exist.
 */
function mappingOf(state: State, arn: string, uuid: string): Tagged {
  const { region = "", accountId } = parseArn(arn) ?? {};
  const isHere = accountId === state.accountId && Object.hasOwn(state.regions, region);
  const mappings = isHere ? regionOf(state, region).lambda.eventSourceMappings : {};
  const found = Object.hasOwn(mappings, uuid) ? mappings[uuid] : undefined;
  if (found === undefined) throw notFound(`Event source mapping not found: ${arn}`);
  return found;
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html */
export function tagRoutes({ state, functions }: FunctionsApi): Route[] {
  const path = "/2017-03-31/tags/{Resource}";
  const tagged = (region: string, arn: string): Tagged => {
    const [kind, id = ""] = parseArn(arn)?.resource.split(":") ?? [];
    if (kind === "event-source-mapping") return mappingOf(state, arn, id);
    if (kind !== "function") throw notImplemented(`tags of a ${kind}`);
    const reference = resolveFunction(state.accountId, region, { FunctionName: arn });
    if (reference.qualifier !== undefined)
      throw invalid(
        "Tags on function aliases and versions are not supported. Please specify a function ARN.",
      );
    return findFunction(functions, reference);
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
          const target = tagged(region, input.Resource);
          if (Object.keys(input.Tags).length === 0)
            throw invalid("An error occurred and the request cannot be processed.");
          const tags = { ...target.tags, ...input.Tags };
          checkTagCount(tags);
          target.tags = tags;
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
