import { once } from "node:events";
import { afterEach } from "vitest";
import WebSocket, { type ClientOptions } from "ws";
import type { Reply } from "../../shared/protocol.ts";

/** A WebSocket client for tests. It queues received frames. */
export interface Client {
  readonly socket: WebSocket;
  /** Sends a string unchanged, and any other value as JSON. */
  send(message: unknown): void;
  /** Returns the next unread text, or waits for one. Rejects when the connection closes. */
  nextText(): Promise<string>;
  next(): Promise<Reply>;
  /** Sends a message and returns the next reply. */
  ask(message: unknown): Promise<Reply>;
  /** Resolves with the close code and reason when the connection has closed. */
  closed: Promise<{ code: number; reason: string }>;
  /** Returns the texts that were received and not read. */
  unread(): string[];
}

const open = new Set<WebSocket>();
afterEach(() => {
  for (const socket of open) socket.terminate();
  open.clear();
});

/** Connects, and closes the connection after the test. Rejects if the handshake is refused. */
export async function connect(
  url: string,
  options: ClientOptions = {},
  subprotocols: string[] = [],
): Promise<Client> {
  const socket = new WebSocket(url, subprotocols, { perMessageDeflate: false, ...options });
  open.add(socket);
  const received: string[] = [];
  const waiting: PromiseWithResolvers<string>[] = [];
  socket.on("message", (data: Buffer) => {
    const text = data.toString();
    const next = waiting.shift();
    if (next === undefined) received.push(text);
    else next.resolve(text);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => {
      for (const { reject } of waiting.splice(0)) reject(new Error(`closed with ${code}`));
      resolve({ code, reason: reason.toString() });
    });
  });
  await once(socket, "open");

  const nextText = () => {
    const text = received.shift();
    if (text !== undefined) return Promise.resolve(text);
    const next = Promise.withResolvers<string>();
    waiting.push(next);
    return next.promise;
  };
  const next = async (): Promise<Reply> => JSON.parse(await nextText());
  const send = (message: unknown) =>
    socket.send(typeof message === "string" ? message : JSON.stringify(message));
  return {
    socket,
    send,
    nextText,
    next,
    ask: async (message) => {
      send(message);
      return await next();
    },
    closed,
    unread: () => received,
  };
}

/** Sends a text as one message in several frames. @param size the bytes per frame. */
export function sendInFragments(socket: WebSocket, text: string, size: number): void {
  const data = Buffer.from(text);
  for (let start = 0; start < data.length; start += size)
    socket.send(data.subarray(start, start + size), {
      binary: false,
      fin: start + size >= data.length,
    });
}
