import { allowsOrigin, offeredSubprotocols, SUBPROTOCOL } from "../../shared/handshake.ts";
import type { ConnectEvent, Response } from "./events.ts";

/**
 * Accepts a connection unless its `Origin` header names an origin that is not allowed. The response
 * selects the subprotocol `websocket-lambda` if the client offers it. It never contains the other
 * values that the client offered, because one of them can be a token.
 */
export function onConnect(event: ConnectEvent, allowedOrigins: readonly string[]): Response {
  const { connectionId, requestId, authorizer } = event.requestContext;
  const headers = event.multiValueHeaders;
  if (!allowsOrigin(headers, allowedOrigins)) {
    const reason = "OriginNotAllowed";
    console.warn({ event: "connection refused", connectionId, requestId, reason });
    return { statusCode: 403, body: JSON.stringify({ message: "Origin not allowed" }) };
  }
  console.info({ event: "connected", connectionId, requestId, subject: authorizer?.principalId });
  return offeredSubprotocols(headers).includes(SUBPROTOCOL)
    ? { statusCode: 200, headers: { "Sec-WebSocket-Protocol": SUBPROTOCOL } }
    : { statusCode: 200 };
}
