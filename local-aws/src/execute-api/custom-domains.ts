import { apisWithStage } from "../apigateway/identifiers.ts";
import type { DomainName } from "../apigateway/state.ts";
import { DEFAULT_ENDPOINT_HOST, EXECUTE_API_PATH, SCHEME_HOST } from "../execute-api-url.ts";
import type { State } from "../state.ts";
import { createIds } from "./ids.ts";

/** The custom domain names of all regions. */
export interface CustomDomains {
  find(name: string): DomainName | undefined;
  /**
   * Whether a `Host` header, with or without a port, names a custom domain name or the default endpoint of
   * an API. No site can have the name of such an endpoint.
   */
  isApiHost(host: string | undefined): boolean;
  /**
   * The path in which the API or the domain name of a request's `Host` header precedes the path of the
   * request: `/_aws/execute-api/{domain name}/{path}`. On another host, `/{stage}/@connections/{id}` gets
   * the API of the connection, and any other path stays the same.
   */
  qualify(host: string | undefined, path: string): string;
}

export function createCustomDomains(state: State): CustomDomains {
  const find = (name: string): DomainName | undefined => {
    for (const { apigateway } of Object.values(state.regions)) {
      const { domainNames } = apigateway;
      if (Object.hasOwn(domainNames, name)) return domainNames[name];
    }
    return undefined;
  };
  const ofHost = (host: string) => {
    const name = host.replace(/:\d*$/, "").toLowerCase();
    return find(name)?.domainName ?? DEFAULT_ENDPOINT_HOST.exec(name)?.[1];
  };

  /** A connection ID has the form of its API. Functions post to the host in their event, without the API. */
  const apiOfConnection = (stage: string, connectionId: string): string | undefined =>
    apisWithStage(state, stage).find(({ apiId }) => createIds(apiId).isConnectionId(connectionId))
      ?.apiId;

  return {
    find,
    isApiHost: (host = "") => host === SCHEME_HOST || ofHost(host) !== undefined,
    qualify(host = "", path) {
      const name = ofHost(host);
      if (name !== undefined) return `${EXECUTE_API_PATH}/${name}${path}`;
      if (path.startsWith(`${EXECUTE_API_PATH}/`)) return path;
      const [, stage, connectionId] = CONNECTION_PATH.exec(path) ?? [];
      if (stage === undefined || connectionId === undefined)
        return path.replace(ENDPOINT_IN_PATH, EXECUTE_API_PATH);
      const apiId = apiOfConnection(stage, connectionId.replaceAll(/%3d/gi, "="));
      return apiId === undefined ? path : `${EXECUTE_API_PATH}/${apiId}${path}`;
    },
  };
}

const CONNECTION_PATH = /^\/([^/]+)\/@connections\/([^/]+)$/;

const ENDPOINT_IN_PATH = /^\/\/[^/]+\/_aws\/execute-api(?=\/)/;
