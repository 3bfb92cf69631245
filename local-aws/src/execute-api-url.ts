/**
 * The URLs of WebSocket APIs. On AWS each API has a host name of its own; here the API is in the path.
 */
export const EXECUTE_API_PATH = "/_aws/execute-api";

/**
 * The `apiEndpoint` of an API, such as `ws://localhost:4566/_aws/execute-api/abcdefghij`.
 * @param endpoint the URL of the local AWS, such as `http://localhost:4566`.
 */
export const apiEndpoint = (endpoint: string, apiId: string): string =>
  `${endpoint.replace(/^http/, "ws")}${EXECUTE_API_PATH}/${apiId}`;

/** The URL that clients of an API connect to. */
export const stageUrl = (endpoint: string, apiId: string, stageName: string): string =>
  `${apiEndpoint(endpoint, apiId)}/${stageName}`;
