import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, createServer } from "node:net";

/**
 * Listens on 127.0.0.1 and, if the machine has IPv6, on the same port of ::1. `localhost` can be either
 * of them, and must not be another program.
 * @param port 0 selects a free port.
 * @returns the port, and a function that stops listening and waits for open connections.
 * @throws {Error} with the code `EADDRINUSE` if another program uses the port on one of the addresses.
 */
export async function listenOnLoopback(server: Server, port: number) {
  await once(server.listen(port, "127.0.0.1"), "listening");
  const listening = server.address() as AddressInfo;
  // With the options that the HTTP server sets for its own connections.
  const ipv6 = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    server.emit("connection", socket),
  );
  try {
    await once(ipv6.listen(listening.port, "::1"), "listening");
  } catch (error) {
    if (!hasNoIpv6(error)) {
      server.close();
      throw error;
    }
  }
  return {
    port: listening.port,
    async close() {
      for (const each of [server, ipv6]) if (each.listening) await once(each.close(), "close");
    },
  };
}

const hasNoIpv6 = (error: unknown) =>
  error instanceof Error &&
  "code" in error &&
  (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT");
