import { createHash } from "node:crypto";
import { deployedApi } from "./apigateway/deployments.ts";
import type { ApiGatewayState, DeployedApi } from "./apigateway/state.ts";
import { nodeOf } from "./lambda/environment/node-executable.ts";
import { latestOf } from "./lambda/function-changes.ts";
import type { LambdaFunction, LambdaState } from "./lambda/state.ts";
import { emptyRegion, type State } from "./state.ts";

/** Replaces the URL of the local AWS in a snapshot. */
const ENDPOINT = "{endpoint}";

/** A snapshot that `readSnapshot` has read. */
export interface Snapshot {
  /** The account of the local AWS that wrote the snapshot. */
  accountId: string;
  /**
   * Returns the resources for a local AWS with this endpoint, such as `http://localhost:4566`, and this
   * account.
   */
  stateFor(endpoint: string, accountId: string): State;
}

/**
 * Returns the resources of a local AWS as JSON, without the code of functions and the content of layers.
 * Snapshots of the same resources are identical: times and revision IDs are replaced by constants, IDs by
 * stable ones, and the URL of the local AWS by `{endpoint}`.
 */
export function writeSnapshot(state: State, endpoint: string): string {
  const text = JSON.stringify(timeless(mapFunctions(withoutLayers(state), withoutCode))).replaceAll(
    endpoint,
    ENDPOINT,
  );
  const renamed = stableIds(state).reduce(
    (result, [id, stable]) => result.replaceAll(id, stable),
    text,
  );
  return `${JSON.stringify(sorted(JSON.parse(renamed)), null, 2)}\n`;
}

/**
 * Reads a text that `writeSnapshot` returned.
 * @param functions the zip file of each function, by the name of the function.
 * @throws {Error} if the text is not a snapshot, if a function has no zip file, if the local AWS does not
 * have its runtime, or if there are layers.
 */
export function readSnapshot(
  text: string,
  functions: Readonly<Record<string, Uint8Array>>,
): Snapshot {
  const { accountId, regions } = parse(text);
  const stored = Object.values(regions).flatMap(({ lambda }) => Object.values(lambda.functions));
  for (const { configuration } of stored) nodeOf(configuration.Runtime);
  checkNoLayers(regions);
  const names = stored.map(({ configuration }) => configuration.FunctionName);
  const missing = names.filter((name) => !Object.hasOwn(functions, name));
  if (missing.length > 0)
    throw new Error(
      `The snapshot has functions without a zip file: ${missing.join(", ")}. Pass one for each: in the option functions, or with --functions <directory>.`,
    );
  const codeOf = (name: string) => Buffer.from(functions[name] ?? []).toString("base64");
  // The account ID must be a whole word. The same digits at the end of a UUID are not an account ID.
  const account = new RegExp(String.raw`(?<![\w-])${accountId}(?!\w)`, "g");
  return {
    accountId,
    stateFor: (endpoint, newAccountId) =>
      mapFunctions(
        parse(text.replaceAll(ENDPOINT, endpoint).replace(account, newAccountId)),
        (stored, name): LambdaFunction => ({ ...stored, zipFile: codeOf(name), layers: [] }),
      ),
  };
}

function parse(text: string): WithFunctions<StoredFunction> {
  let stored: Partial<WithFunctions<StoredFunction>> | null;
  try {
    stored = JSON.parse(text);
  } catch (cause) {
    throw new Error(`The snapshot is not valid JSON: ${(cause as Error).message}`, { cause });
  }
  const { accountId, iam, regions } = stored ?? {};
  if (accountId === undefined || iam === undefined || regions === undefined)
    throw new Error(
      "This JSON is not a snapshot: a snapshot has the members accountId, iam and regions. Use the text that snapshot() returns.",
    );
  // A snapshot of an earlier version can lack managed policies, custom domain names, models, integration
  // responses, copies of APIs, tables, event source mappings, layers and saved queries.
  const completeIam = Object.assign({ policies: {} }, iam, {
    roles: mapValues(iam.roles, (role) => Object.assign({ attachedPolicies: [] }, role)),
  });
  const complete = mapValues(regions, (region) => ({
    ...emptyRegion(),
    ...region,
    apigateway: completeApis({ ...emptyRegion().apigateway, ...region.apigateway }),
    lambda: { ...emptyRegion().lambda, ...region.lambda },
    logs: { ...emptyRegion().logs, ...region.logs },
  }));
  return { accountId, iam: completeIam, regions: complete };
}

