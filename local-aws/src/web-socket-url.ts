import { deploymentAt } from "./apigateway/deployments.ts";
import type { Api, DomainName } from "./apigateway/state.ts";
import { domainUrl, stageUrl } from "./execute-api-url.ts";
import type { State } from "./state.ts";

/** A WebSocket API with the data for its URLs. */
export interface Candidate {
  api: Api;
  region: string;
  /** The custom domain names of its region. */
  domainNames: readonly DomainName[];
}

/**
 * Returns the URL of a stage that only one WebSocket API has.
 * @param endpoint the URL of the local AWS, such as `http://localhost:4566`.
 * @param apiName the name or the ID of the API. Default: any.
 * @throws {Error} that lists the APIs, if none or several match.
 */
export function webSocketUrl(
  state: State,
  endpoint: string,
  stage: string,
  apiName?: string,
): string {
  const all = candidates(state);
  const matching = all.filter(
    ({ api }) =>
      Object.hasOwn(api.stages, stage) &&
      (apiName === undefined || apiName === api.name || apiName === api.apiId),
  );
  const [found, ...others] = matching;
  const wanted = `WebSocket API${apiName === undefined ? "" : ` "${apiName}"`} with the stage "${stage}"`;
  if (found === undefined) throw new Error(`There is no ${wanted}. ${list(all)}`);
  if (others.length > 0)
    throw new Error(
      `There is more than one ${wanted}. Pass the name or the ID of one as apiName. ${list(matching)}`,
    );
  return urlOf(found, endpoint, stage);
}

/** Returns all WebSocket APIs. */
export const candidates = (state: State): Candidate[] =>
  Object.entries(state.regions).flatMap(([region, { apigateway }]) => {
    const domainNames = Object.values(apigateway.domainNames);
    return Object.values(apigateway.apis).map((api) => ({ api, region, domainNames }));
  });

/**
 * Returns whether the execute-api endpoint is disabled at a stage. A change of the API takes effect with
 * the next deployment.
 */
const isEndpointDisabled = (api: Api, stage: string): boolean =>
  (deploymentAt(api, stage)?.api ?? api).disableExecuteApiEndpoint === true;

/**
 * Returns the URL of a stage. If its execute-api endpoint is disabled, returns the URL of a custom domain
 * name.
 */
export function urlOf({ api, domainNames }: Candidate, endpoint: string, stage: string): string {
  if (isEndpointDisabled(api, stage))
    for (const { domainName, apiMappings } of domainNames)
      for (const mapping of Object.values(apiMappings))
        if (mapping.apiId === api.apiId && mapping.stage === stage)
          return domainUrl(endpoint, domainName, mapping.apiMappingKey);
  return stageUrl(endpoint, api.apiId, stage);
}

function list(all: readonly Candidate[]): string {
  if (all.length === 0) return "No WebSocket API exists.";
  const names = all.map(({ api, region }) => {
    const stages = Object.keys(api.stages).join(", ");
    return `"${api.name}" (ID ${api.apiId}, ${region}, stages: ${stages === "" ? "none" : stages})`;
  });
  return `APIs: ${names.join(", ")}.`;
}

/** A stage with the URLs that its clients connect to. */
export interface StageUrls {
  apiName: string;
  stage: string;
  url: string;
  /** The URL without the ID of the API. Undefined if another API has a stage with the same name. */
  shortUrl: string | undefined;
}

/** Returns the URLs of the stages of all WebSocket APIs. */
export function stageUrls(state: State, endpoint: string): StageUrls[] {
  const all = candidates(state);
  const isOnly = (stage: string) =>
    all.filter(({ api }) => Object.hasOwn(api.stages, stage)).length === 1;
  return all.flatMap((candidate) =>
    Object.keys(candidate.api.stages).map((stage) => ({
      apiName: candidate.api.name,
      stage,
      url: urlOf(candidate, endpoint, stage),
      shortUrl:
        !isEndpointDisabled(candidate.api, stage) && isOnly(stage)
          ? `${endpoint.replace(/^http/, "ws")}/${stage}`
          : undefined,
    })),
  );
}
