import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { tracePages } from "./pages.ts";
import { createRecorder } from "./recorder.ts";

const LIMIT = 20;
const message = { eventType: "MESSAGE", connectionId: "c=", requestId: "r=" } as const;

/** Starts the stream of a recorder over a real connection, and returns both ends. */
async function startStream() {
  const recorder = createRecorder({ limit: LIMIT });
  const begin = (id: string) =>
    recorder.emit(`Root=${id}`, { type: "frame-in", text: "x".repeat(1024), context: message });
  let looks = 0;
  const overview = () => {
    looks += 1;
    return Promise.resolve({
      connections: 0,
      functions: [],
      queued: 0,
      notice: null,
      apis: [],
      deadLetters: 0,
    });
  };
  const pages = tracePages({ recorder, overview });
  const responses: ServerResponse[] = [];
  const server = createServer((request, response) => {
    responses.push(response);
    void pages["/_local/trace/stream"]?.(request, response);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const connect = async () => {
    const { port } = server.address() as AddressInfo;
    const request = get({ port, host: "127.0.0.1" });
    const [reader] = (await once(request, "response")) as [IncomingMessage];
    return reader.setEncoding("utf8").pause();
  };
  return { recorder, begin, responses, connect, looks: () => looks };
}

/** Reads the stream up to a text. */
async function readUntil(reader: IncomingMessage, last: string): Promise<string> {
  let text = "";
  for await (const chunk of reader) {
    text += String(chunk);
    if (text.includes(last)) break;
  }
  return text;
}

test("a stalled reader gets no events until it reads again, and then the current messages", async () => {
  const { recorder, begin, responses, connect, looks } = await startStream();
  const reader = await connect();
  const [response] = responses;
  if (response === undefined) throw new Error("No request was received.");
  const fill = () => {
    begin("1-filler");
    for (let point = 0; point < 100; point += 1)
      recorder.emit("Root=1-filler", { type: "frame-out", text: "x".repeat(1024) });
    return response.writableNeedDrain;
  };
  await expect.poll(fill, { interval: 10, timeout: 10_000 }).toBe(true);

  const unread = response.writableLength;
  const seen = looks();
  for (let id = 0; id < 2 * LIMIT; id += 1) begin(`1-${id}`);
  // This is enough time for several batches of messages.
  await expect.poll(looks, { timeout: 10_000 }).toBeGreaterThan(seen + 2);
  expect(response.writableLength).toBe(unread);

  const text = await readUntil(reader, `"1-${2 * LIMIT - 1}"`);
  const ids = Array.from(text.matchAll(/"traceId":"1-(\d+)"/g), ([, id]) => Number(id));
  expect(ids).toEqual(Array.from({ length: LIMIT }, (_, index) => LIMIT + index));
});

test("the event ID is sent after all messages that it covers", async () => {
  const { recorder, begin, connect } = await startStream();
  begin("1-old");
  begin("1-new");
  recorder.emit("Root=1-old", { type: "post-start" });
  const id = `\nid: ${recorder.revision}\n`;
  const text = await readUntil(await connect(), id);
  const places = ['"1-old"', '"1-new"', id].map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});