/**
 * Adds members that APIs of an earlier version can lack, such as the copy of the API in each deployment.
 */
const completeApis = (apigateway: ApiGatewayState): ApiGatewayState => ({
  ...apigateway,
  apis: mapValues(apigateway.apis, (earlier) => {
    const api = Object.assign({ models: {} }, earlier, withResponses(earlier));
    return {
      ...api,
      deployments: mapValues(api.deployments, ({ api: copy, ...deployment }) => ({
        ...deployment,
        api: copy ? { ...copy, ...withResponses(copy) } : deployedApi(api),
      })),
    };
  }),
});

/** Adds the list of responses to each integration that has none. */
const withResponses = ({ integrations }: DeployedApi): Pick<DeployedApi, "integrations"> => ({
  integrations: mapValues(integrations, (integration) =>
    Object.assign({ integrationResponses: {} }, integration),
  ),
});

/** A function in a snapshot. */
type StoredFunction = Omit<LambdaFunction, "zipFile" | "layers" | "change">;

/** Returns a function without its code. In a snapshot, each change of a function is complete. */
function withoutCode(stored: LambdaFunction): StoredFunction {
  const { zipFile: _, layers: __, change: ___, ...rest } = stored;
  return { ...rest, configuration: latestOf(stored).configuration };
}

/** Removes the content of layers from a state. */
const withoutLayers = ({ regions, ...rest }: State): State => ({
  ...rest,
  regions: mapValues(regions, (region) => ({
    ...region,
    lambda: {
      ...region.lambda,
      layers: mapValues(region.lambda.layers, ({ versions, ...layer }) => ({
        ...layer,
        versions: versions.map((version) => ({ ...version, zipFile: "" })),
      })),
    },
  })),
});

/** @throws {Error} if there are layers, or functions that have some. */
function checkNoLayers(regions: WithFunctions<StoredFunction>["regions"]): void {
  const names = Object.values(regions).flatMap(({ lambda }) => [
    ...Object.keys(lambda.layers).filter((name) => lambda.layers[name]?.versions.length !== 0),
    ...Object.values(lambda.functions).flatMap(({ configuration }) =>
      (configuration.Layers ?? []).map(({ Arn }) => Arn.split(":").slice(6, 7).join()),
    ),
  ]);
  if (names.length > 0)
    throw new Error(
      `The snapshot has layers, and a snapshot does not contain their content: ${[...new Set(names)].join(", ")}. Start the local AWS without the snapshot, and apply the Terraform configuration again.`,
    );
}

/** A state with another type for functions. */
type WithFunctions<Function> = Omit<State, "regions"> & {
  regions: Record<
    string,
    Omit<State["regions"][string], "lambda"> & {
      lambda: Omit<LambdaState, "functions"> & { functions: Record<string, Function> };
    }
  >;
};

function mapFunctions<From, To>(
  { regions, ...rest }: WithFunctions<From>,
  change: (stored: From, name: string) => To,
): WithFunctions<To> {
  return {
    ...rest,
    regions: mapValues(regions, (region) => ({
      ...region,
      lambda: { ...region.lambda, functions: mapValues(region.lambda.functions, change) },
    })),
  };
}

const mapValues = <From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));

/**
 * The constants that replace times, by the name of the member. Only the existence of the member matters.
 */
const TIMES: Readonly<Record<string, unknown>> = {
  AlarmConfigurationUpdatedTimestamp: "2026-01-01T00:00:00.000Z",
  CreatedDate: "2026-01-01T00:00:00.000+0000",
  CreateDate: "2026-01-01T00:00:00Z",
  CreatedTimestamp: 1_767_225_600,
  CreationDateTime: 1_767_225_600,
  LastModifiedTimestamp: 1_767_225_600,
  LastUpdateToPayPerRequestDateTime: 1_767_225_600,
  UpdateDate: "2026-01-01T00:00:00Z",
  createdDate: "2026-01-01T00:00:00Z",
  creationTime: 1_767_225_600_000,
  enabledTime: 1_767_225_600,
  lastModified: 1_767_225_600_000,
  lastUpdatedDate: "2026-01-01T00:00:00Z",
};

