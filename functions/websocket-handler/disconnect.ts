import type { DisconnectEvent, Response } from "./events.ts";

export function onDisconnect({ requestContext }: DisconnectEvent): Response {
  const { connectionId, requestId } = requestContext;
  const { disconnectStatusCode: code, disconnectReason: reason } = requestContext;
  console.info({ event: "disconnected", connectionId, requestId, code, reason });
  return { statusCode: 200 };
}
