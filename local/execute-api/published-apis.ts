import type { Api } from "../apigateway/state.ts";
import type { State } from "../state.ts";
import { createIds, type Ids } from "./ids.ts";

/** An API as its clients and its back end reach it. */
export interface PublishedApi {
  api: Api;
  region: string;
  /** `arn:aws:execute-api:{region}:{account}:{apiId}` */
  arn: string;
  ids: Ids;
}

/** Finds an API by its id, which is unique across regions. */
export function createPublishedApis(state: State): (apiId: string) => PublishedApi | undefined {
  const known = new Map<string, Ids>();
  const idsOf = (apiId: string) => {
    const ids = known.get(apiId) ?? createIds(apiId);
    known.set(apiId, ids);
    return ids;
  };
  return (apiId) => {
    for (const [region, { apigateway }] of Object.entries(state.regions)) {
      const api = Object.hasOwn(apigateway.apis, apiId) ? apigateway.apis[apiId] : undefined;
      if (api === undefined) continue;
      const arn = `arn:aws:execute-api:${region}:${state.accountId}:${apiId}`;
      return { api, region, arn, ids: idsOf(apiId) };
    }
    return undefined;
  };
}