const REVISION = "00000000-0000-4000-8000-000000000000";

function timeless(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => timeless(item));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, child]) => [name, timeless(child, name)]),
    );
  if (key === "LastModified")
    return typeof value === "number" ? 1_767_225_600 : "2026-01-01T00:00:00.000+0000";
  if (key === "RevisionId") return REVISION;
  return TIMES[key] ?? value;
}

/**
 * Sorts members, and lists whose items have names. Terraform creates resources concurrently, and the
 * order of an alarm's dimensions varies.
 */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).toSorted(byName);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}

/** Compares items by `Name`. Items without a name keep their order. */
const byName = (a: unknown, b: unknown) => nameOf(a).localeCompare(nameOf(b));

const nameOf = (item: unknown) =>
  typeof item === "object" && item !== null && "Name" in item ? String(item.Name) : "";

/**
 * Returns pairs of a generated ID and the stable ID that replaces it. The stable ID depends only on the
 * resource.
 */
function stableIds({ iam, regions }: State): [string, string][] {
  const roles = Object.values(iam.roles).map(({ RoleId, RoleName }): [string, string] => [
    RoleId,
    stableUniqueId("AROA", RoleName),
  ]);
  const policies = Object.values(iam.policies).map(({ PolicyId, Arn }): [string, string] => [
    PolicyId,
    stableUniqueId("ANPA", Arn),
  ]);
  const apis = Object.values(regions)
    .flatMap(({ apigateway }) => Object.values(apigateway.apis))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const queries = Object.values(regions)
    .flatMap(({ logs }) => Object.values(logs.queryDefinitions))
    .map(({ queryDefinitionId, name }): [string, string] => [queryDefinitionId, stableUuid(name)]);
  const tables = Object.values(regions)
    .flatMap(({ dynamodb }) => Object.values(dynamodb.tables))
    .map(({ TableId, TableArn }): [string, string] => [TableId, stableUuid(TableArn)]);
  const mappings = Object.values(regions)
    .flatMap(({ lambda }) => Object.values(lambda.eventSourceMappings))
    .map(({ UUID, EventSourceArn, FunctionArn }): [string, string] => [
      UUID,
      stableUuid(`${EventSourceArn} ${FunctionArn}`),
    ]);
  const domainNames = Object.values(regions)
    .flatMap(({ apigateway }) => Object.values(apigateway.domainNames))
    .toSorted((a, b) => (a.domainName < b.domainName ? -1 : 1));
  return [
    ...roles,
    ...policies,
    ...queries,
    ...tables,
    ...mappings,
    ...domainNames.flatMap((domain, index): [string, string][] => [
      [domain.apiGatewayDomainName.split(".", 1).join(), `d-domain${index}`],
      ...Object.values(domain.apiMappings).map(
        ({ apiMappingId, apiMappingKey }): [string, string] => [
          apiMappingId,
          `mapping-${apiMappingKey}`,
        ],
      ),
    ]),
    ...apis.flatMap((api, index): [string, string][] => [
      [api.apiId, `websocket${index}`],
      ...numbered(Object.keys(api.integrations), "integr"),
      ...Object.values(api.routes).map(({ routeId, routeKey }): [string, string] => [
        routeId,
        `route-${routeKey.replace("$", "")}`,
      ]),
      ...Object.values(api.authorizers).map(({ authorizerId, name }): [string, string] => [
        authorizerId,
        `authorizer-${name}`,
      ]),
      ...numbered(Object.keys(api.deployments), "deploy"),
    ]),
  ];
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Returns an ID in the format of IAM. */
const stableUniqueId = (prefix: string, name: string) =>
  `${prefix}${sha256(name).slice(0, 17).toUpperCase()}`;

const stableUuid = (name: string) => `00000000-0000-4000-8000-${sha256(name).slice(0, 12)}`;

const numbered = (ids: string[], prefix: string) =>
  ids.map((id, index): [string, string] => [id, `${prefix}${index}`]);
