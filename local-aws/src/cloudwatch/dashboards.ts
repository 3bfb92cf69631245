import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { Iam } from "../iam/index.ts";
import { regionOf, type State } from "../state.ts";
import { checkDashboardBody } from "./dashboard-body.ts";
import { namedPage } from "./pages.ts";
import type { Dashboard } from "./state.ts";
import { tagMap, Tags } from "./tag-rules.ts";

interface DashboardOptions {
  state: State;
  clock: Clock;
  iam: Iam;
}

const arnOf = (state: State, name: string) =>
  `arn:aws:cloudwatch::${state.accountId}:dashboard/${name}`;

/**
 * Returns the operations on dashboards. Dashboards belong to the account, so each region has all of them.
 * The state contains each in the region in which it was created.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/cloudwatch/dashboards.json
 */
export function dashboardOperations(options: DashboardOptions): Record<string, Operation> {
  const { state, clock, iam } = options;
  const resource = (input: { DashboardName: string }) => arnOf(state, input.DashboardName);

  return {
    PutDashboard: defineOperation({
      input: v.strictObject({
        DashboardName: v.string(),
        DashboardBody: v.string(),
        Tags: v.optional(Tags, []),
      }),
      resource,
      handle({ DashboardName, DashboardBody, Tags: given }, { region }) {
        checkName("DashboardName", DashboardName);
        const existing = allDashboards(state)[DashboardName];
        const tags = existing === undefined ? tagsOf(given) : existing.tags;
        const { printed, warnings } = checkDashboardBody(DashboardBody);
        const dashboard: Dashboard = {
          DashboardName,
          DashboardArn: arnOf(state, DashboardName),
          DashboardBody: printed,
          LastModified: new Date(clock.now()).toISOString(),
          ...(tags && { tags }),
        };
        if (existing === undefined)
          regionOf(state, region).cloudwatch.dashboards[DashboardName] = dashboard;
        else Object.assign(existing, dashboard);
        return {
          DashboardValidationMessages: warnings.map(({ dataPath, message }) => ({
            DataPath: dataPath,
            Message: message,
          })),
        };
      },
    }),
    GetDashboard: defineOperation({
      input: v.strictObject({ DashboardName: v.string() }),
      resource,
      handle({ DashboardName }) {
        checkName("DashboardName", DashboardName);
        const dashboard = allDashboards(state)[DashboardName];
        if (dashboard === undefined) throw notFound(DashboardName);
        const { DashboardArn, DashboardBody } = dashboard;
        return { DashboardArn, DashboardBody, DashboardName };
      },
    }),
    ListDashboards: defineOperation({
      input: v.strictObject({
        DashboardNamePrefix: v.optional(v.string(), ""),
        NextToken: v.optional(v.string()),
      }),
      handle({ DashboardNamePrefix: prefix, NextToken }) {
        if (prefix !== "") checkName("DashboardNamePrefix", prefix);
        const found = namedPage(
          Object.entries(allDashboards(state)).filter(([name]) => name.startsWith(prefix)),
          { limit: 1000, token: NextToken, invalidToken },
        );
        return { DashboardEntries: found.page.map(entryOf), NextToken: found.nextToken };
      },
    }),
    DeleteDashboards: defineOperation({
      input: v.strictObject({ DashboardNames: v.array(v.string()) }),
      resource: ({ DashboardNames: [first = "*"] }) => arnOf(state, first),
      handle({ DashboardNames }, { caller }) {
        for (const [index, name] of DashboardNames.entries())
          checkName(`DashboardNames[${index}]`, name);
        for (const name of DashboardNames)
          iam.authorize(caller, "cloudwatch:DeleteDashboards", arnOf(state, name));
        for (const { cloudwatch } of Object.values(state.regions))
          for (const name of DashboardNames) delete cloudwatch.dashboards[name];
        return {};
      },
    }),
  };
}

/** Returns the dashboards of all regions, by name. */
export function allDashboards(state: State): Readonly<Record<string, Dashboard>> {
  const regions = Object.values(state.regions);
  return Object.assign(
    Object.create(null),
    ...regions.map((region) => region.cloudwatch.dashboards),
  );
}

const invalidValue = (message: string) =>
  new AwsError(400, "InvalidParameterValueException", message);

const invalidToken = () => new AwsError(400, "ValidationException", "Invalid NextToken");

const notFound = (name: string) =>
  new AwsError(404, "DashboardNotFoundError", `Dashboard ${name} does not exist`);

function checkName(field: string, name: string): void {
  if (name === "") throw invalidValue(`The parameter ${field} is required.\n`);
  if (name.length > 255)
    throw invalidValue(
      `The value for field ${field} is too long. It must have length less than or equal to 255.\n`,
    );
  if (!/^[A-Za-z0-9_-]*$/.test(name))
    throw invalidValue(
      `The value for field ${field} contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n`,
    );
}

/** Returns the tags of a new dashboard, or undefined if there are none. */
function tagsOf(given: v.InferOutput<typeof Tags>): Record<string, string> | undefined {
  if (given.length > 50)
    throw invalidValue("The collection Tags must not have a size greater than 50.\n");
  return given.length === 0 ? undefined : tagMap(given);
}

const entryOf = (dashboard: Dashboard) => ({
  DashboardName: dashboard.DashboardName,
  DashboardArn: dashboard.DashboardArn,
  LastModified: new Date(Math.floor(Date.parse(dashboard.LastModified) / 1000) * 1000),
  Size: sizeOf(dashboard),
});

/**
 * Returns the size in bytes, as AWS counts it: with the overhead of the dashboard, and of tags if the
 * dashboard has ever had some. Some characters count as their escape sequences.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/cloudwatch/dashboard_size.json
 */
function sizeOf({ DashboardBody, tags }: Dashboard): number {
  const untagged = 37 + escapedSize(DashboardBody);
  if (tags === undefined) return untagged;
  const listed = Object.keys(tags).length === 0 ? 0 : 8 + escapedSize(JSON.stringify(tags));
  return untagged + 149 + listed;
}

const escapedSize = (json: string) =>
  Buffer.byteLength(json.replace(/[<>&=']/g, String.raw`\u0000`));
