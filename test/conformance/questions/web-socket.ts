import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import WebSocket, { type ClientOptions } from "ws";

type Headers = Record<string, string | string[]>;

/** A client of an API. It notes everything that it receives. */
export interface SocketClient {
  readonly socket: WebSocket;
  /** The headers of the 101 response. */
  readonly headers: Headers;
  send(message: unknown): void;
  /** The next text that was not read yet, or null if none comes within the time. Default: 20 s. */
  next(milliseconds?: number): Promise<string | null>;
  /** All texts: the first within 10 s, the others until none comes for the time. */
  rest(milliseconds: number): Promise<string[]>;
  /** How the connection ended: undefined while it is open. */
  ended(): { code: number; reason: string; time: number } | undefined;
}

/** The HTTP response that refuses a connection. */
export interface Refused {
  status: number;
  headers: Headers;
  body: string;
}

/** Connects. @throws {Error} if the connection is refused. */
export async function open(url: string, options: ClientOptions = {}): Promise<SocketClient> {
  const result = await connect(url, options);
  if ("status" in result)
    throw new Error(`The connection was refused with ${result.status} ${result.body}`);
  return result;
}

/** Connects, and returns the client or the response that refused it. */
export async function connect(
  url: string,
  options: ClientOptions = {},
): Promise<Refused | SocketClient> {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...options });
  const texts: string[] = [];
  const end: { seen?: { code: number; reason: string; time: number } } = {};
  let headers: Headers = {};
  let notify = Promise.withResolvers<void>();
  socket.on("message", (data: Buffer) => {
    texts.push(data.toString());
    notify.resolve();
    notify = Promise.withResolvers();
  });
  socket.on("close", (code, reason) => {
    end.seen = { code, reason: String(reason), time: Date.now() };
    notify.resolve();
  });
  socket.on("upgrade", (response) => (headers = headersOf(response)));
  const refused = await new Promise<IncomingMessage | undefined>((resolve, reject) => {
    socket.on("open", () => resolve(undefined));
    socket.on("unexpected-response", (_request, response) => resolve(response));
    // After the connection is open, `close` follows. A socket that is terminated early fails as well.
    socket.on("error", reject);
  });
  if (refused !== undefined) {
    const chunks: Buffer[] = [];
    for await (const chunk of refused) chunks.push(chunk);
    socket.terminate();
    const { statusCode = 0 } = refused;
    return { status: statusCode, headers: headersOf(refused), body: String(Buffer.concat(chunks)) };
  }
  const next: SocketClient["next"] = async (milliseconds = 20_000) => {
    const signal = AbortSignal.timeout(milliseconds);
    while (texts.length === 0 && end.seen === undefined && !signal.aborted)
      await Promise.race([notify.promise, once(signal, "abort")]);
    return texts.shift() ?? null;
  };
  return {
    socket,
    headers,
    send: (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message)),
    next,
    async rest(milliseconds) {
      const all: string[] = [];
      for (let text = await next(10_000); text !== null; text = await next(milliseconds))
        all.push(text);
      return all;
    },
    ended: () => end.seen,
  };
}

const headersOf = ({ headers }: IncomingMessage): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value = ""]) => [name, value]));
