/** Test helpers: a WebSocket server whose replies the test sends, and a client. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import { type Client, connect } from "./connect.ts";
import type { ConnectOptions, State } from "./options.ts";

/** A queue. `next` removes the first value, or waits for one if the queue is empty. */
export function createQueue<Value>() {
  const kept: Value[] = [];
  const waiting: ((value: Value) => void)[] = [];
  return {
    kept,
    push(value: Value) {
      const take = waiting.shift();
      if (take === undefined) kept.push(value);
      else take(value);
    },
    next(): Promise<Value> {
      const value = kept.shift();
      if (value !== undefined) return Promise.resolve(value);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

/** A message from the client. */
interface Request {
  action: string;
  data?: unknown;
  requestId: string;
}

/** A received request, and functions that reply to it. */
export interface Received extends Request {
  /** The connection that it arrived on. */
  socket: WebSocket;
  /** Sends a piece as the stack does. @param frame replaces some of the keys. */
  advance(progress: unknown, sequence: number, frame?: object): void;
  /** Sends a reply as the stack does: success by default. @param frame replaces some of the keys. */
  reply(result?: unknown, frame?: object): void;
}

/** Starts a server that stops after the test. */
export async function startServer({ port = 0, ...options }: ServerOptions = {}) {
  const http = createServer().listen(port, "127.0.0.1");
  const sockets = new Set<Socket>();
  http.on("connection", (socket) => sockets.add(socket));
  await once(http, "listening");
  const server = new WebSocketServer({ server: http, ...options });
  const connections = createQueue<WebSocket>();
  const requests = createQueue<Received>();
  const offers: (string | undefined)[] = [];
  const end = async () => {
    for (const socket of sockets) socket.destroy();
    http.close();
    await once(http, "close");
  };
  server.on("connection", (socket, { headers }) => {
    offers.push(headers["sec-websocket-protocol"]);
    connections.push(socket);
    socket.on("message", (text: Buffer) => {
      const request: Request = JSON.parse(text.toString());
      const { action, requestId } = request;
      const send = (frame: object) => socket.send(JSON.stringify({ action, requestId, ...frame }));
      const advance: Received["advance"] = (progress, sequence, frame) =>
        send({ status: "progress", progress, sequence, ...frame });
      const reply: Received["reply"] = (result, frame) =>
        send({ status: "success", result, ...frame });
      requests.push({ ...request, socket, advance, reply });
    });
  });
  onTestFinished(async () => {
    if (http.listening) await end();
  });
  const address = http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${address.port}`,
    port: address.port,
    /** Returns the next connection that has not been returned yet. Waits for it if necessary. */
    connection: connections.next,
    /** Returns the next request that has not been returned yet. Waits for it if necessary. */
    request: requests.next,
    /** The connections and requests that have not been returned yet. */
    unread: { connections: connections.kept, requests: requests.kept },
    /** The subprotocols that each connection offered. */
    offers,
    end,
  };
}

/** Starts a client that is closed after the test, and reconnects without a delay. */
export function startClient(url: string, options: ConnectOptions = {}) {
  const states = createQueue<State>();
  const unmatched = createQueue<unknown>();
  const client: Client = connect(url, {
    random: () => 0,
    onStateChange: states.push,
    onUnmatched: unmatched.push,
    ...options,
  });
  onTestFinished(() => client.close());
  return Object.assign(client, {
    /** Resolves when the client enters a state. Ignores state changes that were awaited before. */
    async enters(wanted: State): Promise<void> {
      while ((await states.next()) !== wanted);
    },
    states: states.kept,
    unmatched,
  });
}
