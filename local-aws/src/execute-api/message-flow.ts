import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Connection } from "./connection.ts";
import { createFrameLimit } from "./frame-limit.ts";
import { FRAME_LIMIT, MESSAGES_IN_FLIGHT, UNREAD_ANSWERS } from "./limits.ts";
import type { Receive } from "./receive.ts";

/**
 * Hands the messages that a client sends to `receive`, in order but without waiting, and closes the
 * connection of a client that sends what it must not. While too many are under way, or too many
 * answers wait to be read, the socket is not read, so that the client has to wait.
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

  /** What was read before the socket was paused: at most what one chunk of its bytes holds. */
  const unread: string[] = [];
  let inFlight = 0;
  const mayGoOn = () => inFlight < MESSAGES_IN_FLIGHT && webSocket.bufferedAmount <= UNREAD_ANSWERS;

  const take = (message: string) => {
    inFlight += 1;
    void receive(connection, message).finally(() => {
      inFlight -= 1;
      goOn();
    });
  };
  const goOn = () => {
    while (unread.length > 0 && mayGoOn()) take(unread.shift() ?? "");
    if (unread.length === 0 && webSocket.isPaused && mayGoOn()) webSocket.resume();
  };

  socket.on("drain", goOn);
  webSocket.on("message", (data: Buffer, isBinary) => {
    if (!connection.isOpen()) return;
    if (isBinary) return connection.close(1003, "Binary is not supported");
    connection.touch();
    const message = data.toString();
    if (unread.length === 0 && mayGoOn()) return take(message);
    unread.push(message);
    webSocket.pause();
  });
}
