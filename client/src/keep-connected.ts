import { createBackOff } from "./back-off.ts";
import { type Connection, createConnection } from "./connection.ts";
import { ConnectionError } from "./errors.ts";
import { later } from "./later.ts";
import type { Settings, State } from "./options.ts";
import { createTimer } from "./timer.ts";

/** One open connection after the other, each before the last has ended where that can be. */
export interface KeptConnection {
  readonly state: State;
  /** The one for new requests. */
  readonly current: Connection | undefined;
  /** Why there is no current one, once there was an attempt. */
  readonly failure: ConnectionError | undefined;
  /**
   * Opens a connection to take the place of the current one, which lives on until it is ended. As
   * all attempts but the first, this one comes after a back-off.
   */
  renew(): void;
  /** Ends all connections for good. @throws {RangeError} on a code that a client may not use. */
  close(code?: number): void;
}

interface Events {
  /** There is a current connection, in place of another one or of none. */
  onOpen(replaced: Connection | undefined): void;
  onMessage(message: unknown, connection: Connection): void;
  /** A connection, which may be a replaced one, has been silent for `keepAlive`. */
  onIdle(connection: Connection): void;
  onEnd(connection: Connection): void;
  /** There will be no more connections. */
  onOver(error: ConnectionError): void;
}

export function keepConnected(
  url: string,
  settings: Settings,
  { onOpen, onMessage, onIdle, onEnd, onOver }: Events,
): KeptConnection {
  const { renewAfter, maximumDelay, random, token, onStateChange } = settings;
  const connections = new Set<Connection>();
  const backOff = createBackOff(settings);
  /** Until the next attempt: the back-off, or what is left of the current connection's life. */
  const wait = createTimer();
  let state: State | undefined;
  let current: Connection | undefined;
  /** The one that is being opened to become the current one. */
  let next: Connection | undefined;
  let failure: ConnectionError | undefined;

  const enter = (entered: State, error?: ConnectionError) => {
    if (state === entered) return;
    state = entered;
    later(onStateChange, entered, error);
  };

  const end = (error: ConnectionError, code?: number) => {
    for (const connection of connections) connection.close(code);
    current = undefined;
    wait.stop();
    enter("closed", error);
    onOver(error);
  };

  const dial = () => {
    if (next) return;
    if (!current) enter("connecting");
    next = open();
  };
  const renew = () => wait.start(backOff.delay(), dial);
  const retry = (error: ConnectionError) => {
    // What the platform throws without a token is about the URL, and would be the same again.
    const isHopeless = !token && error.cause !== undefined;
    if (!current && (backOff.isExhausted || isHopeless)) return end(error);
    if (!current) enter("waiting", error);
    renew();
  };

  /**
   * What failed before a connection served, and while it did, is forgotten when it goes. One that was
   * admitted and ended at once is itself a failure, or the client would be back at once each time.
   */
  const judge = ({ hasServed }: Connection) => {
    if (hasServed) backOff.succeed();
    else backOff.fail();
  };
  const open = () => {
    const connection = createConnection(url, settings, {
      onOpen() {
        const replaced = current;
        if (replaced) judge(replaced);
        current = connection;
        next = failure = undefined;
        enter("open");
        // Before the token expires, but not at once if a new connection would get the same token.
        const validity = Math.max(maximumDelay, 0.9 * (connection.expiry - Date.now()));
        // The jitter keeps clients apart that connected together.
        wait.start(Math.min(renewAfter, validity) * (1 + random() / 20), dial);
        onOpen(replaced);
      },
      onMessage: (message) => onMessage(message, connection),
      onIdle: () => onIdle(connection),
      onEnd(error) {
        const isOld = connection !== current && connection !== next;
        connections.delete(connection);
        if (connection === current) current = undefined;
        if (connection === next) next = undefined;
        onEnd(connection);
        if (isOld) return;
        judge(connection);
        if (!current) failure = error;
        if (next) enter("connecting");
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
      // As the platform has it, but whether or not there is a connection.
      if (code !== 1000 && !(code >= 3000 && code < 5000))
        throw new RangeError("The close code must be 1000, or from 3000 to 4999.");
      if (state !== "closed") end(new ConnectionError("CLOSED"), code);
    },
  };
}
