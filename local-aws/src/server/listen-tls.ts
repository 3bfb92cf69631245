import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { createCertificate } from "./certificate.ts";

/**
 * Listens for TLS on a free port of 127.0.0.1, and passes the connections to an HTTP server. Only functions
 * connect to it, which use `https:` for all hosts of AWS. TLS is loaded with the first connection.
 * @returns the port, and a function that stops listening and waits for open connections.
 */
export async function listenForTls(server: Server) {
  let secure: ReturnType<typeof createSecureServer> | undefined;
  const listener = createServer({ pauseOnConnect: true }, (socket) => {
    socket.once("error", () => socket.destroy());
    secure ??= createSecureServer(server);
    void secure.then((each) => each.emit("connection", socket));
  });
  await once(listener.listen(0, "127.0.0.1"), "listening");
  const { port } = listener.address() as AddressInfo;
  return { port, close: () => once(listener.close(), "close") };
}

/** A server that does not listen itself. */
async function createSecureServer(server: Server) {
  const { createServer: createTlsServer } = await import("node:tls");
  return createTlsServer(createCertificate(), (socket) => server.emit("connection", socket));
}
