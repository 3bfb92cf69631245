import type { APIGatewayProxyWebsocketEventV2 } from "aws-lambda";

type RequestContext = APIGatewayProxyWebsocketEventV2["requestContext"];

/** `$connect`: the only route with headers. API Gateway passes their names in Title-Case. */
export interface ConnectEvent {
  requestContext: Omit<RequestContext, "messageId"> & { routeKey: "$connect" };
  headers?: Record<string, string>;
}

export interface DisconnectEvent {
  requestContext: Omit<RequestContext, "messageId"> & {
    routeKey: "$disconnect";
    disconnectStatusCode: number;
    disconnectReason: string;
  };
}

/** `$default`: a text message; `body` is its text, and the parsed JSON once middy has parsed it. */
export interface MessageEvent {
  requestContext: RequestContext & { routeKey: "$default" };
  body?: unknown;
  isBase64Encoded: boolean;
}

/**
 * What Lambda sends to the on-failure destination of an asynchronous invocation.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export interface FailureRecord {
  requestContext: {
    requestId: string;
    condition: "RetriesExhausted" | "EventAgeExceeded";
    approximateInvokeCount: number;
  };
  /** The event of the invocation that failed: a `Job`, unless somebody invoked the processor by hand. */
  requestPayload: unknown;
}

export interface Response {
  statusCode: number;
  body?: string;
}
