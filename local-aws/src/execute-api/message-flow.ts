import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Connection } from "./connection.ts";
import { createFrameLimit } from "./frame-limit.ts";
import { FRAME_LIMIT, MESSAGES_IN_FLIGHT, UNREAD_RESPONSES } from "./limits.ts";
import type { MessageHandler } from "./receive.ts";

/**
 * Passes the messages of a client to `receive`, in order but without waiting, and closes the connection
 * of a client that sends a binary message or a frame over the limit. While too many messages are in
 * progress, or too many bytes of responses are unread, it does not read the socket, so the client waits.
 */
export function dispatchMessages(
  webSocket: WebSocket,
  socket: Duplex,
  connection: Connection,
  receive: MessageHandler,
): void {
  const exceedsLimit = createFrameLimit(FRAME_LIMIT);
  socket.prependListener("data", (chunk: Buffer) => {
    if (exceedsLimit(chunk)) connection.close(1009, "");
  });

  /** What was read before the socket was paused: at most what one chunk of its bytes holds. */
  const unread: string[] = [];
  let inFlight = 0;
  const hasCapacity = () =>
    inFlight < MESSAGES_IN_FLIGHT && webSocket.bufferedAmount <= UNREAD_RESPONSES;

  const take = (message: string) => {
    inFlight += 1;
    void receive(connection, message).finally(() => {
      inFlight -= 1;
      dispatch();
    });
  };
  const dispatch = () => {
    while (unread.length > 0 && hasCapacity()) take(unread.shift() ?? "");
    if (unread.length === 0 && webSocket.isPaused && hasCapacity()) webSocket.resume();
  };

  socket.on("drain", dispatch);
  webSocket.on("message", (data: Buffer, isBinary) => {
    if (!connection.isOpen()) return;
    if (isBinary) return connection.close(1003, "Binary is not supported");
    connection.touch();
    const message = data.toString();
    if (unread.length === 0 && hasCapacity()) return take(message);
    unread.push(message);
    webSocket.pause();
  });
}
