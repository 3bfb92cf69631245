import type { APIGatewayProxyWebsocketEventV2 } from "aws-lambda";
import type { HandshakeHeaders } from "../../shared/handshake.ts";
import type { TokenContext } from "../../shared/token.ts";

type RequestContext = APIGatewayProxyWebsocketEventV2["requestContext"] & {
  /** What the authorizer said at `$connect`, where there is one. */
  authorizer: ({ principalId: string } & Partial<TokenContext>) | undefined;
};

/** `$connect`: the only route with headers. */
export interface ConnectEvent {
  requestContext: Omit<RequestContext, "messageId"> & { routeKey: "$connect" };
  multiValueHeaders?: HandshakeHeaders;
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
    condition: "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";
    approximateInvokeCount: number;
  };
  /** The event of the invocation that failed: a `Job`, unless somebody invoked the processor by hand. */
  requestPayload: unknown;
  /** What the last attempt returned: the error. Absent or null if there was no attempt. */
  responsePayload?: { errorType?: string } | null;
}

export interface Response {
  statusCode: number;
  headers?: Record<string, string>;
  body?: string;
}
