import { ConnectionError } from "./errors.ts";
import type { Settings, Socket } from "./options.ts";
import { createTimer } from "./timer.ts";
import { expiryOf } from "./token-expiry.ts";

/** One WebSocket, from the call for its token to its end. */
export interface Connection {
  /** How many messages have come. */
  readonly received: number;
  /** Whether it may be dead: set where nothing comes that should, until something comes. */
  isDoubtful: boolean;
  /**
   * Whether it was worth an attempt: it was open for `maximumDelay`, or brought a message and did not
   * end because of its token.
   */
  readonly hasServed: boolean;
  /** When its token expires: milliseconds since 1970. `Infinity` without one, or if that is unknown. */
  readonly expiry: number;
  /** False: not sent, because it isn't open, or not any more. */
  send(text: string): boolean;
  /** Ends it. */
  end(): void;
  /** Ends it, because the server refuses its token from now on. */
  expire(): void;
  /** Ends it without a call of `onEnd`. */
  close(code?: number): void;
}

interface Events {
  onOpen(): void;
  /** @param message parsed, or as it came where it isn't JSON. */
  onMessage(message: unknown): void;
  /** No message went either way for `keepAlive`. */
  onIdle(): void;
  /** Once, however it ended or failed to open. */
  onEnd(error: ConnectionError): void;
}

export function createConnection(
  url: string,
  { WebSocket, token, timeout, keepAlive, maximumDelay }: Settings,
  { onOpen, onMessage, onIdle, onEnd }: Events,
): Connection {
  const silence = createTimer();
  /** How long it may take to open, then how long it has to last, and then how long it may take to close. */
  const trial = createTimer();
  let socket: Socket | undefined;
  let isOver = false;
  let hasLasted = false;
  let failure: ConnectionError["code"] = "TOKEN_FAILED";

  const touch = () => silence.start(keepAlive, onIdle);
  const close = (code = 1000) => {
    // First, for closing what isn't open yet may call back at once.
    isOver = true;
    socket?.close(code);
    silence.stop();
    trial.stop();
    // A peer that doesn't answer the close frame would keep the connection, and with it a Node process.
    if (socket?.terminate) trial.start(timeout, () => socket?.terminate?.());
  };
  const end = (cause?: unknown) => {
    if (isOver) return;
    close();
    onEnd(new ConnectionError(failure, cause));
  };

  const listen = (to: Socket) => {
    to.addEventListener("open", () => {
      if (isOver) return;
      trial.start(maximumDelay, () => {
        hasLasted = true;
      });
      touch();
      onOpen();
    });
    to.addEventListener("message", ({ data }) => {
      if (isOver) return;
      connection.received += 1;
      connection.isDoubtful = false;
      touch();
      onMessage(parse(String(data)));
    });
    // Node 22 has no "close" for a connection that never opened.
    to.addEventListener("error", () => end());
    to.addEventListener("close", () => {
      end();
      trial.stop();
    });
  };
  const open = async () => {
    const protocols = token && ["websocket-lambda", await token()];
    failure = "CONNECTION_FAILED";
    if (isOver) return;
    connection.expiry = expiryOf(protocols?.[1]);
    socket = new WebSocket(url, protocols);
    listen(socket);
  };

  const connection = {
    received: 0,
    isDoubtful: false,
    expiry: Infinity,
    get hasServed() {
      return hasLasted || (connection.received > 0 && failure !== "TOKEN_EXPIRED");
    },
    send(text: string) {
      if (isOver || socket?.readyState !== 1) return false;
      socket.send(text);
      touch();
      return true;
    },
    end: () => end(),
    expire() {
      failure = "TOKEN_EXPIRED";
      end();
    },
    close,
  };
  trial.start(timeout, end);
  // Later, so that the provider may do anything, even close the client.
  Promise.resolve().then(open).catch(end);
  return connection;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
