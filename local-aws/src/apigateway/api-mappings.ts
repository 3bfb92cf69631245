import * as v from "valibot";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { badRequest, conflict, findApi, findDomainName, findPart, newId } from "./identifiers.ts";
import type { ApiMapping } from "./state.ts";

/**
 * The source of the message is https://github.com/aws/aws-cdk/issues/9077. Keys of several levels are
 * allowed, as in AWS's guide.
 */
const KEY = /^(?:[\w$.+!*'()-]+(?:\/[\w$.+!*'()-]+)*)?$/;
const invalidKey = "An ApiMapping key may contain only letters, numbers and one of $-_.+!*'()";

const settings = {
  apiId: v.string(),
  stage: v.string(),
  apiMappingKey: v.pipe(v.string(), v.maxLength(300), v.regex(KEY, invalidKey)),
};

const createInput = v.strictObject({
  domainName: v.string(),
  ...settings,
  apiMappingKey: v.exactOptional(settings.apiMappingKey, ""),
});

const mappingInput = v.strictObject({ domainName: v.string(), apiMappingId: v.string() });

const updateInput = v.strictObject({
  ...mappingInput.entries,
  ...settings,
  stage: v.exactOptional(settings.stage),
  apiMappingKey: v.exactOptional(settings.apiMappingKey),
});

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname-apimappings.html */
export function apiMappingRoutes({ state }: ControlPlane): Route[] {
  const mappingsOf = (region: string, domainName: string) =>
    findDomainName(state, region, domainName).apiMappings;
  const get = (region: string, { domainName, apiMappingId }: v.InferOutput<typeof mappingInput>) =>
    findPart(mappingsOf(region, domainName), "ApiMapping", apiMappingId);
  const put = (region: string, domainName: string, mapping: ApiMapping) => {
    const mappings = mappingsOf(region, domainName);
    const { stages } = findApi(state, region, mapping.apiId);
    if (!Object.hasOwn(stages, mapping.stage))
      throw badRequest("Invalid stage identifier specified");
    refuseTakenKey(mappings, mapping);
    mappings[mapping.apiMappingId] = mapping;
    return mapping;
  };
  const path = "/v2/domainnames/{domainName}/apimappings/{apiMappingId}";
  return [
    controlRoute({
      name: "CreateApiMapping",
      method: "POST",
      path: "/v2/domainnames/{domainName}/apimappings",
      status: 201,
      input: createInput,
      handle: ({ domainName, ...input }, region) =>
        put(region, domainName, { apiMappingId: newId(7), ...input }),
    }),
    controlRoute({
      name: "GetApiMappings",
      method: "GET",
      path: "/v2/domainnames/{domainName}/apimappings",
      input: v.strictObject({ domainName: v.string() }),
      handle: ({ domainName }, region) => ({
        items: Object.values(mappingsOf(region, domainName)),
      }),
    }),
    controlRoute({
      name: "GetApiMapping",
      method: "GET",
      path,
      input: mappingInput,
      handle: (input, region) => get(region, input),
    }),
    controlRoute({
      name: "UpdateApiMapping",
      method: "PATCH",
      path,
      input: updateInput,
      handle: ({ domainName, apiMappingId, ...changes }, region) =>
        put(region, domainName, { ...get(region, { domainName, apiMappingId }), ...changes }),
    }),
    controlRoute({
      name: "DeleteApiMapping",
      method: "DELETE",
      path,
      status: 204,
      input: mappingInput,
      handle(input, region) {
        get(region, input);
        delete mappingsOf(region, input.domainName)[input.apiMappingId];
      },
    }),
  ];
}

/**
 * Checks that the domain name has no other mapping with the key. The source of the message is
 * https://github.com/aws/aws-cdk/issues/22660.
 */
function refuseTakenKey(
  mappings: Readonly<Record<string, ApiMapping>>,
  { apiMappingId, apiMappingKey }: ApiMapping,
): void {
  const others = Object.values(mappings).filter((other) => other.apiMappingId !== apiMappingId);
  if (others.some((other) => other.apiMappingKey === apiMappingKey))
    throw conflict("ApiMapping key already exists for this domain name");
}
