import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll } from "vitest";

/** Stands for AWS in a test of code that uses the real SDK clients. */
export interface RecordingServer {
  readonly endpoint: string;
  /** Every request so far, its path decoded. */
  readonly calls: { path: string; body: string }[];
}

/** Starts a server that keeps each request and leaves the answer to the test; it ends with the file. */
export async function startRecordingServer(
  answer: (path: string, response: ServerResponse) => void,
): Promise<RecordingServer> {
  const calls: RecordingServer["calls"] = [];
  const record = async (request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent(request.url ?? "");
    calls.push({ path, body: await text(request) });
    answer(path, response);
  };
  const server = createServer((request, response) => void record(request, response));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}
