import type { DisconnectEvent, Response } from "./events.ts";

/** Logs the close code of a connection. The reason of the close frame is client data, so it is not logged. */
export function onDisconnect({ requestContext }: DisconnectEvent): Response {
  const { connectionId, requestId, disconnectStatusCode: code } = requestContext;
  console.info({ event: "disconnected", connectionId, requestId, code });
  return { statusCode: 200 };
}
