import type { Connection } from "./connection.ts";
import { type ConnectionError, NoReplyError, type NoReplyCode, RequestError } from "./errors.ts";
import { isFrame } from "./frames.ts";
import type { RequestOptions, Settings } from "./options.ts";
import { createPending, type Pending } from "./pending.ts";

/** Bytes that API Gateway takes in a frame. Neither browsers nor Node cut a message in several. */
const FRAME_LIMIT = 32 * 1024;

/** A request that was made. */
export interface Call {
  readonly result: Promise<unknown>;
  /** Rejects it with the `NoReplyError` `CANCELED`, unless it is settled. */
  cancel(): void;
}

/** The requests that have no reply yet. */
export interface Requests {
  /** @param connection the one to send it over first; by default the current one. */
  ask(action: string, data?: unknown, options?: RequestOptions, connection?: Connection): Call;
  /**
   * Sends what waits for a connection, and what may run twice and waits on doubtful ones alone, in
   * the order in which it was asked for.
   */
  send(): void;
  /**
   * Passes a message on to its request, which it may settle. If it says that the token has expired,
   * ends the connection and sends the request over the next one.
   * @returns false if the message is for no request that ever was.
   */
  take(message: unknown, connection: Connection): boolean;
  /** Sends again what waited on a connection that ended, or rejects what must not be. */
  lose(connection: Connection): void;
  /** Whether one waits for a reply from there. */
  isAwaited(connection: Connection): boolean;
  /** Rejects all, and all that are still to come. */
  end(error: ConnectionError): void;
}

interface Events {
  current(): Connection | undefined;
  /** Why there is no current connection. */
  failure(): ConnectionError | undefined;
  /** Nothing came over a connection for as long as a request waited for its reply: it is doubtful. */
  onSilence(connection: Connection): void;
  onSettled(connection: Connection): void;
}

export function createRequests(
  settings: Settings,
  { current, failure, onSilence, onSettled }: Events,
): Requests {
  const all = new Map<string, Pending>();
  // Unlike crypto.randomUUID, this exists on pages without https.
  const prefix = `${crypto.getRandomValues(new Uint32Array(2)).join("-")}-`;
  let count = 0;
  let ending: ConnectionError | undefined;

  /** Why a request can't be taken, if it can't. */
  const refusal = (text: string, connection?: Connection): NoReplyCode | undefined => {
    if (ending) return ending.code;
    if (new TextEncoder().encode(text).length > FRAME_LIMIT) return "MESSAGE_TOO_LARGE";
    return connection || all.size < settings.maximumQueue ? undefined : "QUEUE_FULL";
  };

  const isDue = ({ connections, retry }: Pending) =>
    [...connections].every(({ isDoubtful }) => isDoubtful && retry);

  const transmit = (pending: Pending, connection = current()) => {
    if (!connection || pending.connections.has(connection) || !isDue(pending)) return;
    if (!connection.send(pending.text)) return;
    pending.connections.add(connection);
    pending.sent = true;
  };
  const send = () => {
    for (const pending of all.values()) transmit(pending);
  };

  /** Rejects a request at the end of its time. */
  const expire = (pending: Pending, silent: Connection | undefined) => {
    pending.reject(new NoReplyError("TIMED_OUT", pending, failure()));
    // Without one, something came, or the request spent its time waiting for a connection.
    if (!silent || silent.isDoubtful) return;
    silent.isDoubtful = true;
    onSilence(silent);
    send();
  };
  const forget = ({ requestId, connections }: Pending) => {
    all.delete(requestId);
    for (const connection of connections) onSettled(connection);
  };

  return {
    ask(action, data, options = {}, connection = current()) {
      let cancel = () => {};
      const result = new Promise((resolve, reject) => {
        const { signal, timeout = settings.timeout, retry = settings.retry } = options;
        signal?.throwIfAborted();
        count += 1;
        const requestId = prefix + count;
        const text = JSON.stringify({ action, data, requestId });
        const code = refusal(text, connection);
        if (code) throw new NoReplyError(code, { action, requestId, sent: false }, ending?.cause);
        const pending = createPending(
          { action, requestId, text, retry },
          connection,
          { ...options, timeout },
          { resolve, reject, onSettled: forget, onTimeout: expire },
        );
        cancel = () => pending.reject(new NoReplyError("CANCELED", pending));
        all.set(requestId, pending);
        transmit(pending, connection);
      });
      return { result, cancel };
    },
    send,
    take(message, connection) {
      if (!isFrame(message)) return false;
      const { requestId } = message;
      if (!requestId.startsWith(prefix)) return false;
      // None, if it is a duplicate or too late.
      const pending = all.get(requestId);
      if (message.status === "progress") pending?.advance(message, connection);
      else if (message.status === "success") pending?.resolve(message.result);
      else if (message.error.code !== "TOKEN_EXPIRED")
        pending?.reject(new RequestError(message.error, pending));
      else {
        // It was not run, so it may be sent again, and must not be lost with the connection.
        pending?.connections.delete(connection);
        connection.expire();
      }
      return true;
    },
    lose(connection) {
      for (const pending of all.values()) {
        // One that must not run twice waits on one connection at most.
        if (pending.connections.delete(connection) && !pending.retry)
          pending.reject(new NoReplyError("CONNECTION_LOST", pending));
      }
      send();
    },
    isAwaited: (connection) =>
      [...all.values()].some(({ connections }) => connections.has(connection)),
    end(error) {
      ending = error;
      const { code, cause } = error;
      for (const pending of all.values()) pending.reject(new NoReplyError(code, pending, cause));
    },
  };
}
