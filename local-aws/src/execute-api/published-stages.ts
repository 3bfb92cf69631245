import { apisWithStage } from "../apigateway/identifiers.ts";
import type { ApiMapping, DeployedApi, DomainName, Stage } from "../apigateway/state.ts";
import type { State } from "../state.ts";
import type { CustomDomains } from "./custom-domains.ts";
import { createIds, type Ids } from "./ids.ts";

/** A stage of an API, as its clients and its backend access it. */
export interface PublishedStage {
  apiId: string;
  /** The API as it was when the stage's deployment was created. */
  api: DeployedApi;
  stage: Stage;
  region: string;
  /** `arn:aws:execute-api:{region}:{account}:{apiId}/{stage}` */
  arn: string;
  /** Of the API, so the same at all of its stages. */
  ids: Ids;
}

/** A reference to a stage, which a connection keeps. It survives changes to the API and its stage. */
export interface StageReference {
  /** The stage as it is now; undefined if it or its API has been deleted, or if it has no deployment. */
  current(): PublishedStage | undefined;
}

/** A stage as a URL names it. */
export interface StageAddress {
  stage: StageReference;
  /** The custom domain name in the URL. Undefined: the URL names the API. */
  domainName: string | undefined;
}

/** Finds stages by the names in a URL. */
export interface PublishedStages {
  /**
   * Finds the stage at a path of execute-api.
   *
   * Our choice, because there is no source: a path on a custom domain name is the key of an API mapping,
   * with nothing after it.
   * @param path `{apiId}/{stageName}`, or a custom domain name and a key: `chat.example.com/orders`.
   */
  find(path: string): StageAddress | undefined;
  /**
   * Finds the only stage that has a name, in all APIs of all regions. The ID of an API changes whenever it
   * is created again, and this address does not. AWS has no such address.
   */
  findByName(stageName: string): StageAddress | undefined;
}

export function createPublishedStages(state: State, domains: CustomDomains): PublishedStages {
  const references = new Map<string, StageReference>();

  /** @param region of the API, whose ID is unique across regions. */
  const referenceTo = (region: string, apiId: string, stageName: string): StageReference => {
    const arn = `arn:aws:execute-api:${region}:${state.accountId}:${apiId}/${stageName}`;
    const ids = createIds(apiId);
    return {
      current() {
        const api = own(state.regions[region]?.apigateway.apis ?? {}, apiId);
        const stage = api && own(api.stages, stageName);
        const deployment = stage && own(api.deployments, stage.deploymentId ?? "");
        return deployment && { apiId, api: deployment.api, stage, region, arn, ids };
      },
    };
  };

  const findStage = (apiId: string, stageName: string): StageReference | undefined => {
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
  };

  /** An address without a custom domain name, which an API can disable. */
  const findAtApi = (apiId: string, stageName: string): StageAddress | undefined => {
    const stage = findStage(apiId, stageName);
    const isDisabled = stage?.current()?.api.disableExecuteApiEndpoint === true;
    return stage && !isDisabled ? { stage, domainName: undefined } : undefined;
  };

  return {
    find(path) {
      const [host = "", ...names] = path.split("/");
      const domain = domains.find(host);
      if (domain !== undefined) {
        const mapping = mappingOf(domain, names.join("/"));
        const stage = mapping && findStage(mapping.apiId, mapping.stage);
        return stage && { stage, domainName: host };
      }
      const [stageName, ...rest] = names;
      if (stageName === undefined || rest.length > 0) return undefined;
      return findAtApi(host, stageName);
    },
    findByName(stageName) {
      const [api, ...others] = apisWithStage(state, stageName);
      return api === undefined || others.length > 0 ? undefined : findAtApi(api.apiId, stageName);
    },
  };
}

const mappingOf = ({ apiMappings }: DomainName, path: string): ApiMapping | undefined =>
  Object.values(apiMappings).find(({ apiMappingKey }) => apiMappingKey === path);

/** Returns the own member of an object. Names come from URLs, so one can be `constructor`. */
const own = <Value>(values: Record<string, Value>, name: string): Value | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;
