import type { ApiGatewayState } from "./apigateway/state.ts";
import type { CloudWatchState } from "./cloudwatch/state.ts";
import type { DynamoDbState } from "./dynamodb/state.ts";
import type { IamState } from "./iam/state.ts";
import type { LambdaState } from "./lambda/state.ts";
import type { LogsState } from "./logs/state.ts";
import type { SqsState } from "./sqs/state.ts";

/**
 * All resources of a local AWS, as a plain object that can be written as JSON. Runtime data, such as
 * connections, queued events, messages and log events, is not part of it.
 */
export interface State {
  accountId: string;
  iam: IamState;
  regions: Record<string, RegionState>;
}

export interface RegionState {
  apigateway: ApiGatewayState;
  cloudwatch: CloudWatchState;
  dynamodb: DynamoDbState;
  lambda: LambdaState;
  logs: LogsState;
  sqs: SqsState;
}

/** The default account of a local AWS. No account on AWS has this number. */
export const LOCAL_ACCOUNT_ID = "000000000000";

/**
 * Returns a state without resources.
 * @throws {Error} if the account ID does not have 12 digits.
 */
export function emptyState(accountId: string = LOCAL_ACCOUNT_ID): State {
  if (!/^\d{12}$/.test(accountId))
    throw new Error(`An account ID must have 12 digits, such as 111122223333, not "${accountId}".`);
  return { accountId, iam: { roles: {}, policies: {} }, regions: {} };
}

/** Returns the resources of a region. Adds the region to the state if it does not exist. */
export function regionOf(state: State, region: string): RegionState {
  const known = Object.hasOwn(state.regions, region) ? state.regions[region] : undefined;
  return known ?? (state.regions[region] = emptyRegion());
}

export const emptyRegion = (): RegionState => ({
  apigateway: { apis: {}, domainNames: {} },
  cloudwatch: { alarms: {}, dashboards: {} },
  dynamodb: { tables: {} },
  lambda: { functions: {}, eventSourceMappings: {}, layers: {} },
  logs: { groups: {}, queryDefinitions: {} },
  sqs: { queues: {} },
});
