import { connect } from "node:net";

/**
 * Sends bytes to a port of this machine. Returns the head of the response, or everything that was
 * received before the connection was closed. Each character is one byte.
 */
export async function exchange(port: number, sent: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(sent, "latin1");
  let received = "";
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received += chunk.toString("latin1");
      const end = received.indexOf("\r\n\r\n");
      if (end !== -1) return received.slice(0, end);
    }
  } catch (error) {
    // Closing a connection with unread bytes causes a reset.
    if (!(error instanceof Error && "code" in error && error.code === "ECONNRESET")) throw error;
  } finally {
    socket.destroy();
  }
  return received;
}

/** Returns the text of a handshake. @param headers header lines. */
export const handshake = (path: string, headers: readonly string[]): string =>
  [
    `GET ${path} HTTP/1.1`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
    "",
    "",
  ].join("\r\n");
