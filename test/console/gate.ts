import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A URL whose requests wait until a test opens the gate for one of them. */
export async function startGate() {
  const server = createServer();
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const waiting: ServerResponse[] = [];
  server.on("request", (_request, response) => waiting.push(response));
  return {
    url: `http://127.0.0.1:${port}/`,
    async open() {
      if (waiting.length === 0) await once(server, "request");
      waiting.shift()?.end();
    },
  };
}
