import { createHash } from "node:crypto";
import type { State } from "./state.ts";

/**
 * The text of `local/stack.json` for the state of a local AWS: no function code but the names of the
 * bundles, no time, no address, and ids that are the same after every `terraform apply`.
 * @param endpoint URL of the local AWS.
 * @param bundles the built zips by name.
 * @throws {Error} if the code of a function is not one of the bundles.
 */
export function snapshot(
  state: State,
  endpoint: string,
  bundles: Readonly<Record<string, Buffer>>,
): string {
  const copy = structuredClone(state);
  const regions = Object.entries(copy.regions).map(([name, region]) => {
    const functions = Object.entries(region.lambda.functions).map(([functionName, stored]) => {
      const { zipFile, ...rest } = stored;
      return [functionName, { ...rest, bundle: bundleOf(zipFile, bundles) }];
    });
    return [name, { ...region, lambda: { functions: Object.fromEntries(functions) } }];
  });
  const text = JSON.stringify(timeless({ ...copy, regions: Object.fromEntries(regions) }));
  const renamed = stableIds(state).reduce(
    (result, [id, stable]) => result.replaceAll(id, stable),
    text.replaceAll(endpoint, "{endpoint}"),
  );
  return `${JSON.stringify(sorted(JSON.parse(renamed)), null, 2)}\n`;
}

function bundleOf(zipFile: string, bundles: Readonly<Record<string, Buffer>>): string {
  const name = Object.keys(bundles).find((key) => bundles[key]?.toString("base64") === zipFile);
  if (name !== undefined) return name;
  const hash = createHash("sha256").update(zipFile, "base64").digest("hex");
  throw new Error(
    `The code of a function is not one of the built bundles. SHA-256 of its zip file: ${hash}.`,
  );
}

/** When the stack was made does not matter; that it has such a time does. */
const TIMES: Readonly<Record<string, unknown>> = {
  AlarmConfigurationUpdatedTimestamp: "2026-01-01T00:00:00.000Z",
  CreateDate: "2026-01-01T00:00:00Z",
  CreatedTimestamp: 1_767_225_600,
  LastModifiedTimestamp: 1_767_225_600,
  createdDate: "2026-01-01T00:00:00Z",
  creationTime: 1_767_225_600_000,
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

/** Terraform creates what it can at the same time, and lists an alarm's dimensions as they come. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).toSorted(byName);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}

/** Lists of anything without a name keep their order. */
const byName = (a: unknown, b: unknown) => nameOf(a).localeCompare(nameOf(b));

const nameOf = (item: unknown) =>
  typeof item === "object" && item !== null && "Name" in item ? String(item.Name) : "";

/** Every id that AWS makes up, and one in its place that says what it belongs to. */
function stableIds({ iam, regions }: State): [string, string][] {
  const roles = Object.values(iam.roles).map(({ RoleId, RoleName }): [string, string] => [
    RoleId,
    `AROA${createHash("sha256").update(RoleName).digest("hex").slice(0, 17).toUpperCase()}`,
  ]);
  const apis = Object.values(regions)
    .flatMap(({ apigateway }) => Object.values(apigateway.apis))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return [
    ...roles,
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

const numbered = (ids: string[], prefix: string) =>
  ids.map((id, index): [string, string] => [id, `${prefix}${index}`]);
