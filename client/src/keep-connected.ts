import { createBackOff } from "./back-off.ts";
import { type Connection, createConnection } from "./connection.ts";
import { ConnectionError } from "./errors.ts";
import { later } from "./later.ts";
import type { Settings, State } from "./options.ts";
import { createTimer } from "./timer.ts";

/** Keeps a connection open: reconnects when it is lost, and replaces it before it ends. */
export interface KeptConnection {
  readonly state: State;
  /** The connection for new requests. */
  readonly current: Connection | undefined;
  /** The reason why there is no current connection, after the first failed attempt. */
  readonly failure: ConnectionError | undefined;
  /**
   * Opens a connection that replaces the current one, after a back-off. The old connection stays open
   * until its `end` is called.
   */
  renew(): void;
  /** Closes all connections permanently. @throws {RangeError} for a code that a client may not use. */
  close(code?: number): void;
}

interface Events {
  /** Called when there is a new current connection. @param replaced the previous one, if it is open. */
  onOpen(replaced: Connection | undefined): void;
  onMessage(message: unknown, connection: Connection): void;
  /** Called when a connection has been idle for `keepAlive`. It may be a replaced one. */
  onIdle(connection: Connection): void;
  onEnd(connection: Connection): void;
  /** Called when the client is closed. There will be no more connections. */
  onClose(error: ConnectionError): void;
}

export function keepConnected(
  url: string,
  settings: Settings,
  { onOpen, onMessage, onIdle, onEnd, onClose }: Events,
): KeptConnection {
  const { renewAfter, maximumDelay, random, token, onStateChange } = settings;
  const connections = new Set<Connection>();
  const backOff = createBackOff(settings);
  /** Starts the next attempt: after the back-off, or when the current connection must be replaced. */
  const wait = createTimer();
  let state: State | undefined;
  let current: Connection | undefined;
  /** The connection that is opening and will become the current one. */
  let next: Connection | undefined;
  let failure: ConnectionError | undefined;

  const setState = (newState: State, error?: ConnectionError) => {
    if (state === newState) return;
    state = newState;
    later(onStateChange, newState, error);
  };

  const end = (error: ConnectionError, code?: number) => {
    for (const connection of connections) connection.close(code);
    current = undefined;
    wait.stop();
    setState("closed", error);
    onClose(error);
  };

  const dial = () => {
    if (next) return;
    if (!current) setState("connecting");
    next = open();
  };
  const renew = () => wait.start(backOff.delay(), dial);
  const retry = (error: ConnectionError) => {
    // Without a token, the platform throws only for an invalid URL, which a retry does not fix.
    const isPermanent = !token && error.cause !== undefined;
    if (!current && (backOff.isExhausted || isPermanent)) return end(error);
    if (!current) setState("waiting", error);
    renew();
  };

  /**
   * Counts a connection that has ended as a success or a failure. A success resets the count. A
   * connection that opened and closed at once is a failure, so that the client backs off.
   */
  const recordOutcome = ({ hasServed }: Connection) => {
    if (hasServed) backOff.succeed();
    else backOff.fail();
  };
  const open = () => {
    const connection = createConnection(url, settings, {
      onOpen() {
        const replaced = current;
        if (replaced) recordOutcome(replaced);
        current = connection;
        next = failure = undefined;
        setState("open");
        // Before the token expires, but not at once if a new connection would get the same token.
        const validity = Math.max(maximumDelay, 0.9 * (connection.expiry - Date.now()));
        // The jitter spreads the reconnects of clients that connected at the same time.
        wait.start(Math.min(renewAfter, validity) * (1 + random() / 20), dial);
        onOpen(replaced);
      },
      onMessage: (message) => onMessage(message, connection),
      onIdle: () => onIdle(connection),
      onEnd(error) {
        const wasReplaced = connection !== current && connection !== next;
        connections.delete(connection);
        if (connection === current) current = undefined;
        if (connection === next) next = undefined;
        onEnd(connection);
        if (wasReplaced) return;
        recordOutcome(connection);
        if (!current) failure = error;
        if (next) setState("connecting");
        else retry(error);
      },
    });
    connections.add(connection);
    return connection;
  };

  dial();
  return {
    get state() {
      return state ?? "connecting";
    },
    get current() {
      return current;
    },
    get failure() {
      return failure;
    },
    renew,
    close(code = 1000) {
      // The platform's own check, but also when there is no connection.
      if (code !== 1000 && !(code >= 3000 && code < 5000))
        throw new RangeError("The close code must be 1000, or from 3000 to 4999.");
      if (state !== "closed") end(new ConnectionError("CLOSED"), code);
    },
  };
}
