import * as v from "valibot";
import { AwsError } from "../protocols/aws-error.ts";
import type { Clock } from "../clock.ts";
import type { State } from "../state.ts";
import { timestamp } from "../timestamp.ts";
import { checkAccessLogSettings, checkLogRole } from "./access-logs.ts";
import { findDeployment } from "./deployments.ts";
import { badRequest } from "./identifiers.ts";
import type { Api, RouteSettings, Stage } from "./state.ts";

const limit = v.pipe(v.number(), v.minValue(0));

/**
 * A limit of 0 stays 0, so the stage refuses all traffic, as on AWS. The other settings have no effect,
 * because the local AWS writes neither execution logs nor metrics. Clients see neither of them.
 */
const routeSettings = v.strictObject({
  dataTraceEnabled: v.exactOptional(v.boolean()),
  detailedMetricsEnabled: v.exactOptional(v.boolean()),
  loggingLevel: v.exactOptional(v.picklist(["OFF", "ERROR", "INFO"])),
  throttlingBurstLimit: v.exactOptional(v.pipe(limit, v.integer())),
  throttlingRateLimit: v.exactOptional(limit),
});

/** The parameters that CreateStage and UpdateStage have in common. */
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

/** The default route settings of a WebSocket API. */
const DEFAULT_ROUTE_SETTINGS: RouteSettings = {
  dataTraceEnabled: false,
  detailedMetricsEnabled: false,
  loggingLevel: "OFF",
};

export const newStage = (stageName: string, tags: Record<string, string>, now: string): Stage => ({
  stageName,
  autoDeploy: false,
  createdDate: now,
  lastUpdatedDate: now,
  defaultRouteSettings: DEFAULT_ROUTE_SETTINGS,
  routeSettings: {},
  stageVariables: {},
  tags,
});

/**
 * Returns a stage with changed settings. Settings that are not in the change stay the same, also nested
 * ones. An empty string removes a stage variable.
 * @throws {AwsError} 400 BadRequestException, 404 for settings of a route that does not exist and for a
 * deployment that does not exist.
 */
export function changeStage(
  { state, clock }: { state: State; clock: Clock },
  region: string,
  { api, stage }: { api: Api; stage: Stage },
  changes: StageSettings,
): Stage {
  const { accessLogSettings, defaultRouteSettings, stageVariables } = changes;
  const { autoDeploy = stage.autoDeploy, deploymentId } = changes;
  checkVariables(stageVariables);
  // Our choice: the message. The documentation only says that the deployment ID cannot be updated if
  // autoDeploy is enabled.
  if (autoDeploy && deploymentId !== undefined)
    throw badRequest("Deployment ID cannot be set on a stage with autoDeploy enabled");
  checkLogging(state, region, [
    defaultRouteSettings,
    ...Object.values(changes.routeSettings ?? {}),
  ]);
  return {
    ...stage,
    autoDeploy,
    ...(deploymentId !== undefined && {
      deploymentId: findDeployment(api, deploymentId).deploymentId,
    }),
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

/**
 * Checks names and values. An empty value removes a variable.
 *
 * Our choice: the messages, which are those of REST APIs, and spaces in values, which the message allows and
 * the documentation does not.
 * @throws {AwsError} 400 BadRequestException
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html
 */
function checkVariables(variables: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(variables)) {
    if (!/^\w+$/.test(name))
      throw badRequest(
        `Invalid stage variable name: ${name}.  Please use names with only word characters.`,
      );
    if (!/^[\w .~:/?#&=,-]*$/.test(value))
      throw badRequest(
        `Invalid stage variable value: ${value}.  Please use values with alphanumeric characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.`,
      );
  }
}

/**
 * Checks that the account has a role for logs if the settings need one.
 *
 * Our choice: data tracing needs the account's role only if the level is not `OFF`.
 * @throws {AwsError} 400 BadRequestException for execution logs without the account's role for logs.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
function checkLogging(
  state: State,
  region: string,
  settings: readonly (RouteSettings | undefined)[],
): void {
  if (settings.some((each) => (each?.loggingLevel ?? "OFF") !== "OFF")) checkLogRole(state, region);
}

/**
 * Merges route settings into those of the stage.
 * @throws {AwsError} 404, with the message of HTTP APIs.
 */
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
