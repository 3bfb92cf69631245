import { connect } from "node:net";

/**
 * Sends bytes to a port of this machine, and gives what came back: an answer's head, as soon as it is
 * whole, or all that came before the other side hung up. Every character is one byte.
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
    // Hanging up on bytes that weren't read yet is a reset.
    if (!(error instanceof Error && "code" in error && error.code === "ECONNRESET")) throw error;
  } finally {
    socket.destroy();
  }
  return received;
}

/** An opening handshake, ready to be sent. A header is a whole line. */
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
