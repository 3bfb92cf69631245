import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { Iam } from "../iam/index.ts";
import { regionOf, type State } from "../state.ts";
import { namedPage } from "./pages.ts";
import type { Dashboard } from "./state.ts";

interface DashboardOptions {
  state: State;
  clock: Clock;
  iam: Iam;
}

const arnOf = (state: State, name: string) =>
  `arn:aws:cloudwatch::${state.accountId}:dashboard/${name}`;

/**
 * Our choice: each region has dashboards of its own, where those of AWS are global.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
 */
export function dashboardOperations(options: DashboardOptions): Record<string, Operation> {
  const { state, clock, iam } = options;
  const resource = (input: { DashboardName: string }) => arnOf(state, input.DashboardName);

  return {
    PutDashboard: defineOperation({
      input: v.strictObject({ DashboardName: v.string(), DashboardBody: v.string() }),
      resource,
      handle({ DashboardName, DashboardBody }, { region }) {
        checkDashboard(DashboardName, DashboardBody);
        regionOf(state, region).cloudwatch.dashboards[DashboardName] = {
          DashboardName,
          DashboardArn: arnOf(state, DashboardName),
          DashboardBody,
          LastModified: new Date(clock.now()).toISOString(),
        };
        return { DashboardValidationMessages: [] };
      },
    }),
    GetDashboard: defineOperation({
      input: v.strictObject({ DashboardName: v.string() }),
      resource,
      handle({ DashboardName }, { region }) {
        const { DashboardArn, DashboardBody } = findDashboard(state, region, DashboardName);
        return { DashboardArn, DashboardBody, DashboardName };
      },
    }),
    ListDashboards: defineOperation({
      input: v.strictObject({
        DashboardNamePrefix: v.optional(v.string(), ""),
        NextToken: v.optional(v.string()),
      }),
      handle({ DashboardNamePrefix, NextToken }, { region }) {
        const { dashboards } = regionOf(state, region).cloudwatch;
        const found = namedPage(
          Object.entries(dashboards).filter(([name]) => name.startsWith(DashboardNamePrefix)),
          { limit: 1000, token: NextToken },
        );
        return { DashboardEntries: found.page.map(entryOf), NextToken: found.nextToken };
      },
    }),
    DeleteDashboards: defineOperation({
      input: v.strictObject({ DashboardNames: v.array(v.string()) }),
      resource: ({ DashboardNames: [first = "*"] }) => arnOf(state, first),
      handle({ DashboardNames }, { region, caller }) {
        for (const name of DashboardNames) {
          iam.authorize(caller, "cloudwatch:DeleteDashboards", arnOf(state, name));
          findDashboard(state, region, name);
        }
        const { dashboards } = regionOf(state, region).cloudwatch;
        for (const name of DashboardNames) delete dashboards[name];
        return {};
      },
    }),
  };
}

function findDashboard(state: State, region: string, name: string): Dashboard {
  const { dashboards } = regionOf(state, region).cloudwatch;
  const dashboard = Object.hasOwn(dashboards, name) ? dashboards[name] : undefined;
  if (dashboard !== undefined) return dashboard;
  throw new AwsError(404, "DashboardNotFoundError", `Dashboard ${name} does not exist`);
}

const entryOf = ({ DashboardName, DashboardArn, DashboardBody, LastModified }: Dashboard) => ({
  DashboardName,
  DashboardArn,
  LastModified: new Date(LastModified),
  Size: Buffer.byteLength(DashboardBody),
});

function checkDashboard(name: string, body: string): void {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
    throw new AwsError(
      400,
      "InvalidParameterValueException",
      "The value of field DashboardName must have 1 to 255 letters, digits, hyphens and underscores.",
    );
  if (isJsonObject(body)) return;
  throw new AwsError(
    400,
    "DashboardInvalidInputError",
    "The field DashboardBody must be a valid JSON object",
  );
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
