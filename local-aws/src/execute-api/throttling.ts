import type { Stage } from "../apigateway/state.ts";
import type { Clock } from "../clock.ts";
import { ACCOUNT_REQUESTS, NEW_CONNECTIONS } from "./limits.ts";
import type { PublishedStage } from "./published-stages.ts";
import { createTokenBuckets, type TokenRate } from "./token-buckets.ts";

/**
 * Checks whether a request is within the limits of its route and of the account.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html
 */
export interface Throttling {
  admitsConnection(published: PublishedStage): boolean;
  /** @param routeKey of the selected route; undefined: there is none. */
  admitsMessage(published: PublishedStage, routeKey: string | undefined): boolean;
  /** Checks a request to `@connections`. */
  admitsCallback(published: PublishedStage): boolean;
}

export function createThrottling(clock: Clock): Throttling {
  const { take } = createTokenBuckets(clock);

  const takeOfAccount = (region: string) => take(`${region} requests`, ACCOUNT_REQUESTS);

  // Our choice: the stage's default limits are those of each of its routes, not of all together.
  const takeOfRoute = ({ apiId, stage }: PublishedStage, routeKey: string) =>
    take(`${apiId}/${stage.stageName}/${routeKey}`, routeRate(stage, routeKey));

  return {
    admitsConnection: (published) =>
      take(`${published.region} connections`, NEW_CONNECTIONS) &&
      takeOfRoute(published, "$connect") &&
      takeOfAccount(published.region),
    admitsMessage: (published, routeKey) =>
      (routeKey === undefined || takeOfRoute(published, routeKey)) &&
      takeOfAccount(published.region),
    admitsCallback: ({ region }) => takeOfAccount(region),
  };
}

/** Returns the limits of the route, or else of the stage, or else of the account. */
function routeRate({ defaultRouteSettings, routeSettings }: Stage, routeKey: string): TokenRate {
  const own = Object.hasOwn(routeSettings, routeKey) ? routeSettings[routeKey] : undefined;
  const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = defaultRouteSettings;
  return {
    rate: own?.throttlingRateLimit ?? rate ?? ACCOUNT_REQUESTS.rate,
    burst: own?.throttlingBurstLimit ?? burst ?? ACCOUNT_REQUESTS.burst,
  };
}
