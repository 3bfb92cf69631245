import { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi";
import { LambdaClient } from "@aws-sdk/client-lambda";

/**
 * Three attempts of at most 1.5 s, plus back-off, stay under 7 s even when throttled, so the
 * websocket-handler can fail to reach the processor and still tell the client within its 15 s.
 * `requestTimeout` alone only logs a warning; `throwOnRequestTimeout` is what ends the attempt.
 */
const patience = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1500, throwOnRequestTimeout: true },
};

export const createLambdaClient = () => new LambdaClient(patience);

/** @param endpoint `https://{api}.execute-api.{region}.amazonaws.com/{stage}`, no slash at the end. */
export const createManagementClient = (endpoint: string) =>
  new ApiGatewayManagementApiClient({ ...patience, endpoint });
