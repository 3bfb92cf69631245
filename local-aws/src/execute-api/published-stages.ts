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

/** A reference to a stage, which a connection keeps. It survives changes to the API and its stage. */
export interface StageReference {
  /** The stage as it is now; undefined if it or its API has been deleted. */
  current(): PublishedStage | undefined;
}

/** Finds stages by the names in a URL. */
export interface PublishedStages {
  find(apiId: string, stageName: string): StageReference | undefined;
}

export function createPublishedStages(state: State): PublishedStages {
  const references = new Map<string, StageReference>();

  /** @param region of the API, whose ID is unique across regions. */
  const referenceTo = (region: string, apiId: string, stageName: string): StageReference => {
    const arn = `arn:aws:execute-api:${region}:${state.accountId}:${apiId}/${stageName}`;
    const ids = createIds(apiId);
    return {
      current() {
        const api = own(state.regions[region]?.apigateway.apis ?? {}, apiId);
        const stage = api && own(api.stages, stageName);
        return api && stage && { api, stage, region, arn, ids };
      },
    };
  };

  return {
    find(apiId, stageName) {
      const key = `${apiId}/${stageName}`;
      const known = references.get(key);
      if (known?.current() !== undefined) return known;
      references.delete(key);
      for (const region of Object.keys(state.regions)) {
        const reference = referenceTo(region, apiId, stageName);
        if (reference.current() === undefined) continue;
        references.set(key, reference);
        return reference;
      }
      return undefined;
    },
  };
}

/** Names come from URLs, and `constructor` is one. */
const own = <Value>(values: Record<string, Value>, name: string): Value | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;
