import { createBackOff } from "./back-off.ts";
import { type Connection, createConnection } from "./connection.ts";
import type { NoReplyCode } from "./errors.ts";
import type { Settings, State } from "./options.ts";
import { createTimer } from "./timer.ts";

/** One open connection after the other, each before the last has ended where that can be. */
export interface KeptConnection {
  readonly state: State;
  /** The one for new requests. */
  readonly current: Connection | undefined;
  /** Opens a connection to take the place of the current one, which lives on until it is ended. */
  renew(): void;
  /** Ends all connections for good. @throws {RangeError} on a code that a client may not use. */
  close(code?: number): void;
}

interface Events {
  /** There is a current connection, in place of another one or of none. */
  onOpen(replaced: Connection | undefined): void;
  onMessage(message: unknown): void;
  /** A connection has been silent for `keepAlive`. */
  onIdle(): void;
  onEnd(connection: Connection): void;
  /** There will be no more connections. */
  onOver(code: NoReplyCode, cause?: unknown): void;
}

export function keepConnected(
  url: string,
  settings: Settings,
  { onOpen, onMessage, onIdle, onEnd, onOver }: Events,
): KeptConnection {
  const { timeout, keepAlive, renewAfter, random, WebSocket, token, onStateChange } = settings;
  const connections = new Set<Connection>();
  const backOff = createBackOff(settings);
  /** Until the next connection: the back-off, or what is left of the current one's life. */
  const wait = createTimer();
  let state: State | undefined;
  let current: Connection | undefined;
  let isDialling = false;

  const enter = (entered: State) => {
    if (state === entered) return;
    state = entered;
    // Later, so that the listener may do anything, even throw.
    if (onStateChange) queueMicrotask(() => onStateChange(entered));
  };

  const end = (reason: NoReplyCode, { status, cause }: { status?: number; cause?: unknown }) => {
    for (const connection of connections) connection.close(status);
    current = undefined;
    wait.stop();
    enter("closed");
    onOver(reason, cause);
  };

  const dial = async () => {
    isDialling = true;
    backOff.attempt();
    if (!current) enter("connecting");
    let reason: NoReplyCode = "TOKEN_FAILED";
    try {
      const protocols = token && ["websocket-lambda", await token()];
      reason = "CONNECTION_FAILED";
      if (state !== "closed") open(new WebSocket(url, protocols));
    } catch (cause) {
      isDialling = false;
      if (current) retry();
      else if (state !== "closed") end(reason, { cause });
    }
  };
  const renew = () => {
    if (!isDialling) void dial();
  };
  const retry = () => {
    if (!current && backOff.isExhausted) return end("CONNECTION_FAILED", {});
    if (!current) enter("waiting");
    wait.start(backOff.delay(), renew);
  };

  const open = (socket: WebSocket) => {
    let hasOpened = false;
    const connection = createConnection(
      socket,
      { timeout, keepAlive },
      {
        onOpen() {
          hasOpened = true;
          isDialling = false;
          const replaced = current;
          current = connection;
          enter("open");
          // The jitter keeps clients apart that connected together.
          wait.start(renewAfter * (1 + random() / 20), renew);
          onOpen(replaced);
        },
        onMessage(message) {
          if (connection.received === 1) backOff.succeed();
          onMessage(message);
        },
        onIdle,
        onEnd() {
          connections.delete(connection);
          const wasCurrent = connection === current;
          if (wasCurrent) current = undefined;
          if (!hasOpened) isDialling = false;
          onEnd(connection);
          if (isDialling) enter(current ? "open" : "connecting");
          else if (wasCurrent || !hasOpened) retry();
        },
      },
    );
    connections.add(connection);
  };

  renew();
  return {
    get state() {
      return state ?? "connecting";
    },
    get current() {
      return current;
    },
    renew,
    close(status = 1000) {
      // As the platform has it, but whether or not there is a connection.
      if (status !== 1000 && !(status >= 3000 && status < 5000))
        throw new RangeError("The code must be 1000, or from 3000 to 4999.");
      if (state !== "closed") end("CLOSED", { status });
    },
  };
}
