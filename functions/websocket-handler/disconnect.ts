import type { DisconnectEvent, Response } from "./events.ts";

/** The reason of a close frame is the client's own text, so only the status is logged. */
export function onDisconnect({ requestContext }: DisconnectEvent): Response {
  const { connectionId, requestId, disconnectStatusCode: code } = requestContext;
  console.info({ event: "disconnected", connectionId, requestId, code });
  return { statusCode: 200 };
}
