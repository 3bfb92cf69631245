import * as v from "valibot";

/** What became of an event of a connection. */
export interface Outcome {
  /** HTTP status: that of the function's response, or of the error in its place. */
  status: number;
  /** What the function returned, where it is a response. */
  response?: ProxyResponse;
  /** API Gateway's own error, if there is no usable response. */
  error?: GatewayError;
  /** Milliseconds; absent where nothing was invoked. */
  integrationLatency?: number;
}

/** What a function returns to API Gateway. */
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

/** The event that reports the outcome to the hooks. */
export const handled = ({ status, error }: Outcome) =>
  ({ type: "handled", status, ...(error && { error: error.message }) }) as const;

export const failed = (error: GatewayError): Outcome => ({ status: error.status, error });

/** As captured on AWS, message and log line. */
export const FUNCTION_FAILED: GatewayError = {
  status: 502,
  message: "Internal server error",
  responseType: "INTEGRATION_FAILURE",
};

/** The function may not be invoked, or is not there. Our choice: the status that REST APIs have. */
export const INVOCATION_REFUSED: GatewayError = { ...FUNCTION_FAILED, status: 500 };

/** Our choice: without an integration a route behaves like one that can't invoke its function. */
export const NO_INTEGRATION: GatewayError = {
  ...INVOCATION_REFUSED,
  responseType: "API_CONFIGURATION_ERROR",
};

/** Our choice, because there is no source: what REST APIs say. */
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

/** Our choice, because there is no source: what REST APIs say. */
export const TOO_MANY_REQUESTS: GatewayError = {
  status: 429,
  message: "Too Many Requests",
  responseType: "THROTTLED",
};

/**
 * Our choice: the texts and response types of the authorizer's errors are those of REST APIs. The
 * statuses 401 and 403 are documented.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export const UNAUTHORIZED: GatewayError = {
  status: 401,
  message: "Unauthorized",
  responseType: "UNAUTHORIZED",
};

export const ACCESS_DENIED: GatewayError = {
  status: 403,
  message: "User is not authorized to access this resource",
  responseType: "ACCESS_DENIED",
};

export const EXPLICITLY_DENIED: GatewayError = {
  ...ACCESS_DENIED,
  message: "User is not authorized to access this resource with an explicit deny",
};

/** The authorizer failed. */
export const AUTHORIZER_FAILED: GatewayError = {
  status: 500,
  message: "Internal server error",
  responseType: "AUTHORIZER_FAILURE",
};

/** The authorizer may not be invoked, is not there, or returned something else than a policy. */
export const AUTHORIZER_MISCONFIGURED: GatewayError = {
  ...AUTHORIZER_FAILED,
  responseType: "AUTHORIZER_CONFIGURATION_ERROR",
};

/**
 * An error as the client gets it, in the spacing of AWS.
 *
 * Our choice: a refused connect has it as its body, of which no capture is known.
 */
export const errorText = (
  { message }: GatewayError,
  { connectionId, requestId }: { connectionId: string; requestId: string },
): string =>
  `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
