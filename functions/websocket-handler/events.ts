import type { APIGatewayProxyWebsocketEventV2 } from "aws-lambda";
import type { HandshakeHeaders } from "../../shared/handshake.ts";
import type { TokenContext } from "../../shared/token.ts";

type RequestContext = APIGatewayProxyWebsocketEventV2["requestContext"] & {
  /** The context that the authorizer returned at `$connect`. Undefined without an authorizer. */
  authorizer: ({ principalId: string } & Partial<TokenContext>) | undefined;
};

/** The event of `$connect`, the only route with headers. */
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

/** The event of `$default`. `body` is the text of the message, or its JSON value once middy has parsed it. */
export interface MessageEvent {
  requestContext: RequestContext & { routeKey: "$default" };
  body?: unknown;
  isBase64Encoded: boolean;
}

/**
 * The event that Lambda sends to the on-failure destination of an asynchronous invocation.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export interface FailureRecord {
  requestContext: {
    requestId: string;
    condition: "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";
    approximateInvokeCount: number;
  };
  /** The event of the failed invocation: a `Job`, unless somebody invoked the processor manually. */
  requestPayload: unknown;
  /** The error of the last attempt. Absent or null if there was no attempt. */
  responsePayload?: { errorType?: string } | null;
}

export interface Response {
  statusCode: number;
  headers?: Record<string, string>;
  body?: string;
}
