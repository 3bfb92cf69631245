import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Connection } from "./connection.ts";
import { createFrameLimit } from "./frame-limit.ts";
import { FRAME_LIMIT, MESSAGES_IN_FLIGHT } from "./limits.ts";
import type { Receive } from "./receive.ts";

/**
 * Hands the messages that a client sends to `receive`, in order but without waiting, and closes the
 * connection of a client that sends what it must not. While too many are under way the socket is
 * not read, so that the client has to wait.
 */
export function letMessagesFlow(
  webSocket: WebSocket,
  socket: Duplex,
  connection: Connection,
  receive: Receive,
): void {
  const exceedsLimit = createFrameLimit(FRAME_LIMIT);
  socket.prependListener("data", (chunk: Buffer) => {
    if (exceedsLimit(chunk)) connection.close(1009, "");
  });

  let inFlight = 0;
  webSocket.on("message", (data: Buffer, isBinary) => {
    if (!connection.isOpen()) return;
    if (isBinary) return connection.close(1003, "Binary is not supported");
    connection.touch();
    inFlight += 1;
    if (inFlight >= MESSAGES_IN_FLIGHT) webSocket.pause();
    void receive(connection, data.toString()).finally(() => {
      inFlight -= 1;
      if (webSocket.isPaused && inFlight < MESSAGES_IN_FLIGHT) webSocket.resume();
    });
  });
}
