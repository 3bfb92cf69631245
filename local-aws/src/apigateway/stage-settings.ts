import * as v from "valibot";
import { AwsError, notImplemented } from "../protocols/aws-error.ts";
import { only } from "../protocols/only.ts";
import type { Clock } from "../clock.ts";
import type { State } from "../state.ts";
import { checkAccessLogSettings } from "./access-logs.ts";
import { badRequest, timestamp } from "./identifiers.ts";
import type { Api, RouteSettings, Stage } from "./state.ts";

const limit = v.pipe(v.number(), v.minValue(0));

/** A limit of 0 stays 0: the stage then refuses everything, as on AWS. */
const routeSettings = v.strictObject({
  dataTraceEnabled: v.exactOptional(only("dataTraceEnabled", false)),
  // Without an effect, because no metric is recorded.
  detailedMetricsEnabled: v.exactOptional(v.boolean()),
  loggingLevel: v.exactOptional(only("loggingLevel", "OFF")),
  throttlingBurstLimit: v.exactOptional(v.pipe(limit, v.integer())),
  throttlingRateLimit: v.exactOptional(limit),
});

/** What CreateStage and UpdateStage have in common. */
export const stageSettings = {
  autoDeploy: v.exactOptional(v.boolean()),
  deploymentId: v.exactOptional(v.string()),
  description: v.exactOptional(v.pipe(v.string(), v.maxLength(1024))),
  accessLogSettings: v.exactOptional(
    v.strictObject({ destinationArn: v.string(), format: v.string() }),
  ),
  defaultRouteSettings: v.exactOptional(routeSettings),
  routeSettings: v.exactOptional(v.record(v.string(), routeSettings)),
  stageVariables: v.exactOptional(v.record(v.string(), v.string())),
};

const settingsSchema = v.strictObject(stageSettings);

export type StageSettings = v.InferOutput<typeof settingsSchema>;

/** The route settings of a WebSocket API that names none. */
const DEFAULT_ROUTE_SETTINGS: RouteSettings = {
  dataTraceEnabled: false,
  detailedMetricsEnabled: false,
  loggingLevel: "OFF",
};

export const newStage = (stageName: string, tags: Record<string, string>, now: string): Stage => ({
  stageName,
  autoDeploy: true,
  createdDate: now,
  lastUpdatedDate: now,
  defaultRouteSettings: DEFAULT_ROUTE_SETTINGS,
  routeSettings: {},
  stageVariables: {},
  tags,
});

/**
 * A stage with changed settings. What the change leaves out stays as it is, in the nested settings
 * too; a stage variable is taken away by setting it to the empty string.
 * @throws {AwsError} 400 BadRequestException, 404 for settings of a route that isn't there, 501 for a
 * stage that would have to keep an older version of the API.
 */
export function changeStage(
  { state, clock }: { state: State; clock: Clock },
  region: string,
  { api, stage }: { api: Api; stage: Stage },
  changes: StageSettings,
): Stage {
  const { accessLogSettings, defaultRouteSettings, stageVariables } = changes;
  refuseFrozen(changes);
  return {
    ...stage,
    lastUpdatedDate: timestamp(clock.now()),
    ...(changes.description !== undefined && { description: changes.description }),
    ...(accessLogSettings !== undefined && {
      accessLogSettings: checkAccessLogSettings(state, region, accessLogSettings),
    }),
    defaultRouteSettings: { ...stage.defaultRouteSettings, ...defaultRouteSettings },
    routeSettings: mergeRouteSettings(api, stage, changes.routeSettings ?? {}),
    stageVariables: Object.fromEntries(
      Object.entries({ ...stage.stageVariables, ...stageVariables }).filter(
        ([, one]) => one !== "",
      ),
    ),
  };
}

/** The data plane reads the API as it is now, so it could not serve what an older one was. */
function refuseFrozen({ autoDeploy, deploymentId }: StageSettings): void {
  if (autoDeploy === false)
    throw notImplemented("a stage without autoDeploy, which keeps an older version of its API");
  // Our choice: the text, for which there is no source.
  if (deploymentId !== undefined)
    throw badRequest("Deployment ID cannot be set on a stage with autoDeploy enabled");
}

/** @throws {AwsError} 404, with the text that HTTP APIs are known to answer. */
function mergeRouteSettings(
  api: Api,
  stage: Stage,
  changes: Record<string, RouteSettings>,
): Record<string, RouteSettings> {
  const routeKeys = new Set(Object.values(api.routes).map(({ routeKey }) => routeKey));
  const merged = { ...stage.routeSettings };
  for (const [routeKey, settings] of Object.entries(changes)) {
    if (!routeKeys.has(routeKey))
      throw new AwsError(
        404,
        "NotFoundException",
        `Unable to find Route by key ${routeKey} within the provided RouteSettings`,
      );
    merged[routeKey] = { ...merged[routeKey], ...settings };
  }
  return merged;
}
