import { ConnectionError } from "./errors.ts";
import type { Settings, Socket } from "./options.ts";
import { createTimer } from "./timer.ts";
import { expiryOf } from "./token-expiry.ts";

/** One WebSocket, from the call of `token` to its end. */
export interface Connection {
  /** The number of messages received. */
  readonly received: number;
  /** Whether it may be dead: an expected message is missing, and no message has arrived since. */
  isSuspect: boolean;
  /**
   * Whether the attempt counts as successful: the connection was open for `maximumDelay`, or received a
   * message and did not end with `TOKEN_EXPIRED`.
   */
  readonly hasServed: boolean;
  /** When its token expires, in milliseconds since 1970. `Infinity` without a token, or if unknown. */
  readonly expiry: number;
  /** Returns false if the text was not sent because the connection is not open. */
  send(text: string): boolean;
  /** Closes the connection and calls `onEnd`. */
  end(): void;
  /** Closes the connection with `TOKEN_EXPIRED`, after the server has refused its token. */
  expire(): void;
  /** Closes the connection without a call of `onEnd`. */
  close(code?: number): void;
}

interface Events {
  onOpen(): void;
  /** @param message parsed if it is JSON. */
  onMessage(message: unknown): void;
  /** Called after `keepAlive` without a message in either direction. */
  onIdle(): void;
  /** Called once, when the connection has ended or could not be opened. */
  onEnd(error: ConnectionError): void;
}

export function createConnection(
  url: string,
  { WebSocket, token, timeout, keepAlive, maximumDelay }: Settings,
  { onOpen, onMessage, onIdle, onEnd }: Events,
): Connection {
  const idleTimer = createTimer();
  /** Limits the time to open, then measures `maximumDelay`, and at the end limits the time to close. */
  const phaseTimer = createTimer();
  let socket: Socket | undefined;
  let hasEnded = false;
  let hasLasted = false;
  let failure: ConnectionError["code"] = "TOKEN_FAILED";

  const touch = () => idleTimer.start(keepAlive, onIdle);
  const close = (code = 1000) => {
    // Set first, because `close` on a socket that is not open yet may call a listener at once.
    hasEnded = true;
    socket?.close(code);
    idleTimer.stop();
    phaseTimer.stop();
    // A server that does not reply to the close frame would keep the connection open, and Node running.
    if (socket?.terminate) phaseTimer.start(timeout, () => socket?.terminate?.());
  };
  const end = (cause?: unknown) => {
    if (hasEnded) return;
    close();
    onEnd(new ConnectionError(failure, cause));
  };

  const listen = (to: Socket) => {
    to.addEventListener("open", () => {
      if (hasEnded) return;
      phaseTimer.start(maximumDelay, () => {
        hasLasted = true;
      });
      touch();
      onOpen();
    });
    to.addEventListener("message", ({ data }) => {
      if (hasEnded) return;
      connection.received += 1;
      connection.isSuspect = false;
      touch();
      onMessage(parse(String(data)));
    });
    // Node.js 22 emits no "close" event for a connection that never opened.
    to.addEventListener("error", () => end());
    to.addEventListener("close", () => {
      end();
      phaseTimer.stop();
    });
  };
  const open = async () => {
    const protocols = token && ["websocket-lambda", await token()];
    failure = "CONNECTION_FAILED";
    if (hasEnded) return;
    connection.expiry = expiryOf(protocols?.[1]);
    socket = new WebSocket(url, protocols);
    listen(socket);
  };

  const connection = {
    received: 0,
    isSuspect: false,
    expiry: Infinity,
    get hasServed() {
      return hasLasted || (connection.received > 0 && failure !== "TOKEN_EXPIRED");
    },
    send(text: string) {
      if (hasEnded || socket?.readyState !== 1) return false;
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
  phaseTimer.start(timeout, end);
  // Asynchronous, so that `token` can call the client, even `close`.
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
