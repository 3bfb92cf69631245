import * as v from "valibot";
import { notImplemented } from "../protocols/aws-error.ts";
import { only } from "../protocols/only.ts";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { regionOf, type State } from "../state.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { badRequest, findDomainName, newId } from "./identifiers.ts";
import type { ApiMapping, DomainName } from "./state.ts";

export const ipAddressType = v.picklist(["ipv4", "dualstack"]);

/** A host name of at least two labels in lower case, so that it is neither an API's ID nor an address. */
const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?$/;

const domainNameOf = v.pipe(
  v.string(),
  v.maxLength(253),
  v.check((name) => {
    if (name.startsWith("*.")) throw notImplemented("wildcard custom domain names");
    return HOST_NAME.test(name);
  }, "A domain name has labels of a-z, 0-9 and hyphens, such as chat.example.com"),
);

/** The defaults of the endpoint type and the security policy were captured on AWS. */
const configurations = v.pipe(
  v.array(
    v.strictObject({
      certificateArn: v.string(),
      endpointType: v.exactOptional(only("endpointType", "REGIONAL"), "REGIONAL"),
      securityPolicy: v.exactOptional(only("securityPolicy", "TLS_1_2"), "TLS_1_2"),
      ipAddressType: v.exactOptional(ipAddressType, "ipv4"),
    }),
  ),
  v.length(1, "Invalid input. Expected one domain name configuration"),
);

const routingMode = v.exactOptional(only("routingMode", "API_MAPPING_ONLY"));

const createInput = v.strictObject({
  domainName: domainNameOf,
  domainNameConfigurations: configurations,
  routingMode,
  tags: v.exactOptional(v.record(v.string(), v.string()), {}),
});

const updateInput = v.strictObject({
  domainName: v.string(),
  domainNameConfigurations: v.exactOptional(configurations),
  routingMode,
});

const domainNameInput = v.strictObject({ domainName: v.string() });

/**
 * Returns the routes for custom domain names.
 *
 * Our choice: a certificate does not have to exist, because ACM is not implemented, and a domain name is
 * available at once.
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames.html
 */
export function domainNameRoutes({ state }: ControlPlane): Route[] {
  const all = (region: string) => regionOf(state, region).apigateway.domainNames;
  const get = (region: string, domainName: string) => findDomainName(state, region, domainName);
  const path = "/v2/domainnames/{domainName}";
  return [
    controlRoute({
      name: "CreateDomainName",
      method: "POST",
      path: "/v2/domainnames",
      status: 201,
      input: createInput,
      handle({ domainName, domainNameConfigurations, tags }, region) {
        if (Object.hasOwn(all(region), domainName))
          throw badRequest("The domain name you provided already exists.");
        const created: DomainName = {
          domainName,
          ...settingsOf(domainNameConfigurations, region),
          apiGatewayDomainName: `d-${newId(10)}.execute-api.${region}.localhost`,
          tags,
          apiMappings: {},
        };
        all(region)[domainName] = created;
        return describe(created, region);
      },
    }),
    controlRoute({
      name: "GetDomainNames",
      method: "GET",
      path: "/v2/domainnames",
      input: v.strictObject({}),
      handle: (_, region) => ({
        items: Object.values(all(region)).map((one) => describe(one, region)),
      }),
    }),
    controlRoute({
      name: "GetDomainName",
      method: "GET",
      path,
      input: domainNameInput,
      handle: ({ domainName }, region) => describe(get(region, domainName), region),
    }),
    controlRoute({
      name: "UpdateDomainName",
      method: "PATCH",
      path,
      input: updateInput,
      handle({ domainName, domainNameConfigurations }, region) {
        const changed = get(region, domainName);
        if (domainNameConfigurations !== undefined)
          Object.assign(changed, settingsOf(domainNameConfigurations, region));
        return describe(changed, region);
      },
    }),
    controlRoute({
      name: "DeleteDomainName",
      method: "DELETE",
      path,
      status: 204,
      input: domainNameInput,
      handle({ domainName }, region) {
        get(region, domainName);
        delete all(region)[domainName];
      },
    }),
  ];
}

/** Returns whether an API mapping of any domain name in the region meets a condition. */
export const isMapped = (
  state: State,
  region: string,
  condition: (mapping: ApiMapping) => boolean,
): boolean =>
  Object.values(regionOf(state, region).apigateway.domainNames).some(({ apiMappings }) =>
    Object.values(apiMappings).some(condition),
  );

/** @throws {AwsError} 400 if the certificate cannot be one of the region. */
function settingsOf(
  [configuration]: v.InferOutput<typeof configurations>,
  region: string,
): Pick<DomainName, "certificateArn" | "ipAddressType"> {
  const { certificateArn = "", ipAddressType: type = "ipv4" } = configuration ?? {};
  const [, certificateRegion] = CERTIFICATE_ARN.exec(certificateArn) ?? [];
  // Our choice: only the first sentence, for a text that is not the ARN of a certificate.
  if (certificateRegion === undefined)
    throw badRequest(`Invalid certificate ARN: ${certificateArn}.`);
  if (certificateRegion !== region)
    throw badRequest(
      `Invalid certificate ARN: ${certificateArn}. Certificate must be in '${region}'.`,
    );
  return { certificateArn, ipAddressType: type };
}

const CERTIFICATE_ARN = /^arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate\/[\w-]+$/;

/** Our choice: the ID of a hosted zone that does not exist, because Route 53 is not implemented. */
const HOSTED_ZONE_ID = "Z00000000LOCALAWS";

function describe(described: DomainName, region: string) {
  const { domainName, certificateArn, ipAddressType: type, apiGatewayDomainName, tags } = described;
  return {
    domainName,
    domainNameArn: `arn:aws:apigateway:${region}::/domainnames/${domainName}`,
    apiMappingSelectionExpression: "$request.basepath",
    domainNameConfigurations: [
      {
        apiGatewayDomainName,
        certificateArn,
        domainNameStatus: "AVAILABLE",
        endpointType: "REGIONAL",
        hostedZoneId: HOSTED_ZONE_ID,
        ipAddressType: type,
        securityPolicy: "TLS_1_2",
      },
    ],
    routingMode: "API_MAPPING_ONLY",
    tags,
  };
}
