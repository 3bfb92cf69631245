import * as v from "valibot";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { badRequest, findApi, findDomainName, findPart } from "./identifiers.ts";

const ARN =
  /^arn:aws:apigateway:([a-z0-9-]+)::\/(?:domainnames\/([^/]+)|apis\/([^/]+)(?:\/stages\/([^/]+))?)$/;

const resourceArn = v.string();

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/tags-resource-arn.html */
export function tagRoutes({ state }: ControlPlane): Route[] {
  const path = "/v2/tags/{resourceArn}";
  const tagged = (arn: string, region: string): { tags: Record<string, string> } => {
    const [, arnRegion, domainName, apiId = "", stageName] = ARN.exec(arn) ?? [];
    // Our choice, because there is no source: the message.
    if (arnRegion !== region) throw badRequest(`Invalid resource ARN specified: ${arn}`);
    if (domainName !== undefined) return findDomainName(state, region, domainName);
    const api = findApi(state, region, apiId);
    return stageName === undefined ? api : findPart(api.stages, "stage", stageName);
  };
  return [
    controlRoute({
      name: "TagResource",
      method: "POST",
      path,
      status: 201,
      input: v.strictObject({ resourceArn, tags: v.record(v.string(), v.string()) }),
      handle({ resourceArn: arn, tags }, region) {
        Object.assign(tagged(arn, region).tags, tags);
      },
    }),
    controlRoute({
      name: "UntagResource",
      method: "DELETE",
      path,
      status: 204,
      input: v.strictObject({ resourceArn, tagKeys: v.union([v.string(), v.array(v.string())]) }),
      handle({ resourceArn: arn, tagKeys }, region) {
        const { tags } = tagged(arn, region);
        for (const key of [tagKeys].flat()) delete tags[key];
      },
    }),
    controlRoute({
      name: "GetTags",
      method: "GET",
      path,
      input: v.strictObject({ resourceArn }),
      handle: ({ resourceArn: arn }, region) => ({ tags: tagged(arn, region).tags }),
    }),
  ];
}
