/** A server that a test speaks for, on a port of the loopback. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import { type Client, connect } from "./connect.ts";
import type { ConnectOptions, State } from "./options.ts";
import { createTimer } from "./timer.ts";

/** Keeps values in order until `next` takes them. `next` waits if there is none. */
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

/** A message of the client. */
interface Request {
  action: string;
  data?: unknown;
  requestId: string;
}

/** A request that came, and how to answer it. */
export interface Received extends Request {
  /** The connection that it came over. */
  socket: WebSocket;
  /** Sends a piece as the stack does, but for what `frame` says. */
  advance(progress: unknown, sequence: number, frame?: object): void;
  /** Replies as the stack does: success, but for what `reply` says. */
  answer(result?: unknown, reply?: object): void;
}

/**
 * Ends with the test that starts it.
 * @param options.idleLimit ends a connection on which no message went either way for that long, as API
 * Gateway does after 10 minutes. Milliseconds; default: none.
 */
export async function startServer({
  port = 0,
  idleLimit = Infinity,
  ...options
}: ServerOptions & { idleLimit?: number } = {}) {
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
    const idle = createTimer();
    const touch = () => idle.start(idleLimit, () => socket.terminate());
    touch();
    socket.on("close", idle.stop);
    socket.on("message", (text: Buffer) => {
      touch();
      const request: Request = JSON.parse(text.toString());
      const { action, requestId } = request;
      const send = (frame: object) => {
        touch();
        socket.send(JSON.stringify({ action, requestId, ...frame }));
      };
      const advance: Received["advance"] = (progress, sequence, frame) =>
        send({ status: "progress", progress, sequence, ...frame });
      const answer: Received["answer"] = (result, reply) =>
        send({ status: "success", result, ...reply });
      requests.push({ ...request, socket, advance, answer });
    });
  });
  onTestFinished(async () => {
    if (http.listening) await end();
  });
  const address = http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${address.port}`,
    port: address.port,
    /** The next connection that opens, or opened and wasn't asked for. */
    connection: connections.next,
    /** The next request that comes, or came and wasn't asked for. */
    request: requests.next,
    /** What came and wasn't asked for. */
    unread: { connections: connections.kept, requests: requests.kept },
    /** The sub-protocols that each connection offered. */
    offers,
    end,
  };
}

/** A client that ends with the test, and waits for nothing between attempts. */
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
    /** Resolves when the client enters a state, which it hadn't been asked for. */
    async enters(wanted: State): Promise<void> {
      while ((await states.next()) !== wanted);
    },
    states: states.kept,
    unmatched,
  });
}
