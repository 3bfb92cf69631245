import type { ConnectEvent, Response } from "./events.ts";

/**
 * Accepts a connection, unless a browser opens it from a page of an origin that isn't allowed. An
 * empty list allows every origin. Clients that aren't browsers send no `Origin` and pass.
 */
export function onConnect(event: ConnectEvent, allowedOrigins: readonly string[]): Response {
  const { connectionId, requestId } = event.requestContext;
  const origin = event.headers?.["Origin"];
  if (allowedOrigins.length > 0 && origin !== undefined && !allowedOrigins.includes(origin)) {
    console.warn({ event: "connection refused: origin not allowed", connectionId, requestId });
    return { statusCode: 403, body: JSON.stringify({ message: "Origin not allowed" }) };
  }
  console.info({ event: "connected", connectionId, requestId });
  return { statusCode: 200 };
}
