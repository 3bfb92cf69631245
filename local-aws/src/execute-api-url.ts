/**
 * The URLs of WebSocket APIs. On AWS, each API and each custom domain name has its own host name. In the
 * local AWS, they are in the path.
 */
export const EXECUTE_API_PATH = "/_aws/execute-api";

/** Matches the host of the default endpoint of an API on AWS. Captures the ID of the API. */
export const DEFAULT_ENDPOINT_HOST =
  /^([\w-]+)\.execute-api(?:-fips)?\.[\w-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/;

/**
 * The host of `https://ws://localhost:4566/_aws/execute-api/…`, which results from adding `https://` to
 * an `apiEndpoint`.
 */
export const SCHEME_HOST = "ws";

/**
 * Returns the `apiEndpoint` of an API, such as `ws://localhost:4566/_aws/execute-api/abcdefghij`.
 * @param endpoint the URL of the local AWS, such as `http://localhost:4566`.
 * @param host the ID of the API or a custom domain name.
 */
export const apiEndpoint = (endpoint: string, host: string): string =>
  `${endpoint.replace(/^http/, "ws")}${EXECUTE_API_PATH}/${host}`;

/** Returns the URL that clients of an API connect to. */
export const stageUrl = (endpoint: string, apiId: string, stageName: string): string =>
  `${apiEndpoint(endpoint, apiId)}/${stageName}`;

/** Returns the URL that clients of a custom domain name connect to. */
export const domainUrl = (endpoint: string, domainName: string, apiMappingKey: string): string =>
  apiEndpoint(endpoint, domainName) + (apiMappingKey === "" ? "" : `/${apiMappingKey}`);
