import type { Connection } from "./connection.ts";
import { type ConnectionError, NoReplyError, type NoReplyCode, RequestError } from "./errors.ts";
import { isFrame } from "./frames.ts";
import type { RequestOptions, Settings } from "./options.ts";
import { createPending, type Pending } from "./pending.ts";

/** The maximum frame size of API Gateway in bytes. Browsers and Node.js send a message as one frame. */
const FRAME_LIMIT = 32 * 1024;

/** A call of `request` or `stream`. */
export interface Call {
  readonly result: Promise<unknown>;
  /** Rejects `result` with the `NoReplyError` `CANCELED`, unless it is settled. */
  cancel(): void;
}

/** The requests that have no reply yet. */
export interface Requests {
  /** Adds a request and sends it. @param connection default: the current connection. */
  add(action: string, data?: unknown, options?: RequestOptions, connection?: Connection): Call;
  /**
   * Sends the requests that wait for a connection, in the order of their calls. Also sends again the
   * ones with `retry` that were sent over suspect connections only.
   */
  send(): void;
  /**
   * Passes a message on to its request. If the message is `TOKEN_EXPIRED`, ends the connection and sends
   * the request over the next one.
   * @returns false if the message does not belong to a request of this client.
   */
  handle(message: unknown, connection: Connection): boolean;
  /** Sends the requests of a lost connection again, or rejects those without `retry`. */
  resend(lost: Connection): void;
  /** Returns whether a request waits for a reply on this connection. */
  isInUse(connection: Connection): boolean;
  /** Rejects all requests, and all later ones. */
  end(error: ConnectionError): void;
}

interface Events {
  current(): Connection | undefined;
  /** The reason why there is no current connection. */
  failure(): ConnectionError | undefined;
  /** Called when a connection becomes suspect: a request timed out, and no message arrived meanwhile. */
  onSilence(connection: Connection): void;
  onSettled(connection: Connection): void;
}

export function createRequests(
  settings: Settings,
  { current, failure, onSilence, onSettled }: Events,
): Requests {
  const all = new Map<string, Pending>();
  // Unlike crypto.randomUUID, getRandomValues exists on pages without https.
  const prefix = `${crypto.getRandomValues(new Uint32Array(2)).join("-")}-`;
  let count = 0;
  let endError: ConnectionError | undefined;

  /** Returns the reason why a request can't be added, or undefined if it can. */
  const refusal = (text: string, connection?: Connection): NoReplyCode | undefined => {
    if (endError) return endError.code;
    if (new TextEncoder().encode(text).length > FRAME_LIMIT) return "MESSAGE_TOO_LARGE";
    return connection || all.size < settings.maximumQueue ? undefined : "QUEUE_FULL";
  };

  const isSendable = ({ connections, retry }: Pending) =>
    [...connections].every(({ isSuspect }) => isSuspect && retry);

  const transmit = (pending: Pending, connection = current()) => {
    if (!connection || pending.connections.has(connection) || !isSendable(pending)) return;
    if (!connection.send(pending.text)) return;
    pending.connections.add(connection);
    pending.sent = true;
  };
  const send = () => {
    for (const pending of all.values()) transmit(pending);
  };

  /** Rejects a request at its timeout. */
  const expire = (pending: Pending, silent: Connection | undefined) => {
    pending.reject(new NoReplyError("TIMED_OUT", pending, failure()));
    // Undefined if a message arrived, or if the request had no connection at first.
    if (!silent || silent.isSuspect) return;
    silent.isSuspect = true;
    onSilence(silent);
    send();
  };
  const forget = ({ requestId, connections }: Pending) => {
    all.delete(requestId);
    for (const connection of connections) onSettled(connection);
  };

  return {
    add(action, data, options = {}, connection = current()) {
      let cancel = () => {};
      const result = new Promise((resolve, reject) => {
        const { signal, timeout = settings.timeout, retry = settings.retry } = options;
        signal?.throwIfAborted();
        count += 1;
        const requestId = prefix + count;
        const text = JSON.stringify({ action, data, requestId });
        const code = refusal(text, connection);
        if (code) throw new NoReplyError(code, { action, requestId, sent: false }, endError?.cause);
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
    handle(message, connection) {
      if (!isFrame(message)) return false;
      const { requestId } = message;
      if (!requestId.startsWith(prefix)) return false;
      // Undefined if the message is a duplicate or too late.
      const pending = all.get(requestId);
      if (message.status === "progress") pending?.advance(message, connection);
      else if (message.status === "success") pending?.resolve(message.result);
      else if (message.error.code !== "TOKEN_EXPIRED")
        pending?.reject(new RequestError(message.error, pending));
      else {
        // The request did not run, so it is sent again even without `retry`.
        pending?.connections.delete(connection);
        connection.expire();
      }
      return true;
    },
    resend(lost) {
      for (const pending of all.values()) {
        // A request without `retry` was sent over one connection at most.
        if (pending.connections.delete(lost) && !pending.retry)
          pending.reject(new NoReplyError("CONNECTION_LOST", pending));
      }
      send();
    },
    isInUse: (connection) =>
      [...all.values()].some(({ connections }) => connections.has(connection)),
    end(error) {
      endError = error;
      const { code, cause } = error;
      for (const pending of all.values()) pending.reject(new NoReplyError(code, pending, cause));
    },
  };
}
