import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setInterval } from "node:timers/promises";
import { afterAll } from "vitest";

/** A fake AWS service for tests of code that uses the real SDK clients. */
export interface RecordingServer {
  readonly endpoint: string;
  /** All requests so far, with decoded paths. */
  readonly calls: { method: string; path: string; body: string }[];
}

/** Starts a server that records each request. The test sends the responses. It stops after the test file. */
export async function startRecordingServer(
  respond: (path: string, response: ServerResponse, body: string) => void,
): Promise<RecordingServer> {
  const calls: RecordingServer["calls"] = [];
  const record = async (request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent(request.url ?? "");
    const body = await text(request);
    calls.push({ method: request.method ?? "", path, body });
    respond(path, response, body);
  };
  const server = createServer((request, response) => void record(request, response));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

/** Sends the headers of a response at once, and then a body that does not end until the client closes it. */
export async function trickle(response: ServerResponse, status: number): Promise<void> {
  response.writeHead(status);
  for await (const _ of setInterval(100)) {
    if (response.closed) return;
    response.write(" ");
  }
}
