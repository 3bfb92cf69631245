import { allowsOrigin, offeredSubprotocols, SUBPROTOCOL } from "../../shared/handshake.ts";
import type { ConnectEvent, Response } from "./events.ts";

/**
 * Accepts a connection, unless a browser opens it from a page of an origin that isn't allowed. A
 * client that speaks our subprotocol is told so; of what else it offered, a token maybe, nothing is
 * sent back.
 */
export function onConnect(event: ConnectEvent, allowedOrigins: readonly string[]): Response {
  const { connectionId, requestId, authorizer } = event.requestContext;
  const headers = event.multiValueHeaders;
  if (!allowsOrigin(headers, allowedOrigins)) {
    console.warn({ event: "connection refused: origin not allowed", connectionId, requestId });
    return { statusCode: 403, body: JSON.stringify({ message: "Origin not allowed" }) };
  }
  console.info({ event: "connected", connectionId, requestId, subject: authorizer?.principalId });
  return offeredSubprotocols(headers).includes(SUBPROTOCOL)
    ? { statusCode: 200, headers: { "Sec-WebSocket-Protocol": SUBPROTOCOL } }
    : { statusCode: 200 };
}
