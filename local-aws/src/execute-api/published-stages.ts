import type { Api, Stage } from "../apigateway/state.ts";
import type { State } from "../state.ts";
import { createIds, type Ids } from "./ids.ts";

/** A stage of an API, as its clients and its back end reach it. */
export interface PublishedStage {
  api: Api;
  stage: Stage;
  region: string;
  /** `arn:aws:execute-api:{region}:{account}:{apiId}/{stage}` */
  arn: string;
  /** Of the API, so the same at all of its stages. */
  ids: Ids;
}

export type FindStage = (apiId: string, stageName: string) => PublishedStage | undefined;

/** Finds a stage as it is now; the id of its API is unique across regions. */
export function createFindStage(state: State): FindStage {
  const known = new Map<string, Ids>();
  const idsOf = (apiId: string) => {
    const ids = known.get(apiId) ?? createIds(apiId);
    known.set(apiId, ids);
    return ids;
  };
  return (apiId, stageName) => {
    for (const [region, { apigateway }] of Object.entries(state.regions)) {
      const api = own(apigateway.apis, apiId);
      const stage = api && own(api.stages, stageName);
      if (api === undefined || stage === undefined) continue;
      const arn = `arn:aws:execute-api:${region}:${state.accountId}:${apiId}/${stageName}`;
      return { api, stage, region, arn, ids: idsOf(apiId) };
    }
    return undefined;
  };
}

/** Names come from URLs, and `constructor` is one. */
const own = <Value>(values: Record<string, Value>, name: string): Value | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;
