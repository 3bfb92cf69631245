import { deploymentAt } from "../apigateway/deployments.ts";
import type { State } from "../state.ts";
import { candidates, urlOf } from "../web-socket-url.ts";
import type { ApiOverview } from "./types.ts";

/** Returns all WebSocket APIs, with the URL and the routes of each stage. */
export const apiOverviews = (state: State, endpoint: string): ApiOverview[] =>
  candidates(state).map((candidate) => {
    const { api, region } = candidate;
    return {
      apiId: api.apiId,
      name: api.name,
      region,
      stages: Object.keys(api.stages).map((name) => {
        const deployed = deploymentAt(api, name)?.api;
        return {
          name,
          url: urlOf(candidate, endpoint, name),
          routeSelectionExpression: (deployed ?? api).routeSelectionExpression,
          routeKeys: Object.values(deployed?.routes ?? {}).map(({ routeKey }) => routeKey),
        };
      }),
    };
  });
