import * as v from "valibot";

/** The outcome of an event of a connection. */
export interface Outcome {
  /** HTTP status: that of the function's response, or of the error in its place. */
  status: number;
  /** The response of the function, if it returned one. */
  response?: ProxyResponse;
  /** API Gateway's own error, if there is no usable response. */
  error?: GatewayError;
  /** In milliseconds. Undefined if no function was invoked. */
  integrationLatency?: number;
}

/** The response that a function returns to API Gateway. */
export type ProxyResponse = v.InferOutput<typeof ProxyResponse>;
export const ProxyResponse = v.object({
  statusCode: v.pipe(
    v.union([v.number(), v.string()]),
    v.toNumber(),
    v.integer(),
    v.minValue(200),
    v.maxValue(599),
  ),
  body: v.nullish(v.string(), ""),
  headers: v.nullish(v.record(v.string(), v.unknown()), {}),
});

/** An error of API Gateway itself, which is a `GatewayResponse` in the documentation of REST APIs. */
export interface GatewayError {
  status: number;
  message: string;
  /** `$context.error.responseType` of the access log. */
  responseType: string;
}

/** Returns the event that reports the outcome to the hooks. */
export const handled = ({ status, error }: Outcome) =>
  ({ type: "handled", status, ...(error && { error: reasonOf(error) }) }) as const;

/** Returns the message for the client, or the response type if the message is empty. */
export const reasonOf = ({ message, responseType }: GatewayError): string =>
  message || responseType;

export const failed = (error: GatewayError): Outcome => ({ status: error.status, error });

/** As captured on AWS, message and log line. */
export const FUNCTION_FAILED: GatewayError = {
  status: 502,
  message: "Internal server error",
  responseType: "INTEGRATION_FAILURE",
};

/**
 * The function may not be invoked, as captured. Our choice, because there is no source: the same for a
 * function that does not exist.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/apigateway/v2_integration_credentials.json
 */
export const INVOCATION_REFUSED: GatewayError = { ...FUNCTION_FAILED, status: 500 };

/** Our choice: without an integration a route behaves like one that cannot invoke its function. */
export const NO_INTEGRATION: GatewayError = {
  ...INVOCATION_REFUSED,
  responseType: "API_CONFIGURATION_ERROR",
};

/** Our choice, because there is no source: the error of REST APIs. */
export const TIMED_OUT: GatewayError = {
  status: 504,
  message: "Endpoint request timed out",
  responseType: "INTEGRATION_TIMEOUT",
};

/** The message is captured, the rest is our choice: no route takes the message. */
export const FORBIDDEN: GatewayError = {
  status: 403,
  message: "Forbidden",
  responseType: "ACCESS_DENIED",
};

/** Our choice, because there is no source: the error of REST APIs. */
export const TOO_MANY_REQUESTS: GatewayError = {
  status: 429,
  message: "Too Many Requests",
  responseType: "THROTTLED",
};

/**
 * The statuses and messages of the authorizer's errors are captured.
 *
 * Our choice, because there is no source: their response types are those of REST APIs.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/apigateway/websocket_lambda_authorizers.json
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export const UNAUTHORIZED: GatewayError = {
  status: 401,
  message: "Unauthorized",
  responseType: "UNAUTHORIZED",
};

export const ACCESS_DENIED: GatewayError = {
  status: 403,
  message:
    "User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action",
  responseType: "ACCESS_DENIED",
};

export const EXPLICITLY_DENIED: GatewayError = {
  ...ACCESS_DENIED,
  message:
    "User is not authorized to access this resource with an explicit deny in an identity-based policy",
};

/**
 * The authorizer failed.
 *
 * Our choice, because there is no source: the message is that of an authorizer that cannot be invoked.
 */
export const AUTHORIZER_FAILED: GatewayError = {
  status: 500,
  message: "Internal server error",
  responseType: "AUTHORIZER_FAILURE",
};

/** API Gateway may not invoke the authorizer, or it does not exist. */
export const AUTHORIZER_MISCONFIGURED: GatewayError = {
  ...AUTHORIZER_FAILED,
  responseType: "AUTHORIZER_CONFIGURATION_ERROR",
};

/** The authorizer's result is not one that API Gateway can read. The client gets an empty message. */
export const INVALID_AUTHORIZER_RESULT: GatewayError = { ...AUTHORIZER_MISCONFIGURED, message: "" };

/**
 * Returns an error as the client gets it, with the spacing of AWS: as a frame, or as the body of the
 * response to a refused handshake.
 */
export const errorText = (
  { message }: GatewayError,
  { connectionId, requestId }: { connectionId: string; requestId: string },
): string =>
  `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
