import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setInterval } from "node:timers/promises";
import { afterAll } from "vitest";

/** Stands for AWS in a test of code that uses the real SDK clients. */
export interface RecordingServer {
  readonly endpoint: string;
  /** Every request so far, its path decoded. */
  readonly calls: { method: string; path: string; body: string }[];
}

/** Starts a server that keeps each request and leaves the answer to the test; it ends with the file. */
export async function startRecordingServer(
  answer: (path: string, response: ServerResponse, body: string) => void,
): Promise<RecordingServer> {
  const calls: RecordingServer["calls"] = [];
  const record = async (request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent(request.url ?? "");
    const body = await text(request);
    calls.push({ method: request.method ?? "", path, body });
    answer(path, response, body);
  };
  const server = createServer((request, response) => void record(request, response));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

/** Sends a response whose headers come at once, and whose body doesn't end while somebody reads it. */
export async function trickle(response: ServerResponse, status: number): Promise<void> {
  response.writeHead(status);
  for await (const _ of setInterval(100)) {
    if (response.closed) return;
    response.write(" ");
  }
}
