import type { DomainName } from "../apigateway/state.ts";
import { EXECUTE_API_PATH } from "../execute-api-url.ts";
import type { State } from "../state.ts";

/** The custom domain names of all regions. */
export interface CustomDomains {
  find(name: string): DomainName | undefined;
  /** Finds the domain name that a `Host` header names, with or without a port. */
  ofHost(host: string | undefined): DomainName | undefined;
  /**
   * The path in which the domain name of a request's `Host` header precedes the path of the request:
   * `/_aws/execute-api/{domain name}/{path}`. A path on another host stays the same.
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
  const ofHost = (host = "") => find(host.replace(/:\d*$/, "").toLowerCase());
  return {
    find,
    ofHost,
    qualify(host, path) {
      const domain = ofHost(host);
      return domain === undefined ? path : `${EXECUTE_API_PATH}/${domain.domainName}${path}`;
    },
  };
}
