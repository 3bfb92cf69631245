import type { Connection } from "./connection.ts";
import { NoReplyError, type NoReplyCode, RequestError } from "./errors.ts";
import type { RequestOptions, Settings } from "./options.ts";
import { createPending, type Pending } from "./pending.ts";
import { isReply } from "./replies.ts";

/** Bytes that API Gateway takes in a frame. Neither browsers nor Node cut a message in several. */
const FRAME_LIMIT = 32 * 1024;

/** The requests that have no reply yet. */
export interface Requests {
  ask(action: string, data?: unknown, options?: RequestOptions): Promise<unknown>;
  /** Sends those that wait for a connection, in the order in which they were made. */
  send(): void;
  /** Settles the request that a message answers. False: it answers none that ever was. */
  answer(message: unknown): boolean;
  /** Sends again what had been sent over a connection that ended, or rejects what must not be. */
  lose(connection: Connection): void;
  /** Whether one waits for a reply from there. */
  isAwaited(connection: Connection): boolean;
  /** Rejects all, and all that are still to come. */
  end(code: NoReplyCode, cause?: unknown): void;
}

interface Events {
  current(): Connection | undefined;
  /** Nothing came over a connection for as long as a request waited for its reply. */
  onSilence(connection: Connection): void;
  onSettled(connection: Connection): void;
}

export function createRequests(
  settings: Settings,
  { current, onSilence, onSettled }: Events,
): Requests {
  const all = new Map<string, Pending>();
  // Unlike crypto.randomUUID, this exists on pages without https.
  const prefix = `${crypto.getRandomValues(new Uint32Array(2)).join("-")}-`;
  let count = 0;
  let ending: { code: NoReplyCode; cause: unknown } | undefined;

  /** Why a request can't be taken, if it can't. */
  const refusal = (text: string): NoReplyCode | undefined => {
    if (ending) return ending.code;
    if (new TextEncoder().encode(text).length > FRAME_LIMIT) return "MESSAGE_TOO_LARGE";
    return current() || all.size < settings.maximumQueue ? undefined : "QUEUE_FULL";
  };

  const transmit = (pending: Pending) => {
    const connection = current();
    if (pending.connection || !connection?.send(pending.text)) return;
    pending.connection = connection;
    pending.received = connection.received;
    pending.sent = true;
  };
  const send = () => {
    for (const pending of all.values()) transmit(pending);
  };

  return {
    ask: (action, data, options = {}) =>
      new Promise((resolve, reject) => {
        const { signal, timeout = settings.timeout, retry = settings.retry } = options;
        signal?.throwIfAborted();
        count += 1;
        const requestId = prefix + count;
        const text = JSON.stringify({ action, data, requestId });
        const code = refusal(text);
        if (code) throw new NoReplyError(code, { action, requestId, sent: false }, ending?.cause);
        const asked = { action, requestId, text, retry };
        const pending = createPending(
          asked,
          { signal, timeout },
          {
            resolve,
            reject,
            onSettled({ connection }) {
              all.delete(requestId);
              if (connection) onSettled(connection);
            },
            onTimeout({ connection, received }) {
              if (connection?.received === received) onSilence(connection);
            },
          },
        );
        all.set(requestId, pending);
        transmit(pending);
      }),
    send,
    answer(message) {
      if (!isReply(message)) return false;
      const { requestId } = message;
      const pending = all.get(requestId);
      // A duplicate, or too late, where the id is one of ours.
      if (!pending) return requestId.startsWith(prefix);
      if (message.status === "success") pending.resolve(message.result);
      else pending.reject(new RequestError(message.error, pending));
      return true;
    },
    lose(connection) {
      for (const pending of all.values()) {
        if (pending.connection !== connection) continue;
        pending.connection = undefined;
        if (!pending.retry) pending.reject(new NoReplyError("CONNECTION_LOST", pending));
      }
      send();
    },
    isAwaited: (connection) =>
      [...all.values()].some((pending) => pending.connection === connection),
    end(code, cause) {
      ending = { code, cause };
      for (const pending of all.values()) pending.reject(new NoReplyError(code, pending, cause));
    },
  };
}
